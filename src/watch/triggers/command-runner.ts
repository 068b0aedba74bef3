import { type ChildProcess, spawn } from 'node:child_process';
import { platform } from 'node:os';
import { killProcessTree } from './kill-process-tree.ts';

/** Options of {@link CommandRunner}. */
export interface CommandRunnerOptions {
  /** Runs at the same time. */
  readonly concurrency: number;
  /** Runs that wait at most; more are dropped, and said so. @defaultValue 100 */
  readonly capacity?: number | undefined;
  readonly log: (message: string) => void;
}

/** Runs programs for events: no shell, a bound on time and on number; what takes too long is ended with all it started. */
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
    const say = (message: string) => this.#options.log(`command ${program}: ${message}`);
    const stop = this.#stop.signal;
    return new Promise((resolve) => {
      let child: ChildProcess;
      try {
        child = spawn(program, args, {
          shell: false,
          // Standard output belongs to the events.
          stdio: ['pipe', 'ignore', 'inherit'],
          // A group of its own, so that all it starts can be ended with it.
          detached: platform() !== 'win32',
          windowsHide: true,
        });
      } catch (error) {
        // Some failures are thrown and not told by an event: a NUL in an argument, too many bytes, no memory.
        say((error as Error).message);
        resolve();
        return;
      }
      let ended: string | null = null;
      const end = (why: string) => {
        ended = why;
        if (child.pid !== undefined) void killProcessTree(child.pid);
      };
      const timer = setTimeout(
        () => end(`took longer than ${options.timeoutMs} ms and was ended`),
        options.timeoutMs,
      );
      const onStop = () => end('was ended, as the watch ends');
      stop.addEventListener('abort', onStop, { once: true });
      const finish = () => {
        clearTimeout(timer);
        stop.removeEventListener('abort', onStop);
        resolve();
      };
      child.once('error', (error) => {
        say(error.message);
        // Without a process there is no 'exit'.
        if (child.pid === undefined) finish();
      });
      // Not 'close': what the program leaves in the background may hold its standard input for ever.
      child.once('exit', (code, signal) => {
        child.stdin?.destroy();
        if (code !== 0) say(ended ?? `ended with ${signal ?? `status ${code}`}`);
        finish();
      });
      // A program need not read what it is told.
      child.stdin!.on('error', () => undefined);
      child.stdin!.end(options.stdin);
    });
  }
}
