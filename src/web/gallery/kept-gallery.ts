import { FaceTriggerError } from '../../core/errors.ts';
import { isError } from '../../core/is-kind.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { GalleryRecord } from '../../gallery/gallery-types.ts';

/** Name of the browser's database that galleries are kept in. */
export const GALLERY_DATABASE = 'face-trigger-galleries';
const STORE = 'galleries';

/** Which gallery of the browser's, and how it is encrypted. */
export interface KeptGalleryOptions {
  /** @defaultValue 'people' */
  readonly name?: string | undefined;
  /** Key of AES-GCM that the page has, from `crypto.subtle`. @defaultValue none: it is kept in the clear */
  readonly key?: CryptoKey | undefined;
}

/** As it lies in the database: records as JSON lines. */
interface Kept {
  readonly version: 1;
  /** `null`: in the clear. */
  readonly iv: Uint8Array<ArrayBuffer> | null;
  readonly bytes: ArrayBuffer;
}

/** Length that NIST SP 800-38D recommends. */
const IV_BYTES = 12;

/**
 * Keeps a gallery in the browser's IndexedDB, in place of what was kept under this name. It is not followed: call it
 * again after changes.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a key that cannot encrypt, `ERR_UNAVAILABLE` where the browser
 * keeps nothing
 */
export async function keepGallery(
  gallery: Pick<Gallery, 'export'>,
  { name = 'people', key }: KeptGalleryOptions = {},
): Promise<void> {
  const lines: string[] = [];
  for await (const record of gallery.export()) lines.push(JSON.stringify(record));
  const clear = new TextEncoder().encode(lines.join('\n'));
  const kept: Kept = key ? await encrypted(clear, name, key) : { version: 1, iv: null, bytes: clear.buffer };
  await inDatabase('readwrite', (store) => store.put(kept, name));
}

/**
 * The records of a gallery that was kept, for `openGallery`.
 *
 * @returns `null` where none of this name is
 * @throws FaceTriggerError `ERR_FORBIDDEN` where it is encrypted with another key or with one that is not given,
 * `ERR_UNAVAILABLE`
 */
export async function keptRecords({
  name = 'people',
  key,
}: KeptGalleryOptions = {}): Promise<GalleryRecord[] | null> {
  const kept = (await inDatabase('readonly', (store) => store.get(name))) as Kept | undefined;
  if (kept === undefined) return null;
  const bytes = kept.iv === null ? kept.bytes : await decrypted(kept.bytes, kept.iv, { name, key });
  return new TextDecoder()
    .decode(bytes)
    .split('\n')
    .map((line) => JSON.parse(line) as GalleryRecord);
}

/** Removes a gallery that was kept. */
export async function forgetGallery({
  name = 'people',
}: Pick<KeptGalleryOptions, 'name'> = {}): Promise<void> {
  await inDatabase('readwrite', (store) => store.delete(name));
}

async function encrypted(clear: Uint8Array<ArrayBuffer>, name: string, key: CryptoKey): Promise<Kept> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  try {
    return { version: 1, iv, bytes: await crypto.subtle.encrypt(sealOf(iv, name), key, clear) };
  } catch (cause) {
    const message = 'The gallery cannot be encrypted: expected a key of AES-GCM that may encrypt';
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message, { cause });
  }
}

async function decrypted(
  bytes: ArrayBuffer,
  iv: Uint8Array<ArrayBuffer>,
  { name, key }: { readonly name: string; readonly key: CryptoKey | undefined },
): Promise<ArrayBuffer> {
  if (key === undefined) {
    throw new FaceTriggerError('ERR_FORBIDDEN', `The gallery "${name}" is encrypted, and no key is given`);
  }
  try {
    return await crypto.subtle.decrypt(sealOf(iv, name), key, bytes);
  } catch (cause) {
    const message = `The gallery "${name}" cannot be read with this key, or it is damaged`;
    throw new FaceTriggerError('ERR_FORBIDDEN', message, { cause });
  }
}

/** The name is sealed in too: one gallery cannot be put in the place of another. */
function sealOf(iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) };
}

async function inDatabase<Result>(
  mode: IDBTransactionMode,
  work: (store: IDBObjectStore) => IDBRequest<Result>,
): Promise<Result> {
  let database: IDBDatabase | undefined;
  try {
    const opening = indexedDB.open(GALLERY_DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    database = await settled(opening);
    const transaction = database.transaction(STORE, mode);
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error('the transaction was aborted'));
    });
    const result = await settled(work(transaction.objectStore(STORE)));
    await done;
    return result;
  } catch (cause) {
    const why = isError(cause) ? cause.message : String(cause);
    throw new FaceTriggerError('ERR_UNAVAILABLE', `The browser does not keep galleries: ${why}`, { cause });
  } finally {
    database?.close();
  }
}

function settled<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error!);
  });
}
