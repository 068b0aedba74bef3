import { FaceTriggerError } from '../core/errors.ts';
import { type PathKind, pathKind } from '../node/files/path-kind.ts';

const FOUND: Readonly<Partial<Record<PathKind, string>>> = {
  'model folder':
    'is a model folder, not a gallery: give it as the model (--model) of "recognize" or "watch"; ' +
    '"face-trigger gallery add" makes a gallery of photos',
  folder: 'is a folder, not a gallery: a gallery is one file, such as gallery.db',
  'exported gallery': 'is an exported gallery: take it into one first (face-trigger gallery import)',
  picture: 'is a picture, not a gallery',
  file: 'is no gallery, but another kind of file',
};

/**
 * Checks that a path may be opened as a gallery, before a driver does that whose messages help nobody.
 *
 * @param options.create - a gallery that does not exist will be made
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_FORMAT`
 */
export async function requireGalleryFile(
  path: string,
  { create }: { readonly create: boolean },
): Promise<void> {
  const kind = await pathKind(path);
  if (kind === 'nothing' && !create) {
    const message = `There is no gallery ${path}: "face-trigger gallery add" makes one`;
    throw new FaceTriggerError('ERR_FILE_NOT_FOUND', message);
  }
  const found = FOUND[kind];
  if (found !== undefined) throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} ${found}`);
}
