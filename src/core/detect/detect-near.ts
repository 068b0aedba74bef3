import type { Box } from '../geometry/box.ts';
import { boxArea, intersectionArea } from '../geometry/box.ts';
import { cropImage } from '../image/crop-image.ts';
import type { Image } from '../image/image.ts';
import { type Detection, type DetectOptions, type FaceDetector, shiftDetection } from './face-detector.ts';

/** A face may have moved by its own size; beyond it the detector needs some surroundings. */
const MARGIN = 1;
/** A face may have become smaller by this factor. */
const SHRINKAGE = 0.6;
/** Above this part of the image, cutting out saves less than it costs. */
const MAX_SHARE = 0.5;

/**
 * Looks for faces near boxes only, such as where faces were a moment ago: a large image takes as long as a small one.
 *
 * @param boxes - in pixels of the image; each is searched with a margin of its own size
 * @param options.minFaceSize - raised to 0.6 of the smallest box of a region
 * @returns the faces there, best first; those of the whole image where the boxes cover much of it
 * @throws FaceTriggerError as {@link FaceDetector.detect}
 * @remarks Boxes differ by a few pixels from those of the whole image: the detector's pyramid begins at another corner.
 */
export async function detectNear(
  detector: FaceDetector,
  image: Image,
  { boxes, ...options }: DetectOptions & { readonly boxes: readonly Box[] },
): Promise<Detection[]> {
  const regions = searchRegions(image, boxes);
  const area = regions.reduce((sum, { box }) => sum + boxArea(box), 0);
  if (area > MAX_SHARE * image.width * image.height) return detector.detect(image, options);
  const found: Detection[] = [];
  for (const { box: region, smallest } of regions) {
    const minFaceSize = Math.max(options.minFaceSize ?? 0, Math.floor(SHRINKAGE * smallest)) || undefined;
    const { left, top } = region;
    for (const detection of await detector.detect(cropImage(image, region), { ...options, minFaceSize }))
      found.push(shiftDetection(detection, { left, top }));
  }
  return found.sort((a, b) => b.score - a.score).slice(0, options.maxFaces);
}

interface Region {
  readonly box: Box;
  /** Side of the smallest box in it, in pixels. */
  readonly smallest: number;
}

/** Regions that do not overlap, so that no face is found twice. */
function searchRegions(image: Image, boxes: readonly Box[]): Region[] {
  let regions: Region[] = [];
  for (const box of boxes) {
    let region: Region | null = regionOf(image, box);
    if (boxArea(region.box) === 0) continue;
    for (let merged = true; merged; ) {
      merged = false;
      for (const other of regions) {
        if (intersectionArea(other.box, region.box) === 0) continue;
        regions = regions.filter((kept) => kept !== other);
        region = union(other, region);
        merged = true;
      }
    }
    regions.push(region);
  }
  return regions;
}

function regionOf(image: Image, { left, top, width, height }: Box): Region {
  const x = Math.max(0, Math.floor(left - width * MARGIN));
  const y = Math.max(0, Math.floor(top - height * MARGIN));
  const right = Math.min(image.width, Math.ceil(left + width * (1 + MARGIN)));
  const bottom = Math.min(image.height, Math.ceil(top + height * (1 + MARGIN)));
  return {
    box: { left: x, top: y, width: right - x, height: bottom - y },
    smallest: Math.min(width, height),
  };
}

function union(a: Region, b: Region): Region {
  const left = Math.min(a.box.left, b.box.left);
  const top = Math.min(a.box.top, b.box.top);
  const width = Math.max(a.box.left + a.box.width, b.box.left + b.box.width) - left;
  const height = Math.max(a.box.top + a.box.height, b.box.top + b.box.height) - top;
  return { box: { left, top, width, height }, smallest: Math.min(a.smallest, b.smallest) };
}
