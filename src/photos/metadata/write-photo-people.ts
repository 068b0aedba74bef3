import { basename } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../node/files/atomic-write.ts';
import { pathKind } from '../../node/files/path-kind.ts';
import { loadImageBytes } from '../../node/image/image-source.ts';
import { DEFAULT_MAX_IMAGE_BYTES } from '../../node/image/read-image.ts';
import type { PacketWriter } from './packet-writer.ts';
import { type NamedRegion, putPeople } from './put-people.ts';
import { propertyOf } from './rdf-values.ts';
import { isSidecarOf, readSidecar } from './read-photo-people.ts';
import { sidecarPaths } from './sidecar-paths.ts';
import { readStoredPicture, type StoredPicture } from './stored-picture.ts';
import { emptyXmp, parseXmp, serializeXmp, type XmpDocument } from './xmp-document.ts';
import { XMP_NAMES, type XmpName } from './xmp-names.ts';

/** Options of {@link writePhotoPeople}. */
export interface WritePhotoPeopleOptions {
  /** Writes into the photo itself. @defaultValue the sidecar */
  readonly into?: PacketWriter | undefined;
  /** Only says what would be written. @defaultValue false */
  readonly dryRun?: boolean | undefined;
}

/** What {@link writePhotoPeople} did. */
export interface WrittenPeople {
  /** The file that has them, or would have them. */
  readonly file: string;
  /** False where it had them already, or there is nothing to write: the file was not touched. */
  readonly changed: boolean;
  /** What was not written and why, in words for the user. */
  readonly notes: readonly string[];
}

/**
 * Writes who is in a photo into its sidecar, or into the photo itself.
 *
 * @param path - of the photo
 * @param people - all whom it is known to show; whoever was written before and is missing now is taken out
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for metadata that cannot be read: they are never replaced, `ERR_FILE_WRITE`,
 * `ERR_IMAGE_DECODE`
 * @remarks The sidecar is `photo.jpg.xmp`, which belongs to one photo alone; only a RAW file whose Adobe sidecar
 * (`photo.xmp`) is there gets them in that.
 */
export async function writePhotoPeople(
  path: string,
  people: readonly NamedRegion[],
  { into, dryRun = false }: WritePhotoPeopleOptions = {},
): Promise<WrittenPeople> {
  if (people.length === 0 && !into && !(await hasSidecar(path)))
    return { file: sidecarPaths(path).full, changed: false, notes: [] };
  const bytes = await loadImageBytes(path, { maxBytes: DEFAULT_MAX_IMAGE_BYTES });
  const picture = await readStoredPicture(bytes);
  const own = picture.packet ? parseXmp(picture.packet) : null;
  if (into) {
    if (own && propertyOf(own, 'xmpNote:HasExtendedXMP') !== null) throw extended(path);
    return change(path, own ?? emptyXmp(), { isNew: !own, write: (packet) => into.write(path, packet) });
  }
  const { file, xmp } = await sidecarFor(path, picture);
  return change(file, xmp ?? copyOf(own), { isNew: !xmp, write: (packet) => writeFileAtomic(file, packet) });

  async function change(
    file: string,
    xmp: XmpDocument,
    { isNew, write }: { readonly isNew: boolean; readonly write: (packet: string) => Promise<void> },
  ): Promise<WrittenPeople> {
    const before = serializeXmp(xmp);
    const { notes } = putPeople(xmp, people, picture);
    const after = serializeXmp(xmp);
    const changed = after !== before && !(isNew && people.length === 0);
    if (changed && !dryRun) await write(after);
    return { file, changed, notes };
  }
}

/** Most photos of a large collection show nobody with a name: they need not be read. */
async function hasSidecar(path: string): Promise<boolean> {
  const kinds = await Promise.all(Object.values(sidecarPaths(path)).map(pathKind));
  return kinds.some((kind) => kind !== 'nothing');
}

async function sidecarFor(
  path: string,
  { isRaw }: StoredPicture,
): Promise<{ readonly file: string; readonly xmp: XmpDocument | null }> {
  const { full, adobe } = sidecarPaths(path);
  const xmp = await readSidecar(full);
  if (xmp || !isRaw) return { file: full, xmp };
  const ofAdobe = await readSidecar(adobe);
  return ofAdobe && isSidecarOf(path, ofAdobe) ? { file: adobe, xmp: ofAdobe } : { file: full, xmp: null };
}

/** Programs that find these in a sidecar no longer look for them in the file. */
const TAKEN_ALONG: readonly XmpName[] = [
  'mwg-rs:Regions',
  'MP:RegionInfo',
  'dc:subject',
  'lr:hierarchicalSubject',
  'Iptc4xmpExt:PersonInImage',
];

/** A new sidecar, with what the file itself says of people and keywords. */
function copyOf(own: XmpDocument | null): XmpDocument {
  const xmp = emptyXmp();
  if (!own) return xmp;
  const there = TAKEN_ALONG.flatMap((name) => {
    const value = propertyOf(own, name);
    return value === null || typeof value === 'string' ? [] : value;
  });
  if (there.length === 0) return xmp;
  const description = xmp.document.createElementNS(XMP_NAMES.rdf, 'rdf:Description');
  description.setAttributeNS(XMP_NAMES.rdf, 'rdf:about', '');
  for (const value of there) description.appendChild(xmp.document.importNode(value, true));
  xmp.rdf.appendChild(description);
  return xmp;
}

function extended(path: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The metadata of ${basename(path)} are so large that they go on in a second part of the file: nothing is written into it; a sidecar can have the names`,
  );
}
