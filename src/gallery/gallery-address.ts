import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { checkGalleryName } from './collection/gallery-name.ts';
import { type PostgresAddress, postgresAddress } from './stores/postgres/postgres-address.ts';

/** Where a gallery lives. */
export type GalleryAddress =
  | { readonly kind: 'sqlite'; readonly path: string }
  | { readonly kind: 'memory' }
  | PostgresAddress;

const IN_MEMORY = ':memory:';
/** A folder, and a gallery in it. A file is hardly ever called so, and never on Windows. */
const IN_FOLDER = /^(.*[/\\])[?]gallery=(.*)$/s;
/** The same without its slash, which would be a file of a strange name. */
const FORGOTTEN_SLASH = /(^|[^/\\])[?]gallery=[^/\\]*$/;
/** Two letters at least: C:\gallery.db is a path. */
const SCHEME = /^([a-z][a-z0-9+.-]+):/i;

/**
 * Reads where a gallery lives.
 *
 * @param url - a path, `sqlite:PATH`, `folder/?gallery=name` for the file name.db in it, `memory:` or `postgres://user@host/database?gallery=name`
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_UNSUPPORTED_OPTION`; addresses may hold a password, so no
 * message repeats one
 */
export function galleryAddress(url: string): GalleryAddress {
  if (typeof url !== 'string' || url === '' || url.includes('\0')) {
    throw invalidArgument('the path of a file, sqlite:PATH, postgres://... or memory:', 'gallery', url);
  }
  // SQLite's own name for what is in memory.
  if (url === IN_MEMORY || url === `sqlite:${IN_MEMORY}`) return { kind: 'memory' };
  const scheme = SCHEME.exec(url)?.[1]?.toLowerCase();
  const rest = scheme === undefined ? url : url.slice(scheme.length + 1);
  switch (scheme) {
    case 'sqlite':
      if (rest !== '') return fileAddress(rest);
      throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected the path of a file after sqlite:');
    case 'memory':
      if (rest === '') return { kind: 'memory' };
      throw new FaceTriggerError(
        'ERR_INVALID_ARGUMENT',
        'Expected nothing after memory:, a gallery without a name',
      );
    case 'postgres':
    case 'postgresql':
      return postgresAddress(url);
    default:
      // Other names before a colon are those of files, or of addresses that no file has.
      return fileAddress(url);
  }
}

function fileAddress(path: string): GalleryAddress {
  const [, folder, name] = IN_FOLDER.exec(path) ?? [];
  if (folder === undefined && FORGOTTEN_SLASH.test(path))
    throw new FaceTriggerError(
      'ERR_INVALID_ARGUMENT',
      'Expected a / before ?gallery= in the address of a gallery in a folder: galleries/?gallery=door',
    );
  if (folder === undefined) return { kind: 'sqlite', path };
  return { kind: 'sqlite', path: `${folder}${checkGalleryName(name)}.db` };
}
