import { iou } from '../../core/geometry/box.ts';
import { sameName } from '../../core/text/person-name.ts';
import { changeWords, removeElement, wordsOf } from './edit-rdf.ts';
import { addMwgRegion, type MwgRegion, readMwgRegions, removeMwgRegions } from './mwg-regions.ts';
import { type ShareBox, storedBox } from './photo-region.ts';
import { frameOf } from './region-frame.ts';
import { type StoredPicture, shownSides } from './stored-picture.ts';
import type { XmpDocument } from './xmp-document.ts';
import type { XmpName } from './xmp-names.ts';

/** Somebody to write into a photo's metadata, in the picture as it is shown. */
export interface NamedRegion {
  readonly name: string;
  readonly box: ShareBox;
}

/** From here a region that somebody else wrote is the same face. */
const SAME_FACE = 0.4;

/** Lists of words that programs show and search people by, with what a name looks like in each. */
const WORDS: readonly { readonly list: XmpName; readonly word: (name: string) => string }[] = [
  { list: 'dc:subject', word: (name) => name },
  // The bar separates the levels of Lightroom's keywords.
  { list: 'lr:hierarchicalSubject', word: (name) => `People|${name.replaceAll('|', '/')}` },
  { list: 'Iptc4xmpExt:PersonInImage', word: (name) => name },
];

/**
 * Puts people into a packet of XMP: their regions, and their names as keywords.
 *
 * @param people - all whom the photo is known to show
 * @returns what was not written, in words for the user
 * @remarks Only what face-trigger wrote before (it marks it) is changed or taken out. A region of somebody else about the
 * same face stays: with the same name nothing is added, with another name the region is not written and that is told.
 */
export function putPeople(
  xmp: XmpDocument,
  people: readonly NamedRegion[],
  picture: StoredPicture,
): { readonly notes: readonly string[] } {
  const notes = putRegions(xmp, people, picture);
  const names = [...new Set(people.map(({ name }) => name))].sort();
  for (const { list, word } of WORDS) putWords(xmp, list, names.map(word));
  return { notes };
}

function putRegions(
  xmp: XmpDocument,
  people: readonly NamedRegion[],
  picture: StoredPicture,
): readonly string[] {
  const { appliedTo, faces, count } = readMwgRegions(xmp);
  const ours = faces.filter(({ isOurs }) => isOurs);
  const others = faces.filter(({ isOurs }) => !isOurs);
  const isAlone = count === ours.length;
  const found = frameOf(appliedTo, picture);
  const frame = isAlone ? 'stored' : found;
  if (frame === 'another') {
    for (const { element } of ours) removeElement(element);
    return people.length === 0
      ? []
      : ['regions are there for a picture of another shape (it was cropped since): none was added'];
  }
  const notes: string[] = [];
  const wanted: NamedRegion[] = [];
  for (const { name, box } of people) {
    const place = frame === 'upright' ? box : storedBox(box, picture.orientation);
    const there = otherOf(others, place);
    if (!there?.name) wanted.push({ name, box: place });
    else if (!sameName(there.name, name))
      notes.push(`${name} is ${there.name} by the metadata, and stays so there`);
  }
  if (areSame(ours, wanted) && (!isAlone || found === 'stored')) return notes;
  for (const { element } of ours) removeElement(element);
  if (isAlone) removeMwgRegions(xmp);
  const { width, height } = frame === 'upright' ? shownSides(picture) : picture;
  for (const { name, box } of wanted) addMwgRegion(xmp, { name, box, appliedTo: { width, height } });
  return notes;
}

/** Less than the places that are written. */
const SAME_PLACE = 2e-6;

function areSame(ours: readonly MwgRegion[], wanted: readonly NamedRegion[]): boolean {
  return (
    ours.length === wanted.length &&
    wanted.every(({ name, box }) =>
      ours.some(
        (one) =>
          one.name === name &&
          one.box &&
          EDGES.every((edge) => Math.abs(one.box![edge] - box[edge]) < SAME_PLACE),
      ),
    )
  );
}

const EDGES = ['left', 'top', 'width', 'height'] as const;

/** Of two regions of others about one face, one with a name counts. */
function otherOf(others: readonly MwgRegion[], box: ShareBox): MwgRegion | undefined {
  const near = others.filter((other) => other.box && iou(other.box, box) >= SAME_FACE);
  return near.find(({ name }) => name !== null) ?? near[0];
}

/** Keeps the words that were there before face-trigger's: which are its own stands in a list beside. */
function putWords(xmp: XmpDocument, list: XmpName, words: readonly string[]): void {
  const mark: XmpName = `faceTrigger:${list.slice(list.indexOf(':') + 1)}`;
  const ours = new Set(wordsOf(xmp, mark));
  const gone = new Set([...ours].filter((word) => !words.includes(word)));
  const there = new Set(wordsOf(xmp, list));
  const fresh = words.filter((word) => !there.has(word));
  changeWords(xmp, list, { add: fresh, remove: gone });
  changeWords(xmp, mark, { add: fresh, remove: gone });
}
