import { closeSync, openSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { writeFailure } from '../files/write-failure.ts';

/** How often, and after which pause, it is tried while another holds the lock: ten seconds in all. */
const ATTEMPTS = { count: 500, pauseMs: 20 } as const;

/**
 * Does some work while no other process, and nothing else in this one, does work under the same lock.
 *
 * @param path - the file that the lock is for; `.lock` beside it is the lock, which stays and is empty
 * @throws FaceTriggerError `ERR_BUSY` where others hold the lock for ten seconds, what opening a file throws, and
 * what the work throws
 * @remarks SQLite's own lock on a file: the system takes it back when a process ends, however it ends. Names no
 * process, so nothing has to be cleaned up.
 */
export async function withFileLock<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  const lock = `${path}.lock`;
  makeFile(lock);
  const { default: Driver } = await import('libsql');
  const database = new Driver(lock, { timeout: 0 });
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        database.exec('BEGIN EXCLUSIVE');
        break;
      } catch (cause) {
        const code = String((cause as { code?: unknown }).code);
        if (!code.startsWith('SQLITE_BUSY') && !code.startsWith('SQLITE_LOCKED'))
          throw writeFailure(lock, cause);
        if (attempt === ATTEMPTS.count) {
          throw new FaceTriggerError('ERR_BUSY', `Another process holds ${lock}; try again later`, { cause });
        }
      }
      await pause(ATTEMPTS.pauseMs);
    }
    return await work();
  } finally {
    database.close();
  }
}

/**
 * Makes a file that is not there yet.
 *
 * @remarks One that is there is not opened: something else in this process may hold its lock, and when a process closes any
 * handle of a file, the system takes all its locks on that file away (sqlite.org/howtocorrupt.html, 2.2).
 */
function makeFile(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, cause);
  }
}
