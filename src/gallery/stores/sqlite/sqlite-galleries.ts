import { rm, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../../core/errors.ts';
import { pathKind } from '../../../node/files/path-kind.ts';
import { readHead } from '../../../node/files/read-head.ts';
import { removeUnpackedFolders } from '../../../node/files/unpacked-folder.ts';
import { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { eraseRemains } from './erase-remains.ts';
import { APPLICATION_ID, migrate } from './migrate.ts';
import { removeSettings } from './remove-settings.ts';
import { wholeIn } from './row-values.ts';
import { readSettings } from './settle-gallery.ts';

/** What a gallery's file holds. */
export interface SqliteGalleryFacts {
  readonly people: number;
  readonly faces: number;
  /** The id of its embedder; `null` where the file does not say: somebody is making it, or it is deleted. */
  readonly embedder: string | null;
  /** Whether the file is what is left of a gallery that was deleted. */
  readonly isDeleted: boolean;
}

/** Tables whose rows are all that a gallery holds; what belongs to them goes with them. */
const TABLES = [
  ...['person', 'merge', 'embedder', 'setting', 'change'],
  ...[
    'watch_event',
    'appearance',
    'stranger',
    'stranger_apart',
    'ignored_person',
    'decision',
    'teller',
    'home_revision',
  ],
  ...['photo', 'photo_failure', 'photo_grouping', 'photo_decision', 'photo_revision', 'photo_scan'],
] as const;
const ERASE = { attempts: 60, pauseMs: 50 } as const;

/** The word in a file that its gallery was deleted, and the file is to go. */
const DELETED = 'deleted';
/** Where the header of a SQLite file says whose it is, and that it has a log (2) as all of ours. Source: SQLite's "Database File Format". */
const HEADER = { bytes: 100, readVersion: 19, log: 2, applicationId: 68 } as const;

/** @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is none of a gallery */
export async function readGalleryFile(path: string): Promise<SqliteGalleryFacts> {
  const connection = await openOwn(path);
  try {
    const row = connection.get(
      'SELECT (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM face) AS faces',
    )!;
    return {
      people: wholeIn(row, 'people'),
      faces: wholeIn(row, 'faces'),
      embedder: readSettings(connection)?.embedder.id ?? null,
      isDeleted: isDeleted(connection),
    };
  } finally {
    connection.close();
  }
}

/**
 * Deletes a gallery's file, its contents first.
 *
 * @param options.onlyIfDeleted - only what is left of a gallery that was deleted, and not one that somebody has made in it
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for a file of something else, `ERR_BUSY`
 * @remarks One transaction takes everything out of it: from then on there is no such gallery, for whoever has the file
 * open too. Then its bytes are overwritten as those of any deletion, and the files go. Where the process ends in
 * between, a file without a gallery is left, which whoever lists the folder next removes.
 */
export async function deleteGalleryFile(path: string, { onlyIfDeleted = false } = {}): Promise<void> {
  const connection = await openOwn(path);
  try {
    const isOurs = connection.transaction(() => {
      if (onlyIfDeleted && !isDeleted(connection)) return false;
      for (const table of TABLES) connection.run(`DELETE FROM ${table}`);
      connection.run(`INSERT INTO setting (key, value) VALUES ('${DELETED}', '1')`);
      return true;
    });
    if (!isOurs) return;
    await erase(connection);
    // Somebody has made a new one in the file meanwhile.
    if (!isDeleted(connection)) return;
  } finally {
    connection.close();
  }
  // What lies beside it goes first, since nobody would find it without the file: jobs, which name people and their
  // photos, and settings on a server.
  await removeUnpackedFolders(await unpackedOfJobs(`${path}.jobs`));
  await rm(`${path}.unpacked`, { recursive: true, force: true });
  await removeSettings(`${path.replace(/\.db$/, '')}.settings.json`);
  // The log is empty: without its file it means nothing to another of the same name.
  for (const name of [`${path}.jobs`, path])
    for (const file of [name, `${name}-wal`, `${name}-shm`]) await rm(file, { force: true });
}

/** The folders that jobs name, with what was unpacked for them; none where the file has no jobs of ours. */
async function unpackedOfJobs(path: string): Promise<readonly unknown[]> {
  if ((await stat(path).catch(() => null)) === null) return [];
  let connection: SqliteConnection | undefined;
  try {
    connection = await SqliteConnection.open(path, { create: false });
    const rows = connection.all(`SELECT DISTINCT json_extract(parameters, '$.unpacked') AS folder FROM job`);
    return rows.map(({ folder }) => folder);
  } catch (error) {
    // It goes all the same.
    if (error instanceof FaceTriggerError) return [];
    throw error;
  } finally {
    connection?.close();
  }
}

/** @throws FaceTriggerError `ERR_FILE_FORMAT` for a file of anything else, which is left as it is */
async function openOwn(path: string): Promise<SqliteConnection> {
  if (!(await mayBeOwn(path))) throw noGallery(path);
  const connection = await SqliteConnection.open(path, { create: false });
  try {
    // Opening makes tables in a database that has none, whoever it belongs to.
    const { application_id: id } = connection.get('PRAGMA application_id')!;
    if (Number(id) !== APPLICATION_ID) throw noGallery(path);
    await migrate(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Whether a file's header is one that ours may have: to open a file of another program would change it. */
async function mayBeOwn(path: string): Promise<boolean> {
  if ((await pathKind(path)) !== 'gallery') return false;
  const head = readHead(path, HEADER.bytes);
  // Its log is open, or was left by a process that was killed: that it has one does not change then.
  if (head.length < HEADER.bytes) return true;
  const id = head.readUInt32BE(HEADER.applicationId);
  if (id === APPLICATION_ID) return true;
  // What was written first is in the log alone until that is emptied.
  if (id !== 0 || head[HEADER.readVersion] !== HEADER.log) return false;
  const log = await stat(`${path}-wal`).catch(() => null);
  return log !== null && log.size > 0;
}

function isDeleted(connection: SqliteConnection): boolean {
  const row = connection.get(
    `SELECT EXISTS (SELECT 1 FROM setting WHERE key = '${DELETED}') AND NOT EXISTS (SELECT 1 FROM setting WHERE key = 'embedder')
       AND NOT EXISTS (SELECT 1 FROM person) AS found`,
  )!;
  return row['found'] === 1;
}

function noGallery(path: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `${path} is no gallery, but another kind of file`);
}

async function erase(connection: SqliteConnection): Promise<void> {
  for (let attempt = 0; attempt < ERASE.attempts; attempt++) {
    if (eraseRemains(connection, { everywhere: true }) === 'done') return;
    await pause(ERASE.pauseMs);
  }
  throw new FaceTriggerError(
    'ERR_BUSY',
    'The gallery is empty now, but another process reads its file and keeps deleted bytes in the log: stop it and delete the gallery again',
  );
}
