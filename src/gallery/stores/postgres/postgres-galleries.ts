import { setTimeout as pause } from 'node:timers/promises';
import { deleteTasks } from './delete-tasks.ts';
import { migrate } from './migrate.ts';
import type { PostgresAddress } from './postgres-address.ts';
import { PostgresDatabase } from './postgres-database.ts';
import { textIn, textOrNullIn, wholeIn } from './row-values.ts';
import { lockOfGallery, noSuchGallery } from './settle-gallery.ts';
import type { SqlSession } from './sql-session.ts';
import { vacuumRows } from './vacuum-rows.ts';

/** One of the galleries of a database. */
export interface PostgresGalleryRow {
  readonly name: string;
  readonly people: number;
  readonly faces: number;
  /** The id of its embedder; `null` where the rows do not say. */
  readonly embedder: string | null;
}

/** The name of a gallery that is being deleted begins with this, which no gallery's may. */
const DELETED = '!';
/** The last number that a transaction can have: whoever follows the gallery must look whether it is still there. */
const NEVER = 18_446_744_073_709_551_615n;
/** "FTde": with a gallery's number the lock of who deletes its rows. */
const LOCK = 0x46546465;
/** How often whoever waits for that looks whether it is over. */
const LOOK_MS = 200;
/** People deleted by one transaction: a person's faces go too. */
const BATCH = 500;

/** All galleries of a database by name; none where it has no tables. */
export async function listPostgresGalleries(
  address: PostgresAddress,
): Promise<readonly PostgresGalleryRow[]> {
  await using database = await PostgresDatabase.open(address);
  if (!(await migrate(database, { create: false }))) return [];
  await finishDeletions(database);
  const rows = await database.query(
    `SELECT name, (SELECT count(*) FROM person WHERE gallery_seq = gallery.seq) AS people,
       (SELECT count(*) FROM face WHERE gallery_seq = gallery.seq) AS faces,
       (SELECT id FROM embedder JOIN setting ON value = embedder.seq::text
        WHERE setting.gallery_seq = gallery.seq AND key = 'embedder') AS embedder
     FROM gallery WHERE name !~ '^${DELETED}' ORDER BY name`,
  );
  return rows.map((row) => ({
    name: textIn(row, 'name'),
    people: wholeIn(row, 'people'),
    faces: wholeIn(row, 'faces'),
    embedder: textOrNullIn(row, 'embedder'),
  }));
}

/** Which gallery of this name it is, since another may be made when it was deleted; `null`: there is none. */
export async function numberOfPostgresGallery(
  database: PostgresDatabase,
  name: string,
): Promise<string | null> {
  if (!(await migrate(database, { create: false }))) return null;
  const [row] = await database.query('SELECT seq FROM gallery WHERE name = $1', [name]);
  return row ? String(wholeIn(row, 'seq')) : null;
}

/**
 * Deletes a gallery with all that it holds.
 *
 * @returns the folders that its jobs name, with what was unpacked for them
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_BUSY` where somebody changes it for too long
 * @remarks One statement takes its name and its settings away: from then on nobody opens it and no change of it is kept.
 * Its rows go in parts, since a million of them are too many for one transaction. Where the process ends before the last
 * part, whoever lists the galleries of the database next, or deletes another, does the rest.
 */
export async function deletePostgresGallery(address: PostgresAddress): Promise<readonly string[]> {
  await using database = await PostgresDatabase.open(address);
  if (!(await migrate(database, { create: false }))) throw noSuchGallery(address.shown);
  const [row] = await database.query('SELECT seq FROM gallery WHERE name = $1', [address.gallery]);
  if (!row) throw noSuchGallery(address.shown);
  const seq = wholeIn(row, 'seq');
  let folders: readonly string[] = [];
  const isOurs = await database.transaction(
    async (session) => {
      const renamed = await session.run(
        `UPDATE gallery SET name = '${DELETED}' || seq, log_floor = '${NEVER}' WHERE seq = $1 AND name = $2`,
        [seq, address.gallery],
      );
      await session.run('DELETE FROM setting WHERE gallery_seq = $1', [seq]);
      await session.run('DELETE FROM api_key WHERE gallery_seq = $1', [seq]);
      folders = await unpackedOf(session, seq);
      return renamed > 0;
    },
    { begin: lockOfGallery(seq) },
  );
  if (!isOurs) throw noSuchGallery(address.shown);
  await database.maintain(async (session) => {
    // Whoever lists galleries may have been faster.
    while (!(await finishDeletion(session, seq))) await pause(LOOK_MS);
  });
  await finishDeletions(database);
  await vacuumRows(database);
  return folders;
}

async function unpackedOf(session: SqlSession, seq: number): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT DISTINCT parameters->>'unpacked' AS folder FROM job
     WHERE gallery_seq = $1 AND parameters->>'unpacked' IS NOT NULL`,
    [seq],
  );
  return rows.map((row) => textIn(row, 'folder'));
}

/** What processes that ended have left of galleries that they deleted. */
async function finishDeletions(database: PostgresDatabase): Promise<void> {
  const rows = await database.query(`SELECT seq FROM gallery WHERE name ~ '^${DELETED}' ORDER BY seq`);
  if (rows.length === 0) return;
  await database.maintain(async (session) => {
    for (const row of rows) await finishDeletion(session, wholeIn(row, 'seq'));
  });
  await vacuumRows(database);
}

/**
 * Deletes what is left of a gallery.
 *
 * @param session - of one connection without a limit of time, which is closed afterwards: its lock goes with it
 * @returns false where somebody else is just doing it
 */
async function finishDeletion(session: SqlSession, seq: number): Promise<boolean> {
  const [row] = await session.query(`SELECT pg_try_advisory_lock(${LOCK}, $1) AS locked`, [seq]);
  if (row!['locked'] !== true) return false;
  // With its table, so that no index is kept while people go.
  await session.run('DELETE FROM vector_index WHERE gallery_seq = $1', [seq]);
  const part = `DELETE FROM person WHERE seq IN (SELECT seq FROM person WHERE gallery_seq = $1 LIMIT ${BATCH})`;
  while ((await session.run(part, [seq])) > 0);
  await session.execute('BEGIN');
  await deleteTasks(session, seq);
  await session.run('DELETE FROM gallery WHERE seq = $1', [seq]);
  // Written by triggers, the last of them by this very transaction.
  await session.run('DELETE FROM change WHERE gallery_seq = $1', [seq]);
  await session.execute('COMMIT');
  return true;
}
