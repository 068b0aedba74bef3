/** A box of an ISO media file: its content is the bytes from `start` to `end`. */
export interface IsoBox {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** More boxes in one place than any picture has. */
const MOST_BOXES = 10_000;

/**
 * Lists the boxes in a part of an ISO media file (ISO/IEC 14496-12, 4.2).
 *
 * @returns none that reaches beyond `end`; the list ends at the first box that does
 */
export function isoBoxes(bytes: Uint8Array, start: number, end: number): IsoBox[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const boxes: IsoBox[] = [];
  for (let at = start; at + 8 <= end && boxes.length < MOST_BOXES; ) {
    const short = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const isLong = short === 1 && at + 16 <= end;
    // 0: to the end of the file.
    const size = short === 0 ? end - at : isLong ? Number(view.getBigUint64(at + 8)) : short;
    const content = at + (isLong ? 16 : 8);
    if (size < content - at || at + size > end) break;
    boxes.push({ type, start: content, end: at + size });
    at += size;
  }
  return boxes;
}

/** The first box that a path of types leads to, such as `meta/iprp/ipco`. */
export function findBox(bytes: Uint8Array, path: string, within?: IsoBox): IsoBox | null {
  let box: IsoBox = within ?? { type: '', start: 0, end: bytes.length };
  for (const type of path.split('/')) {
    // "meta" is a full box: version and flags come before its content.
    const start = box.type === 'meta' ? box.start + 4 : box.start;
    const next = isoBoxes(bytes, start, box.end).find((child) => child.type === type);
    if (!next) return null;
    box = next;
  }
  return box;
}
