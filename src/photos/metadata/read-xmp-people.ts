import { canonicalName } from '../../core/text/person-name.ts';
import { readMicrosoftRegions } from './microsoft-regions.ts';
import { readMwgRegions } from './mwg-regions.ts';
import { insidePicture, type PhotoRegion, type ShareBox, uprightBox } from './photo-region.ts';
import { frameOf } from './region-frame.ts';
import type { StoredPicture } from './stored-picture.ts';
import type { XmpDocument } from './xmp-document.ts';

/** Who wrote a region, in which form. */
export type RegionForm = 'mwg' | 'microsoft' | 'picasa';

/** A region of a photo's metadata. */
export interface FoundRegion extends PhotoRegion {
  readonly form: RegionForm;
}

/** What metadata say of people, and what of it could not be used. */
export interface FoundPeople {
  readonly regions: readonly FoundRegion[];
  /** In words for the user. */
  readonly notes: readonly string[];
}

/** The regions of a packet, as the picture is shown. */
export function readXmpPeople(xmp: XmpDocument, picture: StoredPicture): FoundPeople {
  const regions: FoundRegion[] = [];
  const notes: string[] = [];
  const { appliedTo, faces } = readMwgRegions(xmp);
  const frame = frameOf(appliedTo, picture);
  if (frame === 'another' && faces.length > 0) {
    const { width, height } = appliedTo!;
    notes.push(
      `its ${faces.length} regions are for a picture of ${width} x ${height} pixels, which has another shape: it was cropped since`,
    );
  } else {
    for (const { name, box } of faces)
      add({ name, box: box && (frame === 'upright' ? box : uprightBox(box, picture.orientation)) }, 'mwg');
  }
  for (const { name, box } of readMicrosoftRegions(xmp))
    add({ name, box: box && uprightBox(box, picture.orientation) }, 'microsoft');
  return { regions, notes };

  function add({ name, box }: { name: string | null; box: ShareBox | null }, form: RegionForm): void {
    const inside = box && insidePicture(box);
    if (inside) regions.push({ name: cleanName(name), box: inside, form });
    else if (name !== null) notes.push(`${name} has no place in the picture`);
  }
}

/** A name as the gallery keeps it; `null` where nothing is left of it. */
export function cleanName(name: string | null): string | null {
  const clean = name === null ? '' : canonicalName(name);
  return clean === '' ? null : clean;
}
