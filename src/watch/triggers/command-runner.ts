import { spawn } from 'node:child_process';

/** Options of {@link CommandRunner}. */
export interface CommandRunnerOptions {
  /** Runs at the same time. */
  readonly concurrency: number;
  /** Runs that wait at most; more are dropped, and said so. @defaultValue 100 */
  readonly capacity?: number;
  readonly log: (message: string) => void;
}

/** Runs programs for events: no shell, a bound on time and on number. */
export class CommandRunner {
  readonly #options: CommandRunnerOptions;
  readonly #waiting: (() => Promise<void>)[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(options: CommandRunnerOptions) {
    this.#options = options;
  }

  /**
   * Starts a program, or lets it wait for its turn.
   *
   * @param argv - program and arguments, passed as they are
   * @param options.stdin - what the program reads
   */
  run(argv: readonly string[], options: { readonly stdin: string; readonly timeoutMs: number }): void {
    if (this.#waiting.length >= (this.#options.capacity ?? 100)) {
      this.#options.log(`command ${argv[0]}: too many are waiting, this one was dropped`);
      return;
    }
    this.#waiting.push(() => this.#start(argv, options));
    this.#next();
  }

  /** Waits for what runs and waits, at most so long; then ends it. */
  async close(graceMs: number): Promise<void> {
    const timer = setTimeout(() => {
      this.#waiting.length = 0;
      this.#stop.abort();
    }, graceMs);
    while (this.#running.size > 0) await Promise.all(this.#running);
    clearTimeout(timer);
  }

  #next(): void {
    while (this.#running.size < this.#options.concurrency) {
      const job = this.#waiting.shift();
      if (!job) return;
      const running = job().finally(() => {
        this.#running.delete(running);
        this.#next();
      });
      this.#running.add(running);
    }
  }

  #start(argv: readonly string[], options: { stdin: string; timeoutMs: number }): Promise<void> {
    const [program = '', ...args] = argv;
    return new Promise((resolve) => {
      const child = spawn(program, args, {
        shell: false,
        // Standard output belongs to the events.
        stdio: ['pipe', 'ignore', 'inherit'],
        timeout: options.timeoutMs,
        killSignal: 'SIGKILL',
        signal: this.#stop.signal,
        windowsHide: true,
      });
      child.once('error', (error) => {
        if (!this.#stop.signal.aborted) this.#options.log(`command ${program}: ${error.message}`);
        // Without a process there is no 'close'.
        if (child.pid === undefined) resolve();
      });
      child.once('close', (code, signal) => {
        if (code !== 0) this.#options.log(`command ${program}: ended with ${signal ?? `status ${code}`}`);
        resolve();
      });
      // A program need not read what it is told.
      child.stdin.on('error', () => undefined);
      child.stdin.end(options.stdin);
    });
  }
}
