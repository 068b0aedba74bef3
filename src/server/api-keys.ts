import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { whyNotRead } from '../node/files/why-not-read.ts';
import { withFileLock } from '../node/sqlite/file-lock.ts';
import { API_KEY_SCOPES, type ApiKeyScope } from './api-key-scopes.ts';
import { AttemptCounter } from './attempt-counter.ts';

export { API_KEY_SCOPES, type ApiKeyScope } from './api-key-scopes.ts';

/** A key without its secret. */
export interface ApiKey {
  /** Part of the key that is no secret. */
  readonly id: string;
  /** What the key is for, in its owner's words. */
  readonly label: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: string;
}

/** scrypt's cost in files of version 1: 16 MiB and some 40 ms a hash. */
const SCRYPT = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 2 ** 20 } as const;
const HASH_BYTES = 32;
/** Wrong secrets of one key of version 1 from one address within a minute, after which none is hashed. */
const MAX_SLOW_ATTEMPTS = 20;
/** How long a changed file may go unnoticed by a running server. */
const RELOAD_MS = 1000;
const KEY = /^ft_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

const COMMON = {
  id: z.string(),
  label: z.string(),
  scopes: z.array(z.enum(API_KEY_SCOPES)),
  createdAt: z.string(),
};
const SLOW_KEY = z.object({ ...COMMON, salt: z.string(), hash: z.string() });
const FAST_KEY = z.object({ ...COMMON, sha256: z.string() });
const FILE = z.object({
  version: z.union([z.literal(1), z.literal(2)]),
  keys: z.array(z.union([FAST_KEY, SLOW_KEY])),
});
type SlowKey = z.infer<typeof SLOW_KEY>;
type StoredKey = z.infer<typeof FAST_KEY> | SlowKey;

/**
 * The keys of a server, in a file that only its owner may read. Secrets are kept as SHA-256 and shown once.
 *
 * @remarks Any number of processes may change the file at once. A secret is 256 random bits: nobody can try them all,
 * so a hash that is slow on purpose would protect nothing and only let wrong keys cost the server its time. Keys of
 * version 1 have such a hash (scrypt); it is replaced at their first use. A key that is revoked in the file stops
 * working within a second.
 */
export class ApiKeys {
  readonly #path: string;
  #keys: readonly StoredKey[] = [];
  #text: string | null = null;
  #checked = Number.NEGATIVE_INFINITY;
  readonly #slowAttempts = new AttemptCounter();
  #slowWork: Promise<unknown> = Promise.resolve();

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else, `ERR_FILE_READ` */
  static async open(path: string): Promise<ApiKeys> {
    const keys = new ApiKeys(path);
    await keys.#reload();
    return keys;
  }

  /** All keys, without their secrets. */
  async list(): Promise<readonly ApiKey[]> {
    await this.#reload();
    return this.#keys.map(publicKey);
  }

