import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { checkGalleryName } from '../gallery/collection/gallery-name.ts';
import { API_KEY_SCOPES, type ApiKeyScope } from './api-key-scopes.ts';
import { AttemptCounter } from './attempt-counter.ts';
import { FileKeys } from './file-keys.ts';
import type { KeyStorage, SlowKey, StoredKey } from './key-storage.ts';
import { isDatabase } from './shared/server-database.ts';
import { SharedKeys } from './shared/shared-keys.ts';

export { API_KEY_SCOPES, type ApiKeyScope } from './api-key-scopes.ts';

/** A key without its secret. */
export interface ApiKey {
  /** Part of the key that is no secret. */
  readonly id: string;
  /** What the key is for, in its owner's words. */
  readonly label: string;
  readonly scopes: readonly ApiKeyScope[];
  readonly createdAt: string;
  /** The only gallery that it is for; `null`: any. */
  readonly gallery: string | null;
}

/** What became of the keys of another place. */
export interface KeysTakenOver {
  readonly copied: ApiKey[];
  /** Were here already. */
  readonly present: ApiKey[];
  readonly left: { readonly key: ApiKey; readonly reason: string }[];
}

/** scrypt's cost in files of version 1: 16 MiB and some 40 ms a hash. */
const SCRYPT = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 2 ** 20 } as const;
const HASH_BYTES = 32;
/** Wrong secrets of one key of version 1 from one address within a minute, after which none is hashed. */
const MAX_SLOW_ATTEMPTS = 20;
const KEY = /^ft_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/**
 * The keys of a server, in a file that only its owner may read, or in a database for all servers over it. Secrets are
 * kept as SHA-256 and shown once.
 *
 * @remarks Any number of processes may change the keys at once. A secret is 256 random bits: nobody can try them all,
 * so a hash that is slow on purpose would protect nothing and only let wrong keys cost the server its time. Keys of
 * version 1 have such a hash (scrypt); it is replaced at their first use. A key that is revoked in a file stops
 * working within a second, one in a database at once.
 */
export class ApiKeys implements AsyncDisposable {
  readonly #storage: KeyStorage;
  readonly #slowAttempts = new AttemptCounter();
  /** By the slow ones that they could not replace. */
  readonly #fastHashes = new Map<string, string>();
  #slowWork: Promise<unknown> = Promise.resolve();

  private constructor(storage: KeyStorage) {
    this.#storage = storage;
  }

  /**
   * Opens the keys of a file, or those of a database (`postgres://user@host/database`).
   *
   * @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else, `ERR_FILE_READ`, `ERR_UNAVAILABLE`
   */
  static async open(path: string): Promise<ApiKeys> {
    return new ApiKeys(isDatabase(path) ? await SharedKeys.open(path) : await FileKeys.open(path));
  }

  /** Keys that are kept somewhere else. */
  static over(storage: KeyStorage): ApiKeys {
    return new ApiKeys(storage);
  }

