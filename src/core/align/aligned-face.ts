import type { Box } from '../geometry/box.ts';
import type { Point } from '../geometry/point.ts';
import { cropImage } from '../image/crop-image.ts';
import { assertImage, type Image } from '../image/image.ts';
import { type Landmarks, mapLandmarks } from '../landmark/landmarks.ts';
import type { ChipTemplate } from './chip-template.ts';
import { type ChipPlace, cutFaceChip, locateFaceChip } from './face-chip.ts';

/** An upright face, cut out once: what quality is judged by, embeddings are made of, and thumbnails show. */
export interface AlignedFace {
  /** RGB, square. */
  readonly chip: Image;
  /** In pixels of the image that the face was found in. */
  readonly landmarks: Landmarks;
  /** Where the chip comes from, for views of the face that are cut a little elsewhere. */
  readonly source: {
    readonly image: Image;
    readonly place: ChipPlace;
    /** Where the upper left corner of `image` lies in the picture of the landmarks; [0, 0] where it is that picture. */
    readonly origin: Point;
  };
}

/**
 * Cuts a face out upright.
 *
 * @param image - gray or RGB
 * @param landmarks - in its pixels, of the template's layout
 * @returns a face that shares the image's memory, see {@link detachFace}
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` if the image is malformed or the landmarks are not whole or of
 * another layout
 */
export function alignFace(image: Image, landmarks: Landmarks, template: ChipTemplate): AlignedFace {
  assertImage(image);
  const place = locateFaceChip(landmarks, template);
  return {
    chip: cutFaceChip(image, place, template.size),
    landmarks,
    source: { image, place, origin: [0, 0] },
  };
}

/** The same face cut out for another embedder. @throws FaceTriggerError `ERR_SHAPE_MISMATCH` as {@link alignFace} */
export function realignFace({ landmarks, source }: AlignedFace, template: ChipTemplate): AlignedFace {
  const { image, origin } = source;
  const here = mapLandmarks(landmarks, ([x, y]) => [x - origin[0], y - origin[1]]);
  const { chip, source: found } = alignFace(image, here, template);
  return { chip, landmarks, source: { ...found, origin } };
}

/** What is kept around a face's box, in its sides: a chip reaches about one beside it, turned ones included. */
const MARGIN = 1;

/** The same face with memory of its own, for frames that are overwritten; only what is around the box is kept. */
export function detachFace(face: AlignedFace, box: Box): AlignedFace {
  const { image, place, origin } = face.source;
  const left = Math.max(0, Math.floor(box.left - box.width * MARGIN));
  const top = Math.max(0, Math.floor(box.top - box.height * MARGIN));
  const right = Math.min(image.width, Math.ceil(box.left + box.width * (1 + MARGIN)));
  const bottom = Math.min(image.height, Math.ceil(box.top + box.height * (1 + MARGIN)));
  if (right <= left || bottom <= top) {
    return { ...face, source: { image: { ...image, data: image.data.slice() }, place, origin } };
  }
  // Cut at whole pixels, so that a view cut from the part is the view cut from the frame.
  const part = cropImage(image, { left, top, width: right - left, height: bottom - top });
  const shifted = {
    ...place,
    left: place.left - left,
    right: place.right - left,
    top: place.top - top,
    bottom: place.bottom - top,
  };
  const corner: Point = [origin[0] + left, origin[1] + top];
  return { ...face, source: { image: part, place: shifted, origin: corner } };
}
