/** An entry of a TIFF directory: a short or long number, bytes of no fixed kind, or directories below. */
export type TiffEntry = number | Uint8Array | { readonly jpeg: Uint8Array } | readonly TiffEntries[];
export type TiffEntries = Readonly<Record<number, TiffEntry>>;

/**
 * Writes a TIFF file with directories one after the other.
 *
 * @param options.magic - in place of the first four bytes, such as those of Olympus
 * @param options.marker - bytes after the header, such as Canon's "CR"
 */
export function tiffFile(
  directories: readonly TiffEntries[],
  options: { readonly bigEndian?: boolean; readonly magic?: string; readonly marker?: string } = {},
): Buffer {
  const { bigEndian = false, marker = '' } = options;
  const magic = options.magic ?? (bigEndian ? 'MM\0*' : 'II*\0');
  const parts: Buffer[] = [Buffer.from(magic, 'latin1'), Buffer.alloc(4), Buffer.from(marker, 'latin1')];
  let length = 8 + marker.length;
  const long = (value: number) => {
    const bytes = Buffer.alloc(4);
    if (bigEndian) bytes.writeUInt32BE(value);
    else bytes.writeUInt32LE(value);
    return bytes;
  };
  const short = (value: number) => (bigEndian ? long(value * 65_536) : long(value)).subarray(0, 2);
  const append = (bytes: Uint8Array): number => {
    const at = length;
    parts.push(Buffer.from(bytes));
    length += bytes.length;
    return at;
  };
  const write = (entries: TiffEntries, next: () => number): number => {
    const rows = Object.entries(entries).map(([tag, value]) => {
      const head = (kind: number, count: number) =>
        Buffer.concat([short(Number(tag)), short(kind), long(count)]);
      if (typeof value === 'number') return Buffer.concat([head(4, 1), long(value)]);
      if (Array.isArray(value)) {
        const places = value.map((below: TiffEntries) => write(below, () => 0));
        const at = places.length === 1 ? places[0]! : append(Buffer.concat(places.map(long)));
        return Buffer.concat([head(4, places.length), long(at)]);
      }
      if (value instanceof Uint8Array) return Buffer.concat([head(7, value.length), long(append(value))]);
      return Buffer.concat([head(4, 1), long(append((value as { jpeg: Uint8Array }).jpeg))]);
    });
    const following = next();
    const body = Buffer.concat([short(rows.length), ...rows, long(following)]);
    return append(body);
  };
  const chain = (index: number): number => {
    const entries = directories[index];
    return entries ? write(entries, () => chain(index + 1)) : 0;
  };
  const first = chain(0);
  parts[1] = long(first);
  return Buffer.concat(parts);
}

/** A box of an ISO media file. */
export function isoBox(type: string, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}
