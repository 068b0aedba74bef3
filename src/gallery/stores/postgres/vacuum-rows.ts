import { vectorTables } from './pgvector/vector-table.ts';
import { type PostgresDatabase, SCHEMA } from './postgres-database.ts';

/** Tables that hold personal data, beside those of indexes. */
const PERSONAL_TABLES = [
  ...(['person', 'face', 'thumbnail', 'negative', 'merge'] as const),
  ...(['watch_event', 'appearance', 'appearance_face', 'decision'] as const),
  ...(['photo', 'photo_file', 'photo_failure', 'photo_face', 'photo_thumbnail'] as const),
  ...(['photo_grouping', 'photo_decision'] as const),
];

/**
 * Takes deleted rows out of the tables with personal data, as far as no transaction of anybody sees them any more.
 *
 * @remarks Not where another process does it just now, nor in a table that was given to another owner: the database's own
 * vacuum comes by later.
 */
export function vacuumRows(database: PostgresDatabase): Promise<void> {
  return database.maintain(async (session) => {
    const vacuum = (table: string) =>
      session.execute(`VACUUM (SKIP_LOCKED, TRUNCATE FALSE) ${SCHEMA}.${table}`);
    for (const table of PERSONAL_TABLES) await vacuum(table);
    // Looked for again before each: another process may delete a gallery with its index meanwhile.
    for (const table of await vectorTables(session))
      if ((await vectorTables(session)).includes(table)) await vacuum(table);
  });
}
