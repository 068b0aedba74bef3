import type { ShareBox } from './photo-region.ts';
import { fieldOf, itemsOf, propertyOf, textOf } from './rdf-values.ts';
import type { XmpDocument } from './xmp-document.ts';

/** Somebody whom Windows Photo Gallery tagged. */
export interface MicrosoftRegion {
  readonly name: string | null;
  /** `null`: tagged without a place in the picture, or one that can't be read. */
  readonly box: ShareBox | null;
}

/**
 * Reads `MP:RegionInfo`, as Windows Photo Gallery and digiKam write it.
 *
 * @remarks Microsoft, "People Tagging Overview" (Windows Imaging Component): `MPReg:Rectangle` is "x, y, w, h", the
 * corner at the top left and the sides, in shares of the stored picture.
 */
export function readMicrosoftRegions(xmp: XmpDocument): readonly MicrosoftRegion[] {
  const regions = fieldOf(propertyOf(xmp, 'MP:RegionInfo'), 'MPRI:Regions');
  return itemsOf(regions).map((item) => ({
    name: textOf(fieldOf(item, 'MPReg:PersonDisplayName')),
    box: readRectangle(textOf(fieldOf(item, 'MPReg:Rectangle'))),
  }));
}

function readRectangle(text: string | null): ShareBox | null {
  const numbers = text?.split(',').map(Number) ?? [];
  if (numbers.length !== 4 || numbers.some((number) => !Number.isFinite(number))) return null;
  const [left, top, width, height] = numbers as [number, number, number, number];
  return { left, top, width, height };
}
