import { deflateRawSync } from 'node:zlib';

/** A file of an archive to make; in a tar a link has what it leads to. */
export interface MadeEntry {
  readonly name: string;
  readonly bytes?: Uint8Array;
  readonly link?: string;
  /** What the archive says of its size, where that is a lie. */
  readonly size?: number;
  readonly encrypted?: boolean;
}

/** A zip archive, written by hand so that it can be as wrong as a hostile one. Source: zip's APPNOTE. */
export function makeZip(entries: readonly MadeEntry[]): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, bytes = Buffer.alloc(0), size, link, encrypted } of entries) {
    const packed = deflateRawSync(link === undefined ? bytes : Buffer.from(link));
    const file = Buffer.from(name);
    const flags = 0x800 + (encrypted ? 1 : 0);
    const fields = Buffer.alloc(22);
    fields.writeUInt16LE(20, 0);
    fields.writeUInt16LE(flags, 2);
    fields.writeUInt16LE(8, 4);
    fields.writeUInt32LE(packed.length, 14);
    fields.writeUInt32LE(size ?? bytes.length, 18);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(file.length, 0);
    const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields, lengths, file, packed]);
    const end = Buffer.alloc(14);
    end.writeUInt32LE(((link === undefined ? 0x81a4 : 0xa1ff) << 16) >>> 0, 6);
    end.writeUInt32LE(offset, 10);
    const madeBy = Buffer.from([20, 3]);
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02', 'latin1'), madeBy, fields, lengths, end, file]));
    parts.push(local);
    offset += local.length;
  }
  const central = Buffer.concat(directory);
  const tail = Buffer.alloc(18);
  tail.writeUInt16LE(entries.length, 4);
  tail.writeUInt16LE(entries.length, 6);
  tail.writeUInt32LE(central.length, 8);
  tail.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, Buffer.from('PK\x05\x06', 'latin1'), tail]);
}

/** A tar archive in the ustar format, written by hand. Source: pax(1). */
export function makeTar(entries: readonly MadeEntry[]): Uint8Array {
  const blocks = entries.flatMap(({ name, bytes = Buffer.alloc(0), link }) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write('0000644\0', 100);
    header.write('0000000\0'.repeat(2), 108);
    header.write(`${bytes.length.toString(8).padStart(11, '0')}\0`, 124);
    header.write('00000000000\0', 136);
    header.write('        ', 148);
    header.write(link === undefined ? '0' : '2', 156);
    header.write(link ?? '', 157);
    header.write('ustar\x0000', 257);
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}
