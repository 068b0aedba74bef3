import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { chmod, readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { z } from 'zod';
import { FaceTriggerError, invalidArgument } from '../errors.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { API_KEY_SCOPES, type ApiKeyScope } from './api-key-scopes.ts';

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

/** scrypt's cost: 16 MiB and some 40 ms a hash. Source: RFC 7914 section 2, OWASP's minimum for N = 2^14 is p = 5. */
const SCRYPT = { N: 2 ** 14, r: 8, p: 5, maxmem: 64 * 2 ** 20 } as const;
const HASH_BYTES = 32;
/** How long a changed file may go unnoticed by a running server. */
const RELOAD_MS = 1000;
const KEY = /^ft_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

const FILE = z.object({
  version: z.literal(1),
  keys: z.array(
    z.object({
      id: z.string(),
      label: z.string(),
      scopes: z.array(z.enum(API_KEY_SCOPES)),
      createdAt: z.string(),
      salt: z.string(),
      hash: z.string(),
    }),
  ),
});
type StoredKey = z.infer<typeof FILE>['keys'][number];

/**
 * The keys of a server, in a file that only its owner may read. Secrets are kept as scrypt hashes and shown once.
 *
 * @remarks A key that was right once is remembered in memory (as a SHA-256), so that only its first request pays for
 * scrypt. A key that is revoked in the file stops working within a second.
 */
export class ApiKeys {
  readonly #path: string;
  #keys: readonly StoredKey[] = [];
  #checked = 0;
  #modified = -1;
  readonly #proven = new Map<string, string>();

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is something else */
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
   */
  async create(
    label: string,
    scopes: readonly ApiKeyScope[],
  ): Promise<{ readonly key: ApiKey; readonly secret: string }> {
    if (typeof label !== 'string' || label.trim() === '' || label.length > 100 || /\p{Cc}/u.test(label)) {
      throw invalidArgument('text of 1 .. 100 characters', 'label', label);
    }
    if (scopes.length === 0 || scopes.some((scope) => !API_KEY_SCOPES.includes(scope))) {
      throw invalidArgument(`some of ${API_KEY_SCOPES.join(', ')}`, 'scopes', scopes);
    }
    await this.#reload();
    const id = randomBytes(6).toString('hex');
    const secret = randomBytes(32).toString('base64url');
    const salt = randomBytes(16).toString('base64url');
    const stored = {
      id,
      label: label.trim(),
      scopes: [...new Set(scopes)],
      createdAt: new Date().toISOString(),
      salt,
      hash: (await hash(secret, salt)).toString('base64url'),
    };
    await this.#write([...this.#keys, stored]);
    return { key: publicKey(stored), secret: `ft_${id}_${secret}` };
  }

  /** Makes a key useless. @throws FaceTriggerError `ERR_NOT_FOUND` */
  async revoke(id: string): Promise<void> {
    await this.#reload();
    const rest = this.#keys.filter((key) => key.id !== id);
    if (rest.length === this.#keys.length)
      throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no key with this id');
    await this.#write(rest);
  }

  /** The key of a secret text, or `null` where it is wrong. */
  async verify(secret: string): Promise<ApiKey | null> {
    if (Date.now() - this.#checked > RELOAD_MS) await this.#reload();
    const [, id, text] = KEY.exec(secret) ?? [];
    const stored = this.#keys.find((key) => key.id === id);
    if (!stored || text === undefined) return null;
    const digest = createHash('sha256').update(secret).digest('base64');
    if (this.#proven.get(stored.id) === digest) return publicKey(stored);
    const expected = Buffer.from(stored.hash, 'base64url');
    const actual = await hash(text, stored.salt);
    if (expected.length !== actual.length || !timingSafeEqual(expected, actual)) return null;
    this.#proven.set(stored.id, digest);
    return publicKey(stored);
  }

  async #reload(): Promise<void> {
    this.#checked = Date.now();
    const modified = (await stat(this.#path).catch(() => null))?.mtimeMs ?? 0;
    if (modified === this.#modified) return;
    this.#keys = modified === 0 ? [] : await readKeys(this.#path);
    this.#modified = modified;
  }

  async #write(keys: readonly StoredKey[]): Promise<void> {
    await writeFileAtomic(this.#path, `${JSON.stringify({ version: 1, keys }, null, 2)}\n`);
    await chmod(this.#path, 0o600);
    this.#modified = -1;
    await this.#reload();
  }
}

/** Whether a key may do what a route does. */
export function allows(key: ApiKey, scope: ApiKeyScope): boolean {
  return key.scopes.includes(scope) || key.scopes.includes('admin');
}

async function readKeys(path: string): Promise<readonly StoredKey[]> {
  try {
    return FILE.parse(JSON.parse(await readFile(path, 'utf8'))).keys;
  } catch (cause) {
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is not a file of API keys`, { cause });
  }
}

function publicKey({ id, label, scopes, createdAt }: StoredKey): ApiKey {
  return { id, label, scopes, createdAt };
}

function hash(secret: string, salt: string): Promise<Buffer> {
  const derive = promisify<string, string, number, object, Buffer>(scrypt);
  return derive(secret, salt, HASH_BYTES, SCRYPT);
}
