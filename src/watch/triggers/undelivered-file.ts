import {
  closeSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  renameSync,
  writeSync,
} from 'node:fs';

// Then the file is put aside; with the one before that makes twice as much at most.
const MAX_BYTES = 10_000_000;

/** The events that were given up, as lines of JSON that people and programs can read at any time. */
export class UndeliveredFile {
  readonly path: string;

  /** @param path - made at the first event; only its owner may read it */
  constructor(path: string) {
    this.path = path;
  }

  /** Adds a line: when this returns, it is on the disk. @throws Error of the system; nothing of the line stays then */
  add(record: { readonly receiver: string; readonly reason: string; readonly event: unknown }): void {
    const line = `${JSON.stringify({ time: new Date().toISOString(), ...record })}\n`;
    let file = openSync(this.path, 'a+', 0o600);
    try {
      let { size } = fstatSync(file);
      if (size > MAX_BYTES) {
        closeSync(file);
        renameSync(this.path, `${this.path}.1`);
        file = openSync(this.path, 'a+', 0o600);
        size = 0;
      }
      try {
        writeAll(file, Buffer.from(endsWithLine(file, size) ? line : `\n${line}`));
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
    } finally {
      closeSync(file);
    }
  }
}

// A process that was killed while it wrote leaves half a line.
function endsWithLine(file: number, size: number): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(file, last, 0, 1, size - 1) === 1 && last[0] === 0x0a);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
}
