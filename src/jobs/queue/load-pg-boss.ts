import type PgBoss from 'pg-boss';
import { FaceTriggerError } from '../../core/errors.ts';

/**
 * Loads pg-boss, which only jobs in PostgreSQL need.
 *
 * @throws FaceTriggerError `ERR_UNAVAILABLE` where it is not installed
 */
export async function loadPgBoss(): Promise<typeof PgBoss> {
  try {
    return (await import('pg-boss')).default;
  } catch (cause) {
    throw new FaceTriggerError(
      'ERR_UNAVAILABLE',
      'Jobs of galleries in PostgreSQL need the package pg-boss, which is not installed here: npm install pg-boss@10',
      { cause },
    );
  }
}
