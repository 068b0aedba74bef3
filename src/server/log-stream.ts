import { fstatSync, write } from 'node:fs';
import { Socket } from 'node:net';

/** Bytes that wait for a slow or full place; what comes on top is dropped. */
const MAX_WAITING = 1_000_000;
/** How long after a failure it is tried again. */
const RETRY_MS = 1000;
/** How long the end waits for what was not written yet. */
const END_MS = 500;

/**
 * Where log lines go: they are written when there is room, and dropped and counted when there is none. A full disk
 * or a reader that stands still neither stops nor ends the process.
 */
export class LogStream {
  readonly #fd: number;
  readonly #pipe: Socket | null;
  #waiting: string[] = [];
  #waitingBytes = 0;
  #writing = false;
  #retry: NodeJS.Timeout | null = null;
  #dropped = 0;
  #untold = 0;
  #isTorn = false;

  /** @param fd - an open file, terminal or pipe */
  constructor(fd = 1) {
    this.#fd = fd;
    this.#pipe = openPipe(fd);
    this.#pipe?.on('error', () => undefined);
  }

  /** Lines that were dropped. */
  get dropped(): number {
    return this.#dropped;
  }

  write(line: string): void {
    if (this.#pipe) {
      this.#writeToPipe(this.#pipe, line);
      return;
    }
    if (this.#waitingBytes + line.length > MAX_WAITING) {
      this.#drop(1);
      return;
    }
    this.#waiting.push(line);
    this.#waitingBytes += line.length;
    this.#flush();
  }

  /** Waits a little for what was not written yet. */
  async close(): Promise<void> {
    const end = performance.now() + END_MS;
    const isBusy = (): boolean =>
      this.#pipe ? isOpen(this.#pipe) && this.#pipe.writableLength > 0 : this.#writing;
    while (isBusy() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
    if (this.#retry) clearTimeout(this.#retry);
  }

  #writeToPipe(pipe: Socket, line: string): void {
    if (!isOpen(pipe) || pipe.writableLength > MAX_WAITING) this.#drop(1);
    else pipe.write(this.#toldDrops() + line);
  }

  #flush(): void {
    if (this.#writing || this.#retry || this.#waiting.length === 0) return;
    this.#writing = true;
    const lines = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    // After a full disk half a line may stand there.
    const untold = this.#untold;
    const bytes = Buffer.from((this.#isTorn ? '\n' : '') + this.#toldDrops() + lines.join(''));
    this.#writeAll(bytes, 0, (failed, written) => {
      this.#writing = false;
      if (!failed) {
        this.#isTorn = false;
        this.#flush();
        return;
      }
      this.#isTorn ||= written > 0;
      this.#untold += untold;
      this.#drop(lines.length);
      this.#retry = setTimeout(() => {
        this.#retry = null;
        this.#flush();
      }, RETRY_MS);
      this.#retry.unref();
    });
  }

  #writeAll(bytes: Buffer, from: number, done: (failed: boolean, written: number) => void): void {
    write(this.#fd, bytes, from, bytes.length - from, null, (error, count) => {
      const written = from + (count ?? 0);
      if (error || count === 0) done(true, written);
      else if (written < bytes.length) this.#writeAll(bytes, written, done);
      else done(false, written);
    });
  }

  #drop(lines: number): void {
    this.#dropped += lines;
    this.#untold += lines;
  }

  /** A line about those that were dropped since the last one that was written, or nothing. */
  #toldDrops(): string {
    if (this.#untold === 0) return '';
    const dropped = this.#untold;
    this.#untold = 0;
    const msg = `${dropped} lines of the log were dropped: there was no room for them`;
    return `${JSON.stringify({ level: 40, time: Date.now(), dropped, msg })}\n`;
  }
}

/** Pipes are written through the event loop, since a write may wait for their reader; files have no such writes. */
function openPipe(fd: number): Socket | null {
  const facts = fstatSync(fd);
  return facts.isFIFO() || facts.isSocket() ? new Socket({ fd, readable: false, writable: true }) : null;
}

function isOpen(pipe: Socket): boolean {
  return pipe.writable && !pipe.destroyed;
}