  /**
   * Makes a key.
   *
   * @param label - what it is for, 1 .. 100 characters
   * @returns the key and its secret text, which can't be had again
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_CONFLICT`, `ERR_BUSY`, `ERR_DISK_FULL`, `ERR_FILE_WRITE`
   */
  async create(
    label: string,
    scopes: readonly ApiKeyScope[],
    {
      firstIsAdmin = false,
    }: {
      /** Whether a first key without the scope 'admin' is refused. @defaultValue false */
      readonly firstIsAdmin?: boolean | undefined;
    } = {},
  ): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    if (typeof label !== 'string' || label.trim() === '' || label.length > 100 || /\p{Cc}/u.test(label)) {
      throw invalidArgument('text of 1 .. 100 characters', 'label', label);
    }
    if (scopes.length === 0 || scopes.some((scope) => !API_KEY_SCOPES.includes(scope))) {
      throw invalidArgument(`some of ${API_KEY_SCOPES.join(', ')}`, 'scopes', scopes);
    }
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const stored = {
      id,
      label: label.trim(),
      scopes: [...new Set(scopes)],
      createdAt: new Date().toISOString(),
      sha256: digest(secret).toString('base64url'),
    };
    await this.#change((keys) => {
      if (firstIsAdmin && keys.length === 0 && !scopes.includes('admin')) {
        const message = 'The first key must have the scope "admin": from then on nothing works without a key';
        throw new FaceTriggerError('ERR_CONFLICT', message);
      }
      return [...keys, stored];
    });
    return { key: publicKey(stored), secret: `ft_${id}_${secret}` };
  }

  /**
   * Makes a key useless.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND`, `ERR_CONFLICT`, `ERR_BUSY`, `ERR_DISK_FULL`, `ERR_FILE_WRITE`
   */
  async revoke(
    id: string,
    {
      keepAdmin = false,
    }: {
      /** Whether the last key with the scope 'admin' is kept. @defaultValue false */
      readonly keepAdmin?: boolean | undefined;
    } = {},
  ): Promise<void> {
    await this.#change((keys) => {
      const rest = keys.filter((key) => key.id !== id);
      if (rest.length === keys.length) {
        throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no key with this id');
      }
      if (keepAdmin && !rest.some((key) => allows(key, 'admin'))) {
        const message =
          'No key with the scope "admin" would be left; make another one first, or revoke it on the command line';
        throw new FaceTriggerError('ERR_CONFLICT', message);
      }
      return rest;
    });
  }

  /**
   * The key of a secret text, or `null` where it is wrong.
   *
   * @param from - who asks, such as an address
   */
  async verify(secret: string, from = ''): Promise<ApiKey | null> {
    if (performance.now() - this.#checked > RELOAD_MS) await this.#reload();
    const [, id, text] = KEY.exec(secret) ?? [];
    const stored = this.#keys.find((key) => key.id === id);
    if (!stored || text === undefined) return null;
    const isRight =
      'sha256' in stored
        ? isEqual(digest(text), stored.sha256)
        : await this.#verifySlowly(stored, { text, from });
    return isRight ? publicKey(stored) : null;
  }

  /** One hash at a time, each counted before it is made: a burst of wrong secrets must not take the processor. */
  #verifySlowly(stored: SlowKey, { text, from }: { text: string; from: string }): Promise<boolean> {
    const who = `${stored.id} ${from}`;
    if (this.#slowAttempts.add(who) > MAX_SLOW_ATTEMPTS) return Promise.resolve(false);
    const done = this.#slowWork.then(async () => {
      if (!isEqual(await slowHash(text, stored.salt), stored.hash)) return false;
      this.#slowAttempts.forget(who);
      await this.#replaceSlowHash(stored, text);
      return true;
    });
    this.#slowWork = done.catch(() => undefined);
    return done;
  }

  async #replaceSlowHash({ id, hash }: SlowKey, text: string): Promise<void> {
    const replace = (key: StoredKey): StoredKey => {
      if (key.id !== id || !('hash' in key) || key.hash !== hash) return key;
      const { label, scopes, createdAt } = key;
      return { id, label, scopes, createdAt, sha256: digest(text).toString('base64url') };
    };
    // Where the file can't be written the key works all the same, from here on without its slow hash.
    await this.#change((keys) => keys.map(replace)).catch(() => {
      this.#keys = this.#keys.map(replace);
    });
  }

  /** Changes the file as it is at this moment, whoever else changes it. */
  async #change(change: (keys: readonly StoredKey[]) => readonly StoredKey[]): Promise<void> {
    await withFileLock(this.#path, async () => {
      await this.#reload();
      const file = { version: 2, keys: change(this.#keys) };
      await writeFileAtomic(this.#path, `${JSON.stringify(file, null, 2)}\n`, { mode: 0o600 });
      await this.#reload();
    });
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

/** Whether a key may do what a route does. */
export function allows(key: Pick<ApiKey, 'scopes'>, scope: ApiKeyScope): boolean {
  return key.scopes.includes(scope) || key.scopes.includes('admin');
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
    return FILE.parse(JSON.parse(text)).keys;
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is not a file of API keys`, { cause });
  }
}

function publicKey({ id, label, scopes, createdAt }: StoredKey): ApiKey {
  return { id, label, scopes, createdAt };
}

function digest(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function isEqual(actual: Buffer, expected: string): boolean {
  const bytes = Buffer.from(expected, 'base64url');
  return bytes.length === actual.length && timingSafeEqual(bytes, actual);
}

function slowHash(secret: string, salt: string): Promise<Buffer> {
  const derive = promisify<string, string, number, object, Buffer>(scrypt);
  return derive(secret, salt, HASH_BYTES, SCRYPT);
}
