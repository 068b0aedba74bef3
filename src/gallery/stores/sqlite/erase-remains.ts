import { FaceTriggerError } from '../../../core/errors.ts';
import { isKind } from '../../../core/is-kind.ts';
import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { pagesInLog } from './log-pages.ts';
import { clearUnusedBytes } from './unused-bytes.ts';

/** Pages looked at in one go: two megabytes. */
const BATCH = 512;
/** From here on the first byte of an overflow page need not be zero, and pages can't be told apart. */
const MAX_PAGES = 2 ** 24;

/**
 * Takes out of a file and its log what deleted rows have left, and empties the log.
 *
 * @param options.everywhere - looks at each page of the file. @defaultValue false: at those in the log, which are all
 * that have changed since the last time, because the connection moves no pages out of the log by itself
 * @returns 'busy' where another process reads or writes just now: to be called again; 'overtaken' where another
 * process wrote meanwhile, so that pages have left the log unseen: to be called again, everywhere
 */
export function eraseRemains(
  connection: SqliteConnection,
  { everywhere = false } = {},
): 'done' | 'busy' | 'overtaken' {
  let version: number;
  try {
    if (everywhere) clearPages(connection, pagesWithRemains(connection));
    version = connection.transaction(() => {
      clear(connection, pagesInLog(connection.path));
      return connection.dataVersion();
    });
  } catch (error) {
    if (error instanceof FaceTriggerError && error.code === 'ERR_BUSY') return 'busy';
    throw error;
  }
  if (!connection.emptyLog()) return 'busy';
  return connection.dataVersion() === version ? 'done' : 'overtaken';
}

function clearPages(connection: SqliteConnection, pages: ReadonlySet<number>): void {
  if (pages.size > 0) connection.transaction(() => clear(connection, pages));
}

function clear(connection: SqliteConnection, pages: ReadonlySet<number>): void {
  const count = pageCount(connection);
  if (count >= MAX_PAGES) return;
  for (const number of pages) {
    const page = connection.get('SELECT data FROM sqlite_dbpage WHERE pgno = ?', [number])?.['data'];
    if (!isKind(page, 'Uint8Array') || !clearUnusedBytes(page, number)) continue;
    connection.run('UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?', [page, number]);
  }
}

function pagesWithRemains(connection: SqliteConnection): ReadonlySet<number> {
  const found = new Set<number>();
  const count = pageCount(connection);
  for (let first = 1; first <= count; first += BATCH) {
    const pages = connection.all(
      'SELECT pgno, data FROM generate_series(?, ?) JOIN sqlite_dbpage ON pgno = value',
      [first, Math.min(count, first + BATCH - 1)],
    );
    for (const { pgno, data } of pages) {
      if (isKind(data, 'Uint8Array') && clearUnusedBytes(data, Number(pgno))) found.add(Number(pgno));
    }
  }
  return found;
}

function pageCount(connection: SqliteConnection): number {
  return Number(connection.get('PRAGMA page_count')!['page_count']);
}