  /** All keys, without their secrets. */
  async list(): Promise<readonly ApiKey[]> {
    return (await this.#storage.list()).map(publicKey);
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
      gallery = null,
    }: {
      /** Whether a first key without the scope 'admin' is refused. @defaultValue false */
      readonly firstIsAdmin?: boolean | undefined;
      /** The only gallery that it is for. @defaultValue `null`: any */
      readonly gallery?: string | null | undefined;
    } = {},
  ): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    if (typeof label !== 'string' || label.trim() === '' || label.length > 100 || /\p{Cc}/u.test(label)) {
      throw invalidArgument('text of 1 .. 100 characters', 'label', label);
    }
    if (scopes.length === 0 || scopes.some((scope) => !API_KEY_SCOPES.includes(scope))) {
      throw invalidArgument(`some of ${API_KEY_SCOPES.join(', ')}`, 'scopes', scopes);
    }
    if (gallery !== null) checkGalleryName(gallery);
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const stored = {
      id,
      label: label.trim(),
      scopes: [...new Set(scopes)],
      createdAt: new Date().toISOString(),
      sha256: digest(secret).toString('base64url'),
      ...(gallery !== null && { gallery }),
    };
    await this.#storage.change((keys) => {
      if (firstIsAdmin && keys.length === 0 && !(scopes.includes('admin') && gallery === null)) {
        const message =
          'The first key must have the scope "admin", for all galleries: from then on nothing works without a key';
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
      gallery = null,
    }: {
      /** Whether the last key with the scope 'admin' is kept. @defaultValue false */
      readonly keepAdmin?: boolean | undefined;
      /** Only where it is a key of this gallery. @defaultValue `null`: whichever */
      readonly gallery?: string | null | undefined;
    } = {},
  ): Promise<void> {
    await this.#storage.change((keys) => {
      const rest = keys.filter((key) => key.id !== id || (gallery !== null && key.gallery !== gallery));
      if (rest.length === keys.length) {
        throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no key with this id');
      }
      if (keepAdmin && gallery === null && !rest.some(isAdminOfAll)) {
        const message =
          'No key with the scope "admin" would be left; make another one first, or revoke it on the command line';
        throw new FaceTriggerError('ERR_CONFLICT', message);
      }
      return rest;
    });
  }

  /**
   * Takes over the keys of another place, which go on working there too: secrets stay the same.
   *
   * @returns those that are here now, that were here before, and that cannot be here, with the reason
   * @throws FaceTriggerError `ERR_CONFLICT` where another key has the id of one, and what writing throws; those before
   * are here then
   */
  async takeOver(from: ApiKeys): Promise<KeysTakenOver> {
    const taken: KeysTakenOver = { copied: [], present: [], left: [] };
    for (const key of await from.#storage.list()) {
      let isPresent = false;
      try {
        await this.#storage.change((keys) => {
          const known = keys.find(({ id }) => id === key.id);
          isPresent = known !== undefined;
          if (known && !isSameSecret(known, key))
            throw new FaceTriggerError('ERR_CONFLICT', `There is another key with the id ${key.id}`);
          return known ? keys : [...keys, key];
        });
        taken[isPresent ? 'present' : 'copied'].push(publicKey(key));
      } catch (error) {
        // Its gallery is not there, or its hash is one that a database does not take.
        const own = ['ERR_FILE_NOT_FOUND', 'ERR_UNSUPPORTED_OPTION'];
        if (!(error instanceof FaceTriggerError) || !own.includes(error.code)) throw error;
        taken.left.push({ key: publicKey(key), reason: error.message });
      }
    }
    return taken;
  }

  /**
   * The key of a secret text, or `null` where it is wrong.
   *
   * @param from - who asks, such as an address
   */
  async verify(secret: string, from = ''): Promise<ApiKey | null> {
    const [, id, text] = KEY.exec(secret) ?? [];
    if (id === undefined || text === undefined) return null;
    const stored = await this.#storage.find(id);
    if (!stored) return null;
    const fast = 'sha256' in stored ? stored.sha256 : this.#fastHashes.get(stored.hash);
    const isRight =
      fast !== undefined || 'sha256' in stored
        ? isEqual(digest(text), fast ?? '')
        : await this.#verifySlowly(stored, { text, from });
    return isRight ? publicKey(stored) : null;
  }

  /** One hash at a time, each counted before it is made: a burst of wrong secrets must not take the processor. */
  #verifySlowly(stored: SlowKey, { text, from }: { text: string; from: string }): Promise<boolean> {
    const who = `${stored.id} ${from}`;
    if (this.#slowAttempts.add(who).count > MAX_SLOW_ATTEMPTS) return Promise.resolve(false);
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
      const { label, scopes, createdAt, gallery } = key;
      const whose = gallery === undefined ? {} : { gallery };
      return { id, label, scopes, createdAt, ...whose, sha256: digest(text).toString('base64url') };
    };
    // Where the file can't be written the key works all the same, from here on without its slow hash.
    await this.#storage
      .change((keys) => keys.map(replace))
      .catch(() => this.#fastHashes.set(hash, digest(text).toString('base64url')));
  }

  /** Frees what the keys are kept in. */
  dispose(): Promise<void> {
    return this.#storage.dispose();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.dispose();
  }
}

/** A slow hash is replaced by a fast one where its key is used: then nobody can compare the two. */
function isSameSecret(one: StoredKey, other: StoredKey): boolean {
  if ('sha256' in one && 'sha256' in other) return one.sha256 === other.sha256;
  if ('hash' in one && 'hash' in other) return one.hash === other.hash;
  return one.createdAt === other.createdAt && one.label === other.label;
}

function isAdminOfAll(key: StoredKey): boolean {
  return key.gallery === undefined && allows(key, 'admin');
}

/** Whether a key may do what a route does. */
export function allows(key: Pick<ApiKey, 'scopes'>, scope: ApiKeyScope): boolean {
  return key.scopes.includes(scope) || key.scopes.includes('admin');
}

function publicKey({ id, label, scopes, createdAt, gallery }: StoredKey): ApiKey {
  return { id, label, scopes, createdAt, gallery: gallery ?? null };
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
