import { type Box, iou } from '../../core/geometry/box.ts';

/** Regions and faces that are about the same face. */
export interface MatchedRegions<Region, Face> {
  readonly pairs: readonly { readonly region: Region; readonly face: Face }[];
  /** Regions where no face was found. */
  readonly unmatched: readonly Region[];
}

/**
 * Least overlap (intersection over union) of a region and a face whose centers lie in each other: Picasa's boxes end at the
 * chin, Lightroom's have the hair, and people draw whole heads.
 */
const LEAST_OVERLAP = 0.1;

/**
 * Finds the face of each region, by overlap; a face is taken once, by the region that covers it best.
 *
 * @param regions - boxes in the same units as those of the faces
 */
export function matchRegions<Region extends { readonly box: Box }, Face extends { readonly box: Box }>(
  regions: readonly Region[],
  faces: readonly Face[],
): MatchedRegions<Region, Face> {
  const near = regions
    .flatMap((region) => faces.map((face) => ({ region, face, overlap: iou(region.box, face.box) })))
    .filter(
      ({ region, face, overlap }) =>
        overlap >= LEAST_OVERLAP && (hasCenterOf(region.box, face.box) || hasCenterOf(face.box, region.box)),
    )
    .sort((a, b) => b.overlap - a.overlap);
  const taken = new Map<Region, Face>();
  const faceTaken = new Set<Face>();
  for (const { region, face } of near) {
    if (taken.has(region) || faceTaken.has(face)) continue;
    taken.set(region, face);
    faceTaken.add(face);
  }
  return {
    pairs: [...taken].map(([region, face]) => ({ region, face })),
    unmatched: regions.filter((region) => !taken.has(region)),
  };
}

function hasCenterOf(box: Box, { left, top, width, height }: Box): boolean {
  const [x, y] = [left + width / 2, top + height / 2];
  return x >= box.left && x <= box.left + box.width && y >= box.top && y <= box.top + box.height;
}
