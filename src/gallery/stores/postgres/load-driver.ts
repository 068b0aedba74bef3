import type pg from 'pg';
import type { CopyStreamQuery } from 'pg-copy-streams';
import { FaceTriggerError } from '../../../core/errors.ts';

/** The parts of the driver that are used. */
export interface PostgresDriver {
  readonly Pool: typeof pg.Pool;
  readonly Client: typeof pg.Client;
  /** A query that takes rows as a stream of bytes. */
  readonly copyFrom: (sql: string) => CopyStreamQuery;
}

/**
 * Loads the driver, which only galleries in PostgreSQL need.
 *
 * @throws FaceTriggerError `ERR_UNAVAILABLE` where it is not installed
 */
export async function loadDriver(): Promise<PostgresDriver> {
  try {
    const [{ default: driver }, { from: copyFrom }] = await Promise.all([
      import('pg'),
      import('pg-copy-streams'),
    ]);
    return { Pool: driver.Pool, Client: driver.Client, copyFrom };
  } catch (cause) {
    throw new FaceTriggerError(
      'ERR_UNAVAILABLE',
      'Galleries in PostgreSQL need the packages pg and pg-copy-streams, which are not installed here: npm install pg pg-copy-streams',
      { cause },
    );
  }
}
