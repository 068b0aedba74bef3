import { rm } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../../core/errors.ts';
import { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { eraseRemains } from './erase-remains.ts';
import { migrate } from './migrate.ts';
import { wholeIn } from './row-values.ts';
import { readSettings } from './settle-gallery.ts';

/** What a gallery's file holds. */
export interface SqliteGalleryFacts {
  readonly people: number;
  readonly faces: number;
  /** The id of its embedder; `null` where the file is one of a gallery that was deleted, and only that is left of it. */
  readonly embedder: string | null;
}

/** Tables whose rows are all that a gallery holds; what belongs to them goes with them. */
const TABLES = ['person', 'merge', 'embedder', 'setting', 'change'] as const;
const ERASE = { attempts: 60, pauseMs: 50 } as const;

/** @throws FaceTriggerError `ERR_FILE_FORMAT` where the file is none of a gallery */
export async function readGalleryFile(path: string): Promise<SqliteGalleryFacts> {
  const connection = await SqliteConnection.open(path, { create: false });
  try {
    await migrate(connection);
    const row = connection.get(
      'SELECT (SELECT count(*) FROM person) AS people, (SELECT count(*) FROM face) AS faces',
    )!;
    return {
      people: wholeIn(row, 'people'),
      faces: wholeIn(row, 'faces'),
      embedder: readSettings(connection)?.embedder.id ?? null,
    };
  } finally {
    connection.close();
  }
}

/**
 * Deletes a gallery's file, its contents first.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for a file of something else, `ERR_BUSY`
 * @remarks One transaction takes everything out of it: from then on there is no such gallery, for whoever has the file
 * open too. Then its bytes are overwritten as those of any deletion, and the files go. Where the process ends in
 * between, a file without a gallery is left, which whoever lists the folder next removes.
 */
export async function deleteGalleryFile(path: string): Promise<void> {
  const connection = await SqliteConnection.open(path, { create: false });
  try {
    await migrate(connection);
    connection.transaction(() => {
      for (const table of TABLES) connection.run(`DELETE FROM ${table}`);
    });
    await erase(connection);
  } finally {
    connection.close();
  }
  // What lies beside it goes first, since nobody would find it without the file: jobs, which name people and their
  // photos, and settings on a server.
  await rm(`${path}.unpacked`, { recursive: true, force: true });
  const settings = `${path.replace(/\.db$/, '')}.settings.json`;
  // The log is empty: without its file it means nothing to another of the same name.
  for (const name of [settings, `${path}.jobs`, path])
    for (const file of [name, `${name}-wal`, `${name}-shm`]) await rm(file, { force: true });
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
