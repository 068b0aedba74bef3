import { readFile } from 'node:fs/promises';
import { FaceTriggerError } from '../core/errors.ts';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { whyNotRead } from '../node/files/why-not-read.ts';
import { withFileLock } from '../node/sqlite/file-lock.ts';
import { KEY_FILE, type KeyStorage, type StoredKey } from './key-storage.ts';

/** How long a changed file may go unnoticed by a running server. */
const RELOAD_MS = 1000;

/** Keys in a file that only its owner may read, which any number of processes may change at once. */
export class FileKeys implements KeyStorage {
  readonly #path: string;
  #keys: readonly StoredKey[] = [];
  #text: string | null = null;
  #checked = Number.NEGATIVE_INFINITY;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else, `ERR_FILE_READ` */
  static async open(path: string): Promise<FileKeys> {
    const keys = new FileKeys(path);
    await keys.#reload();
    return keys;
  }

  async list(): Promise<readonly StoredKey[]> {
    await this.#reload();
    return this.#keys;
  }

  async find(id: string): Promise<StoredKey | null> {
    if (performance.now() - this.#checked > RELOAD_MS) await this.#reload();
    return this.#keys.find((key) => key.id === id) ?? null;
  }

  async change(change: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> {
    await withFileLock(this.#path, async () => {
      await this.#reload();
      const keys = change(this.#keys);
      const version = keys.some(({ gallery }) => gallery !== undefined) ? 3 : 2;
      await writeFileAtomic(this.#path, `${JSON.stringify({ version, keys }, null, 2)}\n`, { mode: 0o600 });
      await this.#reload();
    });
  }

  async dispose(): Promise<void> {
    // A file is open only while it is read or written.
  }

  // The file itself is compared and not its time: a clock that is set back must not revive a revoked key.
  async #reload(): Promise<void> {
    this.#checked = performance.now();
    const text = await readText(this.#path);
    if (text === this.#text) return;
    this.#keys = text === null ? [] : parseKeys(text, this.#path);
    this.#text = text;
  }
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new FaceTriggerError('ERR_FILE_READ', `Could not read ${path}: ${whyNotRead(cause)}`, {
      cause,
    });
  }
}

function parseKeys(text: string, path: string): readonly StoredKey[] {
  try {
    return KEY_FILE.parse(JSON.parse(text)).keys;
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is not a file of API keys`, { cause });
  }
}
