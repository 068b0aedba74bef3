import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FaceTriggerError } from '../../errors.ts';
import { writeFileAtomic } from '../../files/atomic-write.ts';

/** One thing that waits. */
export interface QueueEntry {
  /** Unique in the queue. */
  readonly id: string;
  /** Whom it is for. */
  readonly target: string;
  readonly body: string;
}

/** Options of {@link DurableQueue.open}. */
export interface DurableQueueOptions {
  /** Entries kept at most; the oldest makes room. @defaultValue 10000 */
  readonly capacity?: number;
  /** Told of an entry that had to make room. */
  readonly onDrop?: (entry: QueueEntry) => void;
}

// Finished entries in the file after which it is written anew.
const COMPACT_AFTER = 1000;

/**
 * A queue in a file: what `add` has accepted is there after a crash or power cut, until `done`.
 *
 * @remarks Each line of the file is a JSON object, appended and flushed to the disk. A line that a crash cut short was
 * never accepted and is skipped. One process at a time may have a queue open.
 */
export class DurableQueue {
  readonly #path: string;
  readonly #capacity: number;
  readonly #onDrop: (entry: QueueEntry) => void;
  readonly #entries: Map<string, QueueEntry>;
  #file: FileHandle;
  #finished = 0;
  #writing: Promise<void> = Promise.resolve();

  /**
   * Opens or makes a queue.
   *
   * @throws FaceTriggerError `ERR_FILE_WRITE` if the folder cannot be written or another process has it open
   */
  static async open(path: string, options: DurableQueueOptions = {}): Promise<DurableQueue> {
    try {
      await mkdir(dirname(path), { recursive: true });
      await lock(`${path}.lock`);
      const entries = parse(await readFile(path, 'utf8').catch(() => ''));
      // Starting from a clean file, a torn last line can never run into the next one.
      await writeFileAtomic(path, serialize(entries.values()));
      return new DurableQueue(path, { file: await open(path, 'a'), entries, options });
    } catch (cause) {
      if (cause instanceof FaceTriggerError) throw cause;
      throw new FaceTriggerError(
        'ERR_FILE_WRITE',
        `Could not open the queue ${path}: ${(cause as Error).message}`,
        {
          cause,
        },
      );
    }
  }

  private constructor(
    path: string,
    parts: { file: FileHandle; entries: Map<string, QueueEntry>; options: DurableQueueOptions },
  ) {
    this.#path = path;
    this.#file = parts.file;
    this.#entries = parts.entries;
    this.#capacity = parts.options.capacity ?? 10_000;
    this.#onDrop = parts.options.onDrop ?? (() => undefined);
  }

  /** Entries that wait, oldest first. */
  get entries(): readonly QueueEntry[] {
    return [...this.#entries.values()];
  }

  /** Accepts an entry: when this resolves, it is on the disk. */
  async add(entry: QueueEntry): Promise<void> {
    this.#entries.set(entry.id, entry);
    const dropped: QueueEntry[] = [];
    while (this.#entries.size > this.#capacity) {
      const oldest = this.#entries.values().next().value!;
      this.#entries.delete(oldest.id);
      dropped.push(oldest);
      this.#onDrop(oldest);
    }
    const lines = dropped.map(({ id }) => `${JSON.stringify({ done: id })}\n`).join('');
    await this.#append(`${JSON.stringify({ add: entry })}\n${lines}`);
    this.#finished += dropped.length;
  }

  /** The entry is delivered or given up. */
  async done(id: string): Promise<void> {
    if (!this.#entries.delete(id)) return;
    await this.#append(`${JSON.stringify({ done: id })}\n`);
    if (++this.#finished >= COMPACT_AFTER) await this.#compact();
  }

  async close(): Promise<void> {
    await this.#writing.catch(() => undefined);
    await this.#file.close();
    await rm(`${this.#path}.lock`, { force: true });
  }

  #append(text: string): Promise<void> {
    return this.#inTurn(async () => {
      await this.#file.appendFile(text);
      await this.#file.datasync();
    });
  }

  #compact(): Promise<void> {
    this.#finished = 0;
    return this.#inTurn(async () => {
      await writeFileAtomic(this.#path, serialize(this.#entries.values()));
      const old = this.#file;
      this.#file = await open(this.#path, 'a');
      await old.close();
    });
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const run = this.#writing.catch(() => undefined).then(task);
    this.#writing = run;
    return run;
  }
}

function serialize(entries: Iterable<QueueEntry>): string {
  let text = '';
  for (const entry of entries) text += `${JSON.stringify({ add: entry })}\n`;
  return text;
}

function parse(text: string): Map<string, QueueEntry> {
  const entries = new Map<string, QueueEntry>();
  for (const line of text.split('\n')) {
    try {
      const record = JSON.parse(line) as { add?: QueueEntry; done?: string };
      if (record.add && typeof record.add.id === 'string') entries.set(record.add.id, record.add);
      else if (record.done) entries.delete(record.done);
    } catch {
      // A torn line: see the class.
    }
  }
  return entries;
}

// The lock holds the owner's process id; one whose owner is gone, as after kill -9, is taken over.
async function lock(path: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      const file = await open(path, 'wx');
      await file.writeFile(String(process.pid));
      await file.close();
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 2) throw error;
    }
    const owner = Number(await readFile(path, 'utf8').catch(() => ''));
    if (owner > 0 && isRunning(owner)) {
      throw new FaceTriggerError('ERR_FILE_WRITE', `The queue is in use by process ${owner} (${path})`);
    }
    await rm(path, { force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
