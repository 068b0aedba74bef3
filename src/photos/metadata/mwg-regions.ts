import type { Element } from '@xmldom/xmldom';
import { addElement, ensureBag, ensureProperty, removeElement } from './edit-rdf.ts';
import type { ShareBox } from './photo-region.ts';
import { fieldOf, itemsOf, numberOf, propertyOf, textOf } from './rdf-values.ts';
import type { XmpDocument } from './xmp-document.ts';

/** A face region as the Metadata Working Group writes it. */
export interface MwgRegion {
  readonly name: string | null;
  /** In shares of {@link MwgRegions.appliedTo}; `null`: it is none that can be read. */
  readonly box: ShareBox | null;
  /** Whether face-trigger wrote it. */
  readonly isOurs: boolean;
  readonly element: Element;
}

/** The regions of a photo. */
export interface MwgRegions {
  /** Pixels of the picture that the regions were made for. */
  readonly appliedTo: Sides | null;
  /** Faces only; focus points, bar codes and pets are left alone. */
  readonly faces: readonly MwgRegion[];
  /** Regions of all kinds. */
  readonly count: number;
}

/** Pixels. */
export interface Sides {
  readonly width: number;
  readonly height: number;
}

/**
 * Reads `mwg-rs:Regions`, as digiKam, Lightroom, Picasa and Apple write it.
 *
 * @remarks Metadata Working Group, Guidelines for Handling Image Metadata 2.0, section 5.9: x and y are the center of an
 * area, all four in shares of the picture. Apple writes faces without names, with properties of its own.
 */
export function readMwgRegions(xmp: XmpDocument): MwgRegions {
  const regions = propertyOf(xmp, 'mwg-rs:Regions');
  const dimensions = fieldOf(regions, 'mwg-rs:AppliedToDimensions');
  const width = numberOf(fieldOf(dimensions, 'stDim:w'));
  const height = numberOf(fieldOf(dimensions, 'stDim:h'));
  const appliedTo = width !== null && height !== null && width > 0 && height > 0 ? { width, height } : null;
  const items = itemsOf(fieldOf(regions, 'mwg-rs:RegionList'));
  const faces = items.flatMap((element) => {
    const type = textOf(fieldOf(element, 'mwg-rs:Type'));
    if (type !== null && type.toLowerCase() !== 'face') return [];
    return {
      name: textOf(fieldOf(element, 'mwg-rs:Name')),
      box: readArea(element, appliedTo),
      isOurs: fieldOf(fieldOf(element, 'mwg-rs:Extensions'), 'faceTrigger:Written') !== null,
      element,
    };
  });
  return { appliedTo, faces, count: items.length };
}

/** Adds a face, marked as face-trigger's. The property is made where the photo has none. */
export function addMwgRegion(
  xmp: XmpDocument,
  { name, box, appliedTo }: { readonly name: string; readonly box: ShareBox; readonly appliedTo: Sides },
): void {
  const regions = ensureProperty(xmp, 'mwg-rs:Regions', STRUCTURE);
  if (fieldOf(regions, 'mwg-rs:AppliedToDimensions') === null) {
    const dimensions = addElement(xmp, regions, 'mwg-rs:AppliedToDimensions', STRUCTURE);
    addElement(xmp, dimensions, 'stDim:w', String(appliedTo.width));
    addElement(xmp, dimensions, 'stDim:h', String(appliedTo.height));
    addElement(xmp, dimensions, 'stDim:unit', 'pixel');
  }
  const found = fieldOf(regions, 'mwg-rs:RegionList');
  const holder =
    found !== null && typeof found !== 'string' ? found : addElement(xmp, regions, 'mwg-rs:RegionList');
  const region = addElement(xmp, ensureBag(xmp, holder), 'rdf:li', STRUCTURE);
  const area = addElement(xmp, region, 'mwg-rs:Area', STRUCTURE);
  addElement(xmp, area, 'stArea:x', share(box.left + box.width / 2));
  addElement(xmp, area, 'stArea:y', share(box.top + box.height / 2));
  addElement(xmp, area, 'stArea:w', share(box.width));
  addElement(xmp, area, 'stArea:h', share(box.height));
  addElement(xmp, area, 'stArea:unit', 'normalized');
  addElement(xmp, region, 'mwg-rs:Name', name);
  addElement(xmp, region, 'mwg-rs:Type', 'Face');
  const extensions = addElement(xmp, region, 'mwg-rs:Extensions', STRUCTURE);
  addElement(xmp, extensions, 'faceTrigger:Written', 'True');
}

/** Takes the property out, with the size that the regions were for. */
export function removeMwgRegions(xmp: XmpDocument): void {
  const regions = propertyOf(xmp, 'mwg-rs:Regions');
  if (regions !== null && typeof regions !== 'string') removeElement(regions);
}

const STRUCTURE = { isStructure: true } as const;

/** A hundredth of a pixel of pictures that are 10,000 pixels wide; Picasa reads at most nine places. */
function share(value: number): string {
  return String(Number(value.toFixed(6)));
}

function readArea(region: Element, appliedTo: Sides | null): ShareBox | null {
  const area = fieldOf(region, 'mwg-rs:Area');
  const [x, y] = [numberOf(fieldOf(area, 'stArea:x')), numberOf(fieldOf(area, 'stArea:y'))];
  // A circle has a diameter, in shares of the shorter side.
  const diameter = numberOf(fieldOf(area, 'stArea:d'));
  const shorter = appliedTo ? Math.min(appliedTo.width, appliedTo.height) : null;
  const across = diameter !== null && appliedTo && shorter !== null;
  const width =
    numberOf(fieldOf(area, 'stArea:w')) ?? (across ? (diameter * shorter) / appliedTo.width : null);
  const height =
    numberOf(fieldOf(area, 'stArea:h')) ?? (across ? (diameter * shorter) / appliedTo.height : null);
  if (x === null || y === null || width === null || height === null) return null;
  const box = { left: x - width / 2, top: y - height / 2, width, height };
  if (textOf(fieldOf(area, 'stArea:unit'))?.toLowerCase() !== 'pixel') return box;
  if (!appliedTo) return null;
  return {
    left: box.left / appliedTo.width,
    top: box.top / appliedTo.height,
    width: box.width / appliedTo.width,
    height: box.height / appliedTo.height,
  };
}
