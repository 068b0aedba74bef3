import { createHash } from 'node:crypto';
import { type FileHandle, open, readFile, rm } from 'node:fs/promises';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { AnalyzeImage } from './analyze-files.ts';

/**
 * Faces that were found in pictures, kept beside the result of a long run: if it is interrupted, the next one takes
 * them from there instead of looking again.
 *
 * @remarks A file of JSON lines, which only its owner may read; it holds biometric data. What it keeps goes by the
 * pixels, and counts only for the same models and options. A disk that cannot hold it costs the next run its head
 * start, nothing else.
 */
export class RememberedFaces {
  readonly #path: string;
  readonly #key: string;
  readonly #kept: ReadonlyMap<string, string>;
  #file: Promise<FileHandle | null> | null = null;
  #writing: Promise<unknown> = Promise.resolve();

  private constructor(path: string, key: string, kept: ReadonlyMap<string, string>) {
    this.#path = path;
    this.#key = key;
    this.#kept = kept;
  }

  /**
   * Reads what an interrupted run left; the file is made with the first picture.
   *
   * @param target - the result of the run: the file stands beside it, under its name and `.partial`
   * @param key - all that the faces depend on besides the picture, as JSON values
   */
  static async open(target: string, key: unknown): Promise<RememberedFaces> {
    const path = RememberedFaces.pathFor(target);
    const hash = createHash('sha256')
      .update(JSON.stringify([FORMAT, key]))
      .digest('hex');
    return new RememberedFaces(path, hash, await readKept(path, hash));
  }

  /** Where the faces for a result are kept. */
  static pathFor(target: string): string {
    return `${target.replace(/(?<=.)[/\\]+$/, '')}.partial`;
  }

  /** Pictures that need not be looked at again. */
  get size(): number {
    return this.#kept.size;
  }

  /** The same search for faces, which looks only at pictures that it has not seen. */
  wrap(analyze: AnalyzeImage): AnalyzeImage {
    return async (image, shrunk) => {
      const picture = pictureKey(image, shrunk);
      const kept = this.#kept.get(picture);
      if (kept !== undefined) return (JSON.parse(kept) as StoredFace[]).map(fromStored);
      const faces = await analyze(image, shrunk);
      await this.#append(`${JSON.stringify({ picture, faces: JSON.stringify(faces.map(toStored)) })}\n`);
      return faces;
    };
  }

  /** Closes the file, and keeps it for the next run unless the work is finished. */
  async close({ finished }: { readonly finished: boolean }): Promise<void> {
    await this.#writing;
    await (await this.#file)?.close();
    this.#file = null;
    if (finished) await rm(this.#path, { force: true });
  }

  #append(line: string): Promise<unknown> {
    const write = async () => {
      this.#file ??= this.#open();
      await (await this.#file)?.appendFile(line);
    };
    this.#writing = this.#writing.then(write).catch(() => undefined);
    return this.#writing;
  }

  async #open(): Promise<FileHandle | null> {
    const fresh = this.#kept.size === 0;
    const file = await open(this.#path, fresh ? 'w' : 'a', 0o600).catch(() => null);
    // A run that was killed may have left half a line: what follows must begin on one of its own.
    try {
      await file?.appendFile(fresh ? `${JSON.stringify({ format: FORMAT, key: this.#key })}\n` : '\n');
      return file;
    } catch {
      // The work itself goes on: nothing but a shorter way after an interruption is lost.
      await file?.close().catch(() => undefined);
      return null;
    }
  }
}

const FORMAT = 'face-trigger partial 1';

interface StoredFace extends Omit<Face, 'embedding'> {
  /** Base64 of float32 in the machine's order: the file never leaves the machine. */
  readonly embedding?: string | undefined;
}

function toStored({ embedding, ...face }: Face): StoredFace {
  if (embedding === undefined) return face;
  const bytes = Buffer.from(embedding.buffer, embedding.byteOffset, embedding.byteLength);
  return { ...face, embedding: bytes.toString('base64') };
}

function fromStored({ embedding, ...face }: StoredFace): Face {
  if (embedding === undefined) return face;
  const bytes = Uint8Array.from(Buffer.from(embedding, 'base64'));
  return { ...face, embedding: new Float32Array(bytes.buffer) };
}

function pictureKey({ width, height, channels, data }: Image, shrunk: number): string {
  return createHash('sha256').update(`${width} ${height} ${channels} ${shrunk}\n`).update(data).digest('hex');
}

async function readKept(path: string, key: string): Promise<ReadonlyMap<string, string>> {
  const kept = new Map<string, string>();
  const text = await readFile(path, 'utf8').catch(() => '');
  const [first = '', ...lines] = text.split('\n');
  const header = parse(first);
  if (header?.['format'] !== FORMAT || header['key'] !== key) return kept;
  for (const line of lines) {
    const { picture, faces } = parse(line) ?? {};
    if (typeof picture === 'string' && typeof faces === 'string' && Array.isArray(parse(faces))) {
      kept.set(picture, faces);
    }
  }
  return kept;
}

function parse(line: string): Record<string, unknown> | null {
  try {
    return JSON.parse(line) as Record<string, unknown> | null;
  } catch {
    return null;
  }
}
