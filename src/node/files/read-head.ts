import { closeSync, existsSync, openSync, readSync } from 'node:fs';

/** What every SQLite file begins with. */
export const SQLITE_HEAD = 'SQLite format 3\0';

/**
 * The first bytes of a file, to tell what it is.
 *
 * @param length - bytes that are wanted; a shorter file gives fewer
 * @throws what the file system says
 * @remarks A database with an open log beside it is told by that, and is not opened: this process may have it open, and
 * when a process closes any handle of a file, the system takes all its locks on that file away. The next program that
 * closed the database would then take itself for the last and remove the log under this one
 * (sqlite.org/howtocorrupt.html, 2.2). Looking and reading is one step for the same reason: nothing of this process
 * may open the database in between.
 */
export function readHead(path: string, length: number): Buffer {
  if (existsSync(`${path}-shm`)) return Buffer.from(SQLITE_HEAD, 'latin1');
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(length);
    return buffer.subarray(0, readSync(file, buffer, 0, length, 0));
  } finally {
    closeSync(file);
  }
}

/** As {@link readHead}; `null` for what cannot be read. */
export function readHeadOrNull(path: string, length: number): Buffer | null {
  try {
    return readHead(path, length);
  } catch {
    return null;
  }
}
