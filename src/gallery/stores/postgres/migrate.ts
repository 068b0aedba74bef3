import { FaceTriggerError } from '../../../core/errors.ts';
import { MIGRATIONS } from './migrations.ts';
import { type PostgresDatabase, SCHEMA } from './postgres-database.ts';
import type { SqlSession } from './sql-session.ts';

/** "FTmi": the lock under which tables are changed, one process at a time. */
const LOCK = 0x46546d69;

/**
 * Brings a database's tables to this version; a database without them gets them all. Forwards only.
 *
 * @param options.create - false: a database without tables is left as it is
 * @param options.steps - what a program of another version would know
 * @returns false where there are no tables, and none were made
 * @throws FaceTriggerError `ERR_FILE_FORMAT` where a newer version made the tables, or somebody else has a schema of the
 * same name
 * @remarks Safe when any number of processes begin at once: each step is looked at and done in one transaction, under a
 * lock of the whole database.
 */
export async function migrate(
  database: PostgresDatabase,
  {
    create = true,
    steps = MIGRATIONS,
  }: { readonly create?: boolean | undefined; readonly steps?: readonly string[] | undefined } = {},
): Promise<boolean> {
  const found = await versionOf(database, database.shown);
  if (found === null && !create) return false;
  if (found === steps.length) return true;
  requireNotNewer(found ?? 0, steps, database.shown);
  await database.transaction(
    async (session) => {
      // Whoever held the lock may have done it all.
      const version = (await versionOf(session, database.shown)) ?? 0;
      requireNotNewer(version, steps, database.shown);
      if (version === 0) {
        await session.execute(
          `CREATE SCHEMA ${SCHEMA}; CREATE TABLE migration (version int PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`,
        );
      }
      for (const [i, step] of steps.entries()) {
        if (i < version) continue;
        await session.execute(step);
        await session.run('INSERT INTO migration (version) VALUES ($1)', [i + 1]);
      }
    },
    // Other changes of the database are not to be cut off by the limit of a statement.
    { begin: `SET LOCAL statement_timeout = 0; SELECT pg_advisory_xact_lock(${LOCK})` },
  );
  return true;
}

/** The version of a database's tables; `null` where it has none. */
export function schemaVersion(database: PostgresDatabase): Promise<number | null> {
  return versionOf(database, database.shown);
}

/** @returns `null` where the database has none of our tables */
async function versionOf(session: SqlSession, shown: string): Promise<number | null> {
  // Not to_regclass(), which may answer from what this connection remembers of before it waited for the lock.
  const [found] = await session.query(
    `SELECT EXISTS (SELECT 1 FROM pg_namespace WHERE nspname = '${SCHEMA}') AS schema,
       EXISTS (SELECT 1 FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
         WHERE nspname = '${SCHEMA}' AND relname = 'migration') AS ours`,
  );
  if (found!['schema'] !== true) return null;
  if (found!['ours'] !== true) {
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      `The database of gallery ${shown} has a schema ${SCHEMA} that is not ours: use another database`,
    );
  }
  // By its whole name, which says so to a user who may not look into the schema.
  const [row] = await session.query(`SELECT coalesce(max(version), 0) AS version FROM ${SCHEMA}.migration`);
  return Number(row!['version']);
}

function requireNotNewer(version: number, steps: readonly string[], shown: string): void {
  if (version <= steps.length) return;
  throw new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The tables of gallery ${shown} are of a newer version (${version}) than this program knows (${steps.length}): install the newer program here too`,
  );
}
