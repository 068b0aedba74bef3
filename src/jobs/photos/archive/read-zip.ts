import { openPromise } from 'yauzl';
import { badArchive, type ReadArchive } from './archive-entry.ts';

/** Bits of `externalFileAttributes` where a Unix system wrote the entry: its kind. Source: zip's APPNOTE 4.4.15. */
const UNIX = { system: 3, kindMask: 0xf000, file: 0x8000, none: 0 } as const;

/** Reads a zip archive: its directory first, so that a file that was cut off is refused before anything of it. */
export const readZip: ReadArchive = async (path, onEntry, signal) => {
  const zip = await openPromise(path, { autoClose: false, strictFileNames: false }).catch((cause: Error) => {
    throw badArchive(path, cause.message, cause);
  });
  try {
    const entries = zip.eachEntry();
    for (;;) {
      signal?.throwIfAborted();
      const { value: entry, done } = await entries.next().catch((cause: Error) => {
        throw badArchive(path, cause.message, cause);
      });
      if (done) return;
      const { fileName: name, versionMadeBy, externalFileAttributes } = entry;
      const unix =
        versionMadeBy >> 8 === UNIX.system ? (externalFileAttributes >>> 16) & UNIX.kindMask : UNIX.none;
      const isFile = unix === UNIX.file || unix === UNIX.none;
      await onEntry({
        name,
        kind: name.endsWith('/') ? 'folder' : isFile ? 'file' : 'other',
        isReadable: !entry.isEncrypted() && entry.canDecodeFileData(),
        open: () => zip.openReadStreamPromise(entry),
      });
    }
  } finally {
    zip.close();
  }
};
