import { FaceTriggerError, type FaceTriggerErrorCode } from '../core/errors.ts';
import { boxArea } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import { normalizeEmbedding } from '../core/metric/metric.ts';
import type { Face } from '../core/pipeline/face.ts';
import { mainFaces } from '../core/pipeline/main-faces.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { DEFAULT_MAX_IMAGE_BYTES, readImage } from '../node/image/read-image.ts';
import { mapInOrder } from '../node/map-in-order.ts';
import { type CachedFace, type CachedPicture, EmbeddingCache } from './embedding-cache.ts';

/** Which face of a picture counts: the one nearest its middle, the largest, or the only one. */
export type FaceRule = 'center' | 'largest' | 'only';

/** Options of {@link readFaces}. */
export interface ReadFacesOptions {
  /** Finds and embeds the faces of one picture, such as `FacePipeline.analyze`. */
  readonly analyze: (image: Image) => Promise<readonly Face[]>;
  /** null: look at every picture anew. */
  readonly cache: EmbeddingCache | null;
  readonly rule: FaceRule;
  /** Scale embeddings to length 1. @defaultValue false */
  readonly normalize?: boolean | undefined;
  /** Pictures under way at once. @defaultValue 3 */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each picture. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** The face that counts in a picture, or why there is none. */
export type FaceReading =
  | { readonly path: string; readonly face: CachedFace; readonly cached: boolean }
  | { readonly path: string; readonly face: null; readonly reason: FailureReason; readonly message: string };

/** Failures that end the reading: the next photo would fail alike. */
const NOT_OF_THE_PHOTO: readonly FaceTriggerErrorCode[] = [
  'ERR_ABORTED',
  'ERR_FILE_WRITE',
  'ERR_DISK_FULL',
  'ERR_UNAVAILABLE',
];

/** Why a picture gives no face. */
type FailureReason = 'no-face' | 'several-faces' | 'unreadable';

/**
 * Embeds the face that counts in each picture, from the cache where it is there.
 *
 * @param paths - files, each looked at once however often it is named
 * @returns by path
 * @throws FaceTriggerError `ERR_ABORTED`
 */
export async function readFaces(
  paths: readonly string[],
  options: ReadFacesOptions,
): Promise<Map<string, FaceReading>> {
  const { concurrency = 3, signal, onProgress } = options;
  const unique = [...new Set(paths)];
  const readings = new Map<string, FaceReading>();
  for await (const reading of mapInOrder(unique, (path) => readOne(path, options), { concurrency, signal })) {
    readings.set(reading.path, reading);
    onProgress?.(readings.size, unique.length);
  }
  return readings;
}

/** Picks the face that counts; null where the rule gives none. */
export function chooseFace<Found extends Pick<CachedFace, 'box'>>(
  picture: Omit<CachedPicture, 'faces'> & { readonly faces: readonly Found[] },
  rule: FaceRule,
): Found | null {
  const { faces, width, height } = picture;
  if (rule === 'only') {
    const [face, ...others] = mainFaces(faces);
    return face && others.length === 0 ? face : null;
  }
  const rank = ({ box }: Found) => {
    if (rule === 'largest') return -boxArea(box);
    return Math.hypot(box.left + box.width / 2 - width / 2, box.top + box.height / 2 - height / 2);
  };
  return faces.reduce<Found | null>((best, face) => (best && rank(best) <= rank(face) ? best : face), null);
}

async function readOne(path: string, options: ReadFacesOptions): Promise<FaceReading> {
  try {
    const { picture, cached } = await pictureOf(path, options);
    const face = chooseFace(picture, options.rule);
    if (!face) {
      const count = mainFaces(picture.faces).length;
      const several = count > 1;
      const message = several ? `${count} faces found` : 'no face found';
      return { path, face: null, reason: several ? 'several-faces' : 'no-face', message };
    }
    const embedding = options.normalize ? normalizeEmbedding(face.embedding) : face.embedding;
    return { path, face: { ...face, embedding }, cached };
  } catch (error) {
    if (!(error instanceof FaceTriggerError) || NOT_OF_THE_PHOTO.includes(error.code)) throw error;
    return { path, face: null, reason: 'unreadable', message: error.message };
  }
}

async function pictureOf(
  path: string,
  { analyze, cache, signal }: ReadFacesOptions,
): Promise<{ picture: CachedPicture; cached: boolean }> {
  const bytes = await readFileWithin(path, {
    maxBytes: DEFAULT_MAX_IMAGE_BYTES,
    unfit: 'ERR_IMAGE_TOO_LARGE',
  });
  const key = cache ? EmbeddingCache.imageKey(bytes) : '';
  const kept = await cache?.read(key);
  if (kept) return { picture: kept, cached: true };
  const image = await readImage(bytes, { signal });
  const faces = (await analyze(image)).map(({ box, score, landmarks, embedding }) => {
    if (!embedding) throw new TypeError('analyze must give embeddings');
    return { box, score, landmarks: landmarks.points, embedding };
  });
  const picture = { width: image.width, height: image.height, faces };
  await cache?.write(key, picture);
  return { picture, cached: false };
}
