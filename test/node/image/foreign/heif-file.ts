import { findBox, isoBoxes } from '../../../../src/node/image/foreign/isobmff.ts';

/**
 * Gives the primary picture of a HEIF file that heif-enc wrote one more property, such as a rotation.
 *
 * @param property - a whole box
 */
export function withProperty(file: Uint8Array, property: Uint8Array): Buffer {
  const container = findBox(file, 'meta/iprp/ipco')!;
  const association = findBox(file, 'meta/iprp/ipma')!;
  const number = isoBoxes(file, container.start, container.end).length + 1;
  // One entry for item 1, whose count of properties is followed by a byte each.
  const countAt = association.start + 8 + 2;
  const end = association.end;
  const grown = Buffer.concat([
    file.subarray(0, container.end),
    property,
    file.subarray(container.end, end),
    Uint8Array.of(number),
    file.subarray(end),
  ]);
  const added = property.length + 1;
  grown[countAt + property.length]! += 1;
  const enlarge = (contentStart: number, by: number) =>
    grown.writeUInt32BE(grown.readUInt32BE(contentStart - 8) + by, contentStart - 8);
  enlarge(findBox(file, 'meta')!.start, added);
  enlarge(findBox(file, 'meta/iprp')!.start, added);
  enlarge(container.start, property.length);
  enlarge(association.start + property.length, 1);
  // Items lie behind all of this: version 0 or 1, offsets of 4 bytes, one extent each.
  const places = findBox(file, 'meta/iloc')!;
  const hasMethod = grown[places.start]! > 0;
  const count = grown.readUInt16BE(places.start + 6);
  const baseSize = grown[places.start + 5]! >> 4;
  for (let i = 0, at = places.start + 8; i < count; i++) {
    const offset = at + 2 + (hasMethod ? 2 : 0) + 2 + baseSize + 2;
    grown.writeUInt32BE(grown.readUInt32BE(offset) + added, offset);
    at = offset + 8;
  }
  return grown;
}

/** A box of one byte: `irot` turns by so many quarters to the left, `imir` mirrors. */
export function smallBox(type: 'irot' | 'imir', value: number): Buffer {
  const box = Buffer.alloc(9);
  box.writeUInt32BE(9);
  box.write(type, 4, 'latin1');
  box[8] = value;
  return box;
}
