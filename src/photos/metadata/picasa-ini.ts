import type { ShareBox } from './photo-region.ts';

/** A face that Picasa found or was told of. */
export interface PicasaFace {
  /** `null`: nobody named it, or the contact is not known. */
  readonly name: string | null;
  readonly box: ShareBox;
}

/** The id of faces whom nobody named. */
const NOBODY = 'ffffffffffffffff';

/**
 * Reads the faces in a `.picasa.ini` file.
 *
 * @param text - the file's content
 * @param contacts - names by id that other files say, such as Picasa's `contacts.xml`
 * @returns faces by the photo's name, in small letters; `unknownContacts` counts faces whose names are not known
 * @remarks No format that Google documented. Sources: Franz Buchinger's ".picasa.ini file structure" (public domain) and
 * ExifTool's `picasa_faces.config`: `faces=rect64(HEX),CONTACT;...`, where HEX, without leading zeros, has four numbers
 * of 16 bits: left, top, right and bottom in shares of 65535; `[Contacts2]` has `CONTACT=name;;`. The older `[Contacts]`
 * has no names.
 */
export function readPicasaIni(
  text: string,
  contacts: ReadonlyMap<string, string> = new Map(),
): { readonly faces: ReadonlyMap<string, readonly PicasaFace[]>; readonly unknownContacts: number } {
  const names = new Map(contacts);
  const found: { readonly photo: string; readonly contact: string; readonly box: ShareBox }[] = [];
  let section = '';
  for (const line of text.split(/\r?\n|\r/)) {
    const header = /^\s*\[(.+)\]\s*$/.exec(line);
    if (header) section = header[1]!;
    const [, key, value] = /^\s*([^=]+)=(.*)$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    if (section.toLowerCase() === 'contacts2') {
      const name = value.split(';')[0]!.trim();
      if (name !== '') names.set(key.trim().toLowerCase(), name);
    } else if (key.trim().toLowerCase() === 'faces') {
      for (const { contact, box } of readFaces(value))
        found.push({ photo: section.toLowerCase(), contact, box });
    }
  }
  const faces = new Map<string, PicasaFace[]>();
  let unknownContacts = 0;
  for (const { photo, contact, box } of found) {
    const name = names.get(contact) ?? null;
    if (name === null && contact !== NOBODY) unknownContacts++;
    faces.set(photo, [...(faces.get(photo) ?? []), { name, box }]);
  }
  return { faces, unknownContacts };
}

/**
 * Reads the names of Picasa's `contacts.xml`.
 *
 * @remarks A file of its own form, a contact a line; read as ExifTool's `picasa_faces.config` reads it, without XML, so
 * that a damaged line costs that contact alone.
 */
export function readPicasaContacts(text: string): ReadonlyMap<string, string> {
  const contacts = new Map<string, string>();
  for (const [tag] of text.matchAll(/<contact\b[^>]{0,2000}>/g)) {
    const id = /\sid="([0-9a-f]{1,16})"/i.exec(tag)?.[1];
    const name = /\sname="([^"]{1,500})"/.exec(tag)?.[1];
    if (id && name) contacts.set(id.toLowerCase(), plain(name));
  }
  return contacts;
}

function* readFaces(value: string): Generator<{ readonly contact: string; readonly box: ShareBox }> {
  for (const [, hex, contact] of value.matchAll(/rect64\(([0-9a-f]{1,16})\)\s*,\s*([0-9a-f]{1,16})/gi)) {
    const digits = hex!.padStart(16, '0');
    const [left, top, right, bottom] = [0, 4, 8, 12].map(
      (at) => Number.parseInt(digits.slice(at, at + 4), 16) / 65535,
    ) as [number, number, number, number];
    yield { contact: contact!.toLowerCase(), box: { left, top, width: right - left, height: bottom - top } };
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function plain(text: string): string {
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#x([0-9a-f]{1,6}));/gi,
    (all, word, ten, sixteen) => {
      if (word) return ENTITIES[String(word).toLowerCase()]!;
      const code = ten ? Number(ten) : Number.parseInt(sixteen, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : all;
    },
  );
}
