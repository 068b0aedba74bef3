import { FaceTriggerError } from '../../../core/errors.ts';

/** Something in an archive, told in the archive's order. */
export interface ArchiveEntry {
  /** As it stands in the archive, not checked. */
  readonly name: string;
  /** `other`: a link, device and the like. */
  readonly kind: 'file' | 'folder' | 'other';
  /** Whether it can be read: not so where it is encrypted, or packed in an unknown way. */
  readonly isReadable: boolean;
  /** Its bytes, to be read before the next entry is asked for. */
  readonly open: () => Promise<AsyncIterable<Uint8Array>>;
}

/** Reads an archive from its beginning to its end and waits for what is done with each entry. */
export type ReadArchive = (
  path: string,
  onEntry: (entry: ArchiveEntry) => Promise<void>,
  signal?: AbortSignal,
) => Promise<void>;

/** What an archive that cannot be trusted or read is refused with, whole. */
export function badArchive(path: string, why: string, cause?: unknown): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The archive ${path} is not read: ${why}`, { cause });
}
