import {
  SMALL_PICTURE_PIXELS,
  SMALLEST_DEFAULT_FACE,
  USUAL_DEFAULT_FACE,
} from '../core/detect/default-face-size.ts';

/** Raised whenever other faces are found in the same picture with the same models and options. */
const SEARCH_VERSION = 2;

/**
 * What the faces found in a picture depend on besides models and options: a part of the key of everything that is kept
 * between runs, so that nothing kept by an older search is taken for what today's would find.
 *
 * @param options.minFaceSize - what was asked for; without it the sizes that are looked for by the picture's size count
 */
export function faceSearchKey({ minFaceSize }: { readonly minFaceSize?: number | undefined }): object {
  return {
    version: SEARCH_VERSION,
    size: minFaceSize ?? [SMALLEST_DEFAULT_FACE, USUAL_DEFAULT_FACE, SMALL_PICTURE_PIXELS],
    turned: true,
  };
}
