import { alignFace } from '../../core/align/aligned-face.ts';
import { type AveragingOptions, viewsOf } from '../../core/embed/chip-variants.ts';
import type { TrainableEmbedder } from '../../core/embed/face-embedder.ts';
import { invalidArgument } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import type { Landmarks } from '../../core/landmark/landmarks.ts';
import { createRandom } from '../../core/random/random.ts';
import { augmentFace } from './augment-face.ts';
import { DEFAULT_AUGMENTATIONS, type MetricSample } from './learn-metric.ts';

/** Options of {@link collectMetricSample}. */
export interface MetricSampleOptions extends AveragingOptions {
  /** Augmented chips, 0 - 50. @defaultValue {@link DEFAULT_AUGMENTATIONS} */
  readonly augmentations?: number | undefined;
  /** @defaultValue 0 */
  readonly seed?: number | undefined;
  /** Value in the network's graph that is to be learned from too; see `LastBlocks.input`. */
  readonly activationsOf?: string | undefined;
  /** Photos that there are in all, to share {@link MAX_ACTIVATION_BYTES}. @defaultValue 1 */
  readonly photos?: number | undefined;
}

/** Memory for activations; where it is short, photos get fewer augmented chips. 4,000 photos of 8 chips fill it. */
export const MAX_ACTIVATION_BYTES = 512 * 1024 * 1024;

/**
 * Runs the network on a face as it is and on augmented chips of it.
 *
 * @param backbone - frozen: its features, or its activations before the last blocks, are all that metric learning needs
 * @param face - the whole frame and the landmarks in its pixels
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH`, `ERR_INVALID_ARGUMENT`
 * @remarks The augmentations follow from the seed and the landmarks alone, not from the order of the photos.
 */
export async function collectMetricSample(
  backbone: TrainableEmbedder,
  face: { readonly image: Image; readonly landmarks: Landmarks },
  options: MetricSampleOptions = {},
): Promise<MetricSample> {
  const { augmentations = DEFAULT_AUGMENTATIONS, seed = 0 } = options;
  if (!Number.isInteger(augmentations) || augmentations < 0 || augmentations > 50) {
    throw invalidArgument('an integer from 0 to 50', 'options.augmentations', augmentations);
  }
  const { image, landmarks } = face;
  const template = backbone.profile.chip;
  const views = viewsOf(alignFace(image, landmarks, template), options);
  const random = createRandom(mixSeed(seed, landmarks));
  const augment = (count: number) => augmentFace(image, landmarks, { count, template, random });
  const { activationsOf, photos = 1 } = options;
  if (activationsOf === undefined) {
    const features = await backbone.features([...views, ...augment(augmentations)]);
    return { views: features.slice(0, views.length), augmented: features.slice(views.length) };
  }
  const plain = await backbone.activations(views, activationsOf);
  const count = Math.min(augmentations, room(plain.activations, photos));
  const augmented = await backbone.activations(augment(count), activationsOf);
  return {
    views: plain.features,
    augmented: augmented.features,
    activations: { dims: plain.dims, views: plain.activations, augmented: augmented.activations },
  };
}

/** Augmented chips of each photo that there is memory for. */
function room(views: readonly Float32Array[], photos: number): number {
  const chips = Math.floor(MAX_ACTIVATION_BYTES / (photos * views[0]!.byteLength));
  if (chips < views.length) {
    const most = Math.floor(MAX_ACTIVATION_BYTES / (views.length * views[0]!.byteLength));
    throw invalidArgument(`at most ${most} photos where blocks of the network are learned`, 'photos', photos);
  }
  return chips - views.length;
}

/** FNV-1a over the bytes of the points. Source: draft-eastlake-fnv, 32-bit offset basis and prime. */
function mixSeed(seed: number, landmarks: Landmarks): number {
  const bytes = new Uint8Array(Float64Array.from([seed, ...landmarks.points.flat()]).buffer);
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}
