import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Sizes in a write-ahead log. Source: sqlite.org/fileformat2.html#the_write_ahead_log. */
const LOG_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/**
 * The pages that a SQLite file's write-ahead log holds.
 *
 * @param path - of the SQLite file; the log lies beside it
 * @returns numbers of pages, from 1; none where there is no log. Frames of an earlier round of the log may be among
 * them: more pages than have changed, never fewer
 */
export function pagesInLog(path: string): ReadonlySet<number> {
  const pages = new Set<number>();
  let file: number;
  try {
    file = openSync(`${path}-wal`, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return pages;
    throw error;
  }
  try {
    const { size } = fstatSync(file);
    const header = Buffer.alloc(LOG_HEADER_BYTES);
    if (readSync(file, header, 0, LOG_HEADER_BYTES, 0) < LOG_HEADER_BYTES) return pages;
    const step = FRAME_HEADER_BYTES + header.readUInt32BE(8);
    for (let at = LOG_HEADER_BYTES; at + step <= size; at += step) {
      readSync(file, header, 0, FRAME_HEADER_BYTES, at);
      pages.add(header.readUInt32BE(0));
    }
    return pages;
  } finally {
    closeSync(file);
  }
}
