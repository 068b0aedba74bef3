import type { Box } from '../api/types.ts';

/** What is to be labeled in a picture. */
export interface Labeled {
  readonly box: Box;
  readonly label: string;
  /** What stands in place of the label where that would cover others, such as a number. */
  readonly short?: string | undefined;
}

/** A label and the field that it stands on, in pixels of the picture. */
export interface PlacedLabel {
  readonly text: string;
  readonly field: Box;
}

/** Width of a letter in its height; letters differ, so the widest count. */
const LETTER = 0.64;
/** Height of a field in that of its letters. */
const FIELD = 1.5;

/**
 * Places a label over each box, or below it where there is no room; always within the picture. Where a label would
 * cover another face or label both ways, its short form stands there.
 *
 * @param picture.text - height of the letters in pixels
 * @returns in the order of the boxes; null for a label without letters
 */
export function placeLabels(
  faces: readonly Labeled[],
  picture: { readonly width: number; readonly height: number; readonly text: number },
): (PlacedLabel | null)[] {
  const placed: (PlacedLabel | null)[] = faces.map(() => null);
  const isFree = ({ field }: PlacedLabel, own: number) =>
    faces.every(({ box }, i) => i === own || !overlap(field, box)) &&
    placed.every((other, i) => i === own || other === null || !overlap(field, other.field));
  // First room for every short form, then what is left goes to the long ones.
  for (const [i, { box, label, short = label }] of faces.entries()) {
    if (label === '') continue;
    const ways = waysToPlace(box, short, picture);
    placed[i] = ways.find((way) => isFree(way, i)) ?? ways[0]!;
  }
  for (const [i, { box, label, short }] of faces.entries()) {
    if (label === '' || short === undefined) continue;
    const free = waysToPlace(box, label, picture).find((way) => isFree(way, i));
    if (free) placed[i] = free;
  }
  return placed;
}

function waysToPlace(
  box: Box,
  label: string,
  { width, height, text: size }: { readonly width: number; readonly height: number; readonly text: number },
): PlacedLabel[] {
  const text = shorten(label, Math.max(3, Math.floor((width - size) / (size * LETTER))));
  const fieldWidth = [...text].length * size * LETTER + size;
  const fieldHeight = size * FIELD;
  const within = (value: number, most: number) => Math.max(0, Math.min(value, most));
  const [over, under] = [box.top - fieldHeight, box.top + box.height].map((top) => ({
    text,
    field: {
      left: within(box.left, width - fieldWidth),
      top: within(top, height - fieldHeight),
      width: fieldWidth,
      height: fieldHeight,
    },
  }));
  return box.top >= fieldHeight ? [over!, under!] : [under!, over!];
}

function overlap(a: Box, b: Box): boolean {
  return (
    a.left < b.left + b.width &&
    b.left < a.left + a.width &&
    a.top < b.top + b.height &&
    b.top < a.top + a.height
  );
}

function shorten(label: string, most: number): string {
  const letters = [...label];
  return letters.length <= most ? label : `${letters.slice(0, most - 1).join('')}…`;
}
