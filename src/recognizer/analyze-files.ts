import type { ListedImage } from '../dataset/list-images.ts';
import { FaceTriggerError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { readImage } from '../image/read-image.ts';
import type { Face } from './face.ts';
import { mapInOrder } from './map-in-order.ts';

/** What was found in one picture file, or why it could not be looked at. */
export type FileAnalysis = {
  readonly file: ListedImage;
} & ({ readonly image: Image; readonly faces: readonly Face[] } | { readonly error: FaceTriggerError });

/** Options of {@link analyzeFiles}. */
export interface AnalyzeFilesOptions {
  /** Pictures under way at once: while one is decoded, others are searched. @defaultValue {@link DEFAULT_IN_FLIGHT} */
  readonly concurrency?: number | undefined;
  readonly signal?: AbortSignal | undefined;
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
  analyze: (image: Image) => Promise<readonly Face[]>,
  options: AnalyzeFilesOptions = {},
): AsyncGenerator<FileAnalysis, void, void> {
  const { concurrency = DEFAULT_IN_FLIGHT, signal } = options;
  yield* mapInOrder(files, (file) => analyzeFile(file, analyze, signal), { concurrency, signal });
}

async function analyzeFile(
  file: ListedImage,
  analyze: (image: Image) => Promise<readonly Face[]>,
  signal: AbortSignal | undefined,
): Promise<FileAnalysis> {
  if (file.error) return { file, error: file.error };
  try {
    const image = await readImage(file.path, { signal });
    return { file, image, faces: await analyze(image) };
  } catch (error) {
    // What face-trigger did not throw on purpose is a defect, and hiding it as a bad picture would bury it.
    if (error instanceof FaceTriggerError && error.code !== 'ERR_ABORTED') return { file, error };
    throw error;
  }
}
