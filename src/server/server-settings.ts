import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { SETTINGS_LIMITS } from './settings-limits.ts';

/** What may be changed while the server runs. */
export interface SettingsValues {
  /** Farther away than this is unknown, unless a request says otherwise. */
  readonly maxDistance: number;
  /** Days after which people who are created without an expiry are deleted; `null`: they stay. */
  readonly retentionDays: number | null;
}

const DAY_MS = 86_400_000;
const VALUES = z.object({
  maxDistance: z.number().min(SETTINGS_LIMITS.maxDistance[0]).max(SETTINGS_LIMITS.maxDistance[1]),
  retentionDays: z
    .int()
    .min(SETTINGS_LIMITS.retentionDays[0])
    .max(SETTINGS_LIMITS.retentionDays[1])
    .nullable(),
});
const FILE = VALUES.partial().extend({ version: z.literal(1) });

/** Where changed settings are kept. */
export interface SettingsStorage {
  read(): Promise<Partial<SettingsValues>>;
  /** @returns all that are changed now */
  change(changes: Partial<SettingsValues>): Promise<Partial<SettingsValues>>;
  /** Calls back when others may have changed them. Absent: nobody else does. @returns a function that ends it */
  onNews?(wake: () => void): () => void;
}

/**
 * The settings of a running server. What was changed is kept in a file and counts again after a restart; what was
 * never changed follows the defaults.
 */
export class ServerSettings {
  readonly #storage: SettingsStorage;
  readonly #defaults: SettingsValues;
  #changed: Partial<SettingsValues>;
  #writing: Promise<unknown> = Promise.resolve();
  #endNews: (() => void) | null = null;

  private constructor(storage: SettingsStorage, defaults: SettingsValues, changed: Partial<SettingsValues>) {
    this.#storage = storage;
    this.#defaults = defaults;
    this.#changed = changed;
  }

  /**
   * Reads the settings.
   *
   * @param options.path - the file, made with the first change; `null` keeps changes in memory only
   * @param options.maxDistance - until it is changed
   * @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else
   */
  static async open(options: {
    readonly path: string | null;
    readonly maxDistance: number;
  }): Promise<ServerSettings> {
    const { path, maxDistance } = options;
    return ServerSettings.over(path === null ? inMemory() : inFile(path), { maxDistance });
  }

  /**
   * Reads settings that are kept somewhere else, and follows what others change there.
   *
   * @param initial.maxDistance - until it is changed
   */
  static async over(
    storage: SettingsStorage,
    initial: { readonly maxDistance: number },
  ): Promise<ServerSettings> {
    const { maxDistance } = initial;
    const defaults = { maxDistance, retentionDays: null };
    const settings = new ServerSettings(storage, defaults, await storage.read());
    settings.#endNews = storage.onNews?.(() => void settings.#refresh()) ?? null;
    return settings;
  }

  /** Follows others no more. */
  close(): void {
    this.#endNews?.();
  }

  get values(): SettingsValues {
    return { ...this.#defaults, ...this.#changed };
  }

  /** When somebody who is created now, without a word about it, is to be deleted. */
  defaultExpiry(): Date | null {
    const { retentionDays } = this.values;
    return retentionDays === null ? null : new Date(Date.now() + retentionDays * DAY_MS);
  }

  /**
   * Changes settings; they count from the next request on, and are on the disk when this fulfils.
   *
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_FILE_WRITE`; nothing is changed then
   */
  change(changes: Partial<SettingsValues>): Promise<SettingsValues> {
    // One after the other: of two changes at once neither may undo the other.
    const done = this.#writing.then(() => this.#write(changes));
    this.#writing = done.catch(() => undefined);
    return done;
  }

  async #write(changes: Partial<SettingsValues>): Promise<SettingsValues> {
    const parsed = VALUES.partial().safeParse(changes);
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw invalidArgument(issue!.message, `settings.${String(issue!.path[0])}`, changes);
    }
    this.#changed = await this.#storage.change(parsed.data as Partial<SettingsValues>);
    return this.values;
  }

  #refresh(): Promise<void> {
    const done = this.#writing.then(async () => {
      this.#changed = await this.#storage.read();
    });
    // What counted goes on to count while nobody can be asked.
    this.#writing = done.catch(() => undefined);
    return done.catch(() => undefined);
  }
}

function inMemory(): SettingsStorage {
  let changed: Partial<SettingsValues> = {};
  return {
    read: async () => changed,
    change: async (changes) => {
      changed = { ...changed, ...changes };
      return changed;
    },
  };
}

function inFile(path: string): SettingsStorage {
  let changed: Partial<SettingsValues> = {};
  return {
    read: async () => {
      changed = await readChanged(path);
      return changed;
    },
    change: async (changes) => {
      const next = { ...changed, ...changes };
      await writeFileAtomic(path, `${JSON.stringify({ version: 1, ...next }, null, 2)}\n`);
      changed = next;
      return changed;
    },
  };
}

async function readChanged(path: string): Promise<Partial<SettingsValues>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  return readSettingsText(text, path);
}

/** @throws FaceTriggerError `ERR_FILE_FORMAT` */
export function readSettingsText(text: string, where: string): Partial<SettingsValues> {
  try {
    const { version: _version, ...changed } = FILE.parse(JSON.parse(text));
    return changed as Partial<SettingsValues>;
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${where} is not a file of server settings`, { cause });
  }
}
