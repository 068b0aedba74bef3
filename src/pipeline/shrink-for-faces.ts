import { IMAGE_SHRINKS, type ImageShrink } from '../core/image/image-shrink.ts';

/** Sides of the smallest faces, in pixels, that must remain: what the detector sees without scaling up ... */
const LEAST_TO_FIND = 80;
/** ... and what a chip is cut from, in which a face of this size is still scaled down by half. */
const LEAST_TO_EMBED = 160;

/**
 * How much smaller a picture may be decoded when only large faces in it are wanted.
 *
 * @param minFaceSize - side of the smallest face wanted, in pixels of the picture
 * @param options.embed - whether the faces are embedded, which needs more pixels than finding them
 */
export function shrinkForFaces(minFaceSize: number, { embed }: { readonly embed: boolean }): ImageShrink {
  const least = embed ? LEAST_TO_EMBED : LEAST_TO_FIND;
  return IMAGE_SHRINKS.find((shrink) => minFaceSize / shrink >= least) ?? 1;
}
