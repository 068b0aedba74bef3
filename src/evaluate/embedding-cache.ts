import { createHash } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FaceTriggerError } from '../core/errors.ts';
import type { Box } from '../core/geometry/box.ts';
import type { Point } from '../core/geometry/point.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../node/files/atomic-write.ts';
import { makeFolder } from '../node/files/make-folder.ts';
import { whyNotWritten } from '../node/files/why-not-written.ts';
import { writeFailureCode } from '../node/files/write-failure.ts';

/** One face of a picture as it is kept between runs. */
export interface CachedFace {
  readonly box: Box;
  readonly score: number;
  /** In image pixels. */
  readonly landmarks: readonly Point[];
  readonly embedding: Float32Array;
}

/** A picture's size and faces. */
export interface CachedPicture {
  /** Pixels, after turning it upright. */
  readonly width: number;
  readonly height: number;
  /** `[]` for a picture without any face. */
  readonly faces: readonly CachedFace[];
}

/** What the faces depend on besides the picture. */
export interface EmbeddingCacheKey {
  /** SHA-256 or another exact identity of each model used. */
  readonly models: readonly string[];
  /** Every option that changes the faces, as JSON values. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Keeps the faces of pictures by content, so that a second evaluation need not look at them again.
 *
 * @remarks One file for each picture: `FOLDER/KEY/ab/abcd....json`, where KEY hashes the models and options and the
 * name is the SHA-256 of the picture's bytes. Files are written atomically and carry a checksum; one that does not
 * fit is ignored and written anew. Deleting the folder is always safe.
 */
export class EmbeddingCache {
  readonly #folder: string;

  /** @param folder - where the files go; made when first needed */
  constructor(folder: string, key: EmbeddingCacheKey) {
    this.#folder = join(folder, sha256(canonicalJson([FORMAT, key.models, key.options])).slice(0, 32));
  }

  /** Makes the folder before the work begins. @throws FaceTriggerError `ERR_FILE_WRITE` where nothing can be kept */
  async prepare(): Promise<void> {
    await makeFolder(this.#folder);
    await access(this.#folder, constants.W_OK).catch((cause) => {
      const message = `Could not write into ${this.#folder}: ${whyNotWritten(cause)}`;
      throw new FaceTriggerError(writeFailureCode(cause), message, { cause });
    });
  }

  /** The SHA-256 of a picture's bytes, by which it is kept. */
  static imageKey(bytes: Uint8Array): string {
    return sha256(bytes);
  }

  /** @returns null if the picture is not kept */
  async read(imageKey: string): Promise<CachedPicture | null> {
    let text: string;
    try {
      text = await readFile(this.#path(imageKey), 'utf8');
    } catch {
      return null;
    }
    // A damaged file is as good as none: the faces are found again.
    try {
      const { checksum, body } = JSON.parse(text) as { checksum: unknown; body: unknown };
      if (typeof body !== 'string' || checksum !== sha256(`${imageKey}\n${body}`)) return null;
      const { width, height, faces } = JSON.parse(body) as StoredPicture;
      return { width, height, faces: faces.map(fromStored) };
    } catch {
      return null;
    }
  }

  /** @throws FaceTriggerError `ERR_FILE_WRITE` */
  async write(imageKey: string, picture: CachedPicture): Promise<void> {
    const path = this.#path(imageKey);
    await makeFolder(dirname(path));
    const { width, height, faces } = picture;
    const body = JSON.stringify({ width, height, faces: faces.map(toStored) } satisfies StoredPicture);
    await writeFileAtomic(path, JSON.stringify({ checksum: sha256(`${imageKey}\n${body}`), body }), {
      mode: PRIVATE_FILE_MODE,
    });
  }

  #path(imageKey: string): string {
    return join(this.#folder, imageKey.slice(0, 2), `${imageKey}.json`);
  }
}

const FORMAT = 'face-trigger embeddings 2';

interface StoredPicture extends Omit<CachedPicture, 'faces'> {
  readonly faces: readonly StoredFace[];
}

interface StoredFace extends Omit<CachedFace, 'embedding'> {
  /** Base64 of little-endian float32. */
  readonly embedding: string;
}

function toStored(face: CachedFace): StoredFace {
  const bytes = Buffer.alloc(face.embedding.length * 4);
  for (let i = 0; i < face.embedding.length; i++) bytes.writeFloatLE(face.embedding[i]!, i * 4);
  const { box, score, landmarks } = face;
  return { box, score, landmarks, embedding: bytes.toString('base64') };
}

function fromStored(face: StoredFace): CachedFace {
  const bytes = Buffer.from(face.embedding, 'base64');
  const embedding = Float32Array.from({ length: bytes.length / 4 }, (_, i) => bytes.readFloatLE(i * 4));
  return { ...face, embedding };
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

// Equal options must give equal keys in whatever order they were written.
function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (item === null || typeof item !== 'object' || Array.isArray(item)) return item;
    return Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
