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

/**
 * The settings of a running server. What was changed is kept in a file and counts again after a restart; what was
 * never changed follows the defaults.
 */
export class ServerSettings {
  readonly #path: string | null;
  readonly #defaults: SettingsValues;
  #changed: Partial<SettingsValues>;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string | null, defaults: SettingsValues, changed: Partial<SettingsValues>) {
    this.#path = path;
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
    const changed = path === null ? {} : await readChanged(path);
    return new ServerSettings(path, { maxDistance, retentionDays: null }, changed);
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
    const parsed = VALUES.partial().safeParse({ ...this.#changed, ...changes });
    if (!parsed.success) {
      const [issue] = parsed.error.issues;
      throw invalidArgument(issue!.message, `settings.${String(issue!.path[0])}`, changes);
    }
    const changed = parsed.data as Partial<SettingsValues>;
    if (this.#path !== null) {
      await writeFileAtomic(this.#path, `${JSON.stringify({ version: 1, ...changed }, null, 2)}\n`);
    }
    this.#changed = changed;
    return this.values;
  }
}

async function readChanged(path: string): Promise<Partial<SettingsValues>> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {};
    throw error;
  }
  try {
    const { version: _version, ...changed } = FILE.parse(JSON.parse(text));
    return changed as Partial<SettingsValues>;
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is not a file of server settings`, { cause });
  }
}
