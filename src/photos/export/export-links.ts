import { constants, copyFile, link, symlink } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { writeFailure } from '../../node/files/write-failure.ts';
import type { FoundPhoto } from '../find/find-photos.ts';
import { ExportFolder } from './export-folder.ts';
import { safeName, UniqueNames } from './safe-name.ts';

/** How a photo gets into a folder: the first that the file systems allow, from the one asked for on. */
export type LinkKind = 'symlink' | 'hardlink' | 'copy';

const KINDS: readonly LinkKind[] = ['symlink', 'hardlink', 'copy'];

/** What {@link exportLinks} wrote. */
export interface ExportedLinks {
  readonly people: number;
  readonly files: Readonly<Record<LinkKind, number>>;
  /** Photos in which nobody has a name, which have no folder. */
  readonly nameless: number;
}

/**
 * Makes a folder for each person, with a link to each photo that they are in.
 *
 * @param kind - @defaultValue 'symlink'
 * @throws FaceTriggerError `ERR_CONFLICT`, `ERR_FILE_WRITE`
 */
export async function exportLinks(
  photos: AsyncIterable<FoundPhoto>,
  folder: string,
  { kind = 'symlink' }: { readonly kind?: LinkKind | undefined } = {},
): Promise<ExportedLinks> {
  const target = await ExportFolder.open(folder);
  const files = { symlink: 0, hardlink: 0, copy: 0 };
  const folders = new Map<string, { readonly name: string; readonly names: UniqueNames }>();
  const people = new UniqueNames();
  let nameless = 0;
  for await (const { paths, takenAt, people: shown } of photos) {
    const [path] = paths;
    if (path === undefined) continue;
    if (shown.length === 0) nameless++;
    for (const { id, name } of shown) {
      const own = folders.get(id) ?? { name: people.take(safeName(name)), names: new UniqueNames() };
      folders.set(id, own);
      const ending = extname(path);
      const day = takenAt === null ? '' : `${takenAt.toISOString().slice(0, 10)} `;
      const file = own.names.take(
        safeName(`${day}${basename(path, ending)}`),
        ending.replace(/[^.\w]/g, '_'),
      );
      files[await linkTo(path, await target.place(own.name, file), kind)]++;
    }
  }
  return { people: folders.size, files, nameless };
}

async function linkTo(from: string, to: string, first: LinkKind): Promise<LinkKind> {
  let failure: unknown;
  for (const kind of KINDS.slice(KINDS.indexOf(first))) {
    try {
      if (kind === 'symlink') await symlink(from, to);
      else if (kind === 'hardlink') await link(from, to);
      else await copyFile(from, to, constants.COPYFILE_EXCL);
      return kind;
    } catch (error) {
      failure = error;
    }
  }
  throw writeFailure(to, failure);
}
