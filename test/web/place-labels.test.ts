import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type PlacedLabel, placeLabels } from '../../web/src/components/place-labels.ts';

const picture = { width: 640, height: 480, text: 20 };
const box = (left: number, top: number) => ({ left, top, width: 40, height: 40 });
const overlaps = ({ field: a }: PlacedLabel, b: PlacedLabel['field']) =>
  a.left < b.left + b.width &&
  b.left < a.left + a.width &&
  a.top < b.top + b.height &&
  b.top < a.top + a.height;

describe('labels in a picture', () => {
  it('stand over a face, and below one at the upper edge', () => {
    const [low, high] = placeLabels(
      [
        { box: box(100, 200), label: '1 Ada' },
        { box: box(400, 0), label: '2 Bob' },
      ],
      picture,
    );
    expect(low!.field.top + low!.field.height).toBe(200);
    expect(high!.field.top).toBe(40);
  });

  it('of people side by side cover neither faces nor each other, and are numbers where there is no room', () => {
    const faces = [0, 1, 2, 3, 4, 5].map((i) => ({
      box: box(100 + 60 * i, 200),
      label: `${i + 1} Unknown`,
      short: `${i + 1}`,
    }));
    const labels = placeLabels(faces, picture).map((label) => label!);
    for (const [i, label] of labels.entries()) {
      for (const [j, face] of faces.entries()) if (j !== i) expect(overlaps(label, face.box)).toBe(false);
      for (const other of labels.slice(i + 1)) expect(overlaps(label, other.field)).toBe(false);
    }
    expect(labels[0]!.text).toBe('1 Unknown');
    expect(labels.some(({ text }) => /^\d$/.test(text))).toBe(true);
  });

  it('never leave the picture and always begin with the number', () => {
    const side = fc.integer({ min: 0, max: 600 });
    const someone = fc.record({ left: side, top: fc.integer({ min: -20, max: 470 }), name: fc.string() });
    fc.assert(
      fc.property(fc.array(someone, { maxLength: 8 }), (people) => {
        const faces = people.map(({ left, top, name }, i) => ({
          box: box(left, top),
          label: `${i + 1} ${name}`,
          short: `${i + 1}`,
        }));
        for (const [i, label] of placeLabels(faces, picture).entries()) {
          const { text, field } = label!;
          expect(text.startsWith(`${i + 1}`)).toBe(true);
          expect(Math.min(field.left, field.top)).toBeGreaterThanOrEqual(0);
          expect(field.left + field.width).toBeLessThanOrEqual(picture.width + 1e-9);
          expect(field.top + field.height).toBeLessThanOrEqual(picture.height + 1e-9);
        }
      }),
    );
  });
});
