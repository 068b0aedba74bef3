import { FaceTriggerError } from '../../core/errors.ts';

const NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/;
/** Names that Windows keeps for devices, whatever follows them after a dot. */
const DEVICE = /^(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)/;

/**
 * Checks the name of a new gallery, which is part of addresses, and of a file in a folder of galleries.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`; the message does not repeat the name, which may hold anything
 * @remarks Small letters alone: on some disks Door and door are one file. No Unicode: two spellings of one name would be
 * two galleries here and one there.
 */
export function checkGalleryName(name: unknown): string {
  if (typeof name !== 'string' || !NAME.test(name) || name.includes('..') || name.endsWith('.')) {
    throw refused(
      'Expected as the name of a gallery 1 to 63 small letters a-z, digits and . _ -, with a letter or digit first, no two dots in a row and none at the end',
    );
  }
  if (DEVICE.test(name)) {
    throw refused(
      'Expected another name for the gallery: Windows keeps con, nul, com1 and the like for devices',
    );
  }
  if (/\.db(-wal|-shm|-journal)?$/.test(name)) {
    throw refused('Expected the name of a gallery without .db at its end, which its file gets by itself');
  }
  return name;
}

/** Whether {@link checkGalleryName} takes it. */
export function isGalleryName(name: string): boolean {
  try {
    checkGalleryName(name);
    return true;
  } catch (error) {
    if (error instanceof FaceTriggerError) return false;
    throw error;
  }
}

function refused(message: string): FaceTriggerError {
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
}
