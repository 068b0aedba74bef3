import type { AlignedFace } from '../align/aligned-face.ts';
import { type ChipPlace, cutFaceChip } from '../align/face-chip.ts';
import { invalidArgument } from '../errors.ts';
import { flipHorizontal } from '../image/flip-image.ts';
import type { Image } from '../image/image.ts';
import { createRandom, type Random } from '../random/random.ts';

/** How many views of one face are averaged into its embedding. */
export interface AveragingOptions {
  /** Add the mirrored chip. Twice the work. @defaultValue false */
  readonly mirror?: boolean | undefined;
  /** Add this many chips cut a little elsewhere, 0 - 100. @defaultValue 0 */
  readonly jitter?: number | undefined;
}

/** Turn, scale and shift of a jittered chip at most. Source: dlib 19.24, dlib/image_transforms/random_cropper.h as `jitter_image` sets it up. */
const MAX_TURN = (3 * Math.PI) / 180;
const MIN_SCALE = 0.97;
const MAX_SCALE = 0.99999;
const MAX_SHIFT = 0.02;
/** Jitter is the same in every run, so that a photo has one embedding. */
const JITTER_SEED = 1;

/**
 * The chips whose embeddings are averaged: the plain one first, then its mirror image, then jittered ones.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function viewsOf({ chip, source }: AlignedFace, options: AveragingOptions = {}): Image[] {
  const { mirror = false, jitter = 0 } = options;
  if (!Number.isInteger(jitter) || jitter < 0 || jitter > 100) {
    throw invalidArgument('an integer from 0 to 100', 'options.jitter', jitter);
  }
  const views = [chip];
  if (mirror) views.push(flipHorizontal(chip));
  const random = createRandom(JITTER_SEED);
  for (let i = 0; i < jitter; i++) {
    const view = cutFaceChip(source.image, jitterPlace(source.place, random), chip.width);
    views.push(random.next() < 0.5 ? flipHorizontal(view) : view);
  }
  return views;
}

function jitterPlace(place: ChipPlace, random: Random): ChipPlace {
  const width = place.right - place.left;
  const height = place.bottom - place.top;
  const scale = MIN_SCALE + (MAX_SCALE - MIN_SCALE) * random.next();
  const centerX = (place.left + place.right) / 2 + width * MAX_SHIFT * (2 * random.next() - 1);
  const centerY = (place.top + place.bottom) / 2 + height * MAX_SHIFT * (2 * random.next() - 1);
  return {
    left: centerX - (width * scale) / 2,
    right: centerX + (width * scale) / 2,
    top: centerY - (height * scale) / 2,
    bottom: centerY + (height * scale) / 2,
    angle: place.angle + MAX_TURN * (2 * random.next() - 1),
  };
}
