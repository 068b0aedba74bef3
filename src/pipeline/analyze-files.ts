import { searchedFaceSize } from '../core/detect/default-face-size.ts';
import { FaceTriggerError } from '../core/errors.ts';
import { scaleBox } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import type { ImageShrink } from '../core/image/image-shrink.ts';
import { mapLandmarks } from '../core/landmark/landmarks.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { ListedImage } from '../dataset/list-images.ts';
import { loadImageBytes } from '../node/image/image-source.ts';
import { DEFAULT_MAX_IMAGE_BYTES, readImage, readImageHeader } from '../node/image/read-image.ts';
import { mapInOrder } from '../node/map-in-order.ts';

/** What was found in one picture file, or why it could not be looked at. */
export type FileAnalysis = {
  readonly file: ListedImage;
} & (FoundFaces | { readonly error: FaceTriggerError });

interface FoundFaces {
  /** As it was decoded. */
  readonly image: Image;
  /** Of the picture, upright, in pixels. */
  readonly width: number;
  readonly height: number;
  /** Side of the smallest face that was looked for, in pixels of the picture. */
  readonly minFaceSize: number;
  /** In pixels of the picture. */
  readonly faces: readonly Face[];
}

/** Finds the faces of an image whose sides fit `shrunk` times into those of its picture. */
export type AnalyzeImage = (image: Image, shrunk: number) => Promise<readonly Face[]>;

/** Options of {@link analyzeFiles}. */
export interface AnalyzeFilesOptions {
  /** Pictures under way at once: while one is decoded, others are searched. @defaultValue {@link DEFAULT_IN_FLIGHT} */
  readonly concurrency?: number | undefined;
  /** Decode pictures smaller where the format offers it. @defaultValue 1 */
  readonly shrink?: ImageShrink | undefined;
  /** The size that `analyze` was told to look for, if it was: only to tell of it. */
  readonly minFaceSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface FileOptions {
  readonly shrink: ImageShrink;
  readonly minFaceSize: number | undefined;
  readonly signal: AbortSignal | undefined;
}

/** Default of {@link AnalyzeFilesOptions.concurrency}: enough to hide decoding, little enough to bound memory. */
export const DEFAULT_IN_FLIGHT = 3;

/**
 * Looks for faces in many picture files, several at once.
 *
 * @param files - what to read
 * @param analyze - finds the faces of one picture, such as `FacePipeline.analyze`
 * @returns one result for each file, in their order; a file that fails gives its error as its result
 * @throws FaceTriggerError `ERR_ABORTED`
 */
export async function* analyzeFiles(
  files: readonly ListedImage[],
  analyze: AnalyzeImage,
  options: AnalyzeFilesOptions = {},
): AsyncGenerator<FileAnalysis, void, void> {
  const { concurrency = DEFAULT_IN_FLIGHT, shrink = 1, minFaceSize, signal } = options;
  const one = { shrink, minFaceSize, signal };
  yield* mapInOrder(files, (file) => analyzeFile(file, analyze, one), { concurrency, signal });
}

async function analyzeFile(
  file: ListedImage,
  analyze: AnalyzeImage,
  options: FileOptions,
): Promise<FileAnalysis> {
  if (file.error) return { file, error: file.error };
  try {
    return { file, ...(await findFaces(file.path, analyze, options)) };
  } catch (error) {
    // What face-trigger did not throw on purpose is a defect, and hiding it as a bad picture would bury it.
    if (error instanceof FaceTriggerError && error.code !== 'ERR_ABORTED') return { file, error };
    throw error;
  }
}

async function findFaces(
  path: string,
  analyze: AnalyzeImage,
  { shrink, minFaceSize, signal }: FileOptions,
): Promise<FoundFaces> {
  if (shrink === 1) {
    const image = await readImage(path, { signal });
    const { width, height } = image;
    const faces = await analyze(image, 1);
    return { image, width, height, minFaceSize: searchedFaceSize(image, minFaceSize), faces };
  }
  const bytes = await loadImageBytes(path, { maxBytes: DEFAULT_MAX_IMAGE_BYTES, signal });
  const { width, height } = await readImageHeader(bytes, { signal });
  const image = await readImage(bytes, { shrink, signal });
  const scale = { x: width / image.width, y: height / image.height };
  const faces = await analyze(image, Math.max(scale.x, scale.y));
  const searched = searchedFaceSize({ width, height }, minFaceSize);
  return { image, width, height, minFaceSize: searched, faces: faces.map((face) => scaleFace(face, scale)) };
}

function scaleFace(face: Face, { x, y }: { readonly x: number; readonly y: number }): Face {
  return {
    ...face,
    box: scaleBox(face.box, { x, y }),
    landmarks: mapLandmarks(face.landmarks, ([left, top]) => [left * x, top * y]),
  };
}
