import type PgBoss from 'pg-boss';
import type { PgRow, PgValue, SqlSession } from '../../gallery/stores/postgres/sql-session.ts';

/** What pg-boss runs its statements with, so that they go over our connections and into our transactions. */
export interface BossExecutor extends PgBoss.Db {
  /** Throws what a statement failed with: pg-boss itself keeps that to itself where it takes a job. */
  rethrow(): void;
}

/**
 * Lets pg-boss work within a session.
 *
 * @param session.script - runs statements that begin and end a transaction of their own
 */
export function bossExecutor(session: SqlSession & { script?(sql: string): Promise<void> }): BossExecutor {
  let failure: { readonly error: unknown } | null = null;
  return {
    async executeSql(text: string, values: readonly unknown[] = []): Promise<{ rows: PgRow[] }> {
      try {
        if (/^\s*BEGIN;/.test(text)) {
          await (session.script ?? session.execute).call(session, text);
          return { rows: [] };
        }
        return { rows: [...(await session.query(text, values.map(toValue)))] };
      } catch (error) {
        failure = { error };
        throw error;
      }
    },
    rethrow() {
      if (failure) throw failure.error;
    },
  };
}

/** As the driver itself would send it. */
function toValue(value: unknown): PgValue {
  if (value === undefined) return null;
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? JSON.stringify(value) : (value as PgValue);
}
