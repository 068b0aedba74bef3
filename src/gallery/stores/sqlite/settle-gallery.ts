import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { checkEmbedder, checkMetric, describeEmbedder } from '../../check-embedding.ts';
import type { GalleryEmbedder } from '../../gallery-types.ts';
import type { GallerySettings } from '../gallery-store.ts';
import { isSameEmbedder, settingsOf } from '../settings-of.ts';
import type { WantedGallery } from '../wanted-gallery.ts';
import { damagedGallery, textIn, textOrNullIn, wholeIn, written } from './row-values.ts';

/** What a gallery is made for, with the number of the embedder's row. */
export interface SettledGallery extends GallerySettings {
  readonly embedderSeq: number;
}

/**
 * Reads what the gallery is made for, or writes it where the gallery is new.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where the file is made for another embedder or metric,
 * `ERR_INVALID_ARGUMENT` where the file is new and no embedder is given
 */
export async function settleGallery(
  connection: SqliteConnection,
  wanted: WantedGallery,
): Promise<SettledGallery> {
  const embedder = wanted.embedder && checkEmbedder(wanted.embedder);
  const metric = checkMetric(wanted.metric);
  const known = readSettings(connection);
  const facts = known ? {} : ((await wanted.describe?.()) ?? {});
  const stored =
    known ??
    connection.transaction(() => {
      const other = readSettings(connection);
      if (other) return other;
      const people = connection.get('SELECT EXISTS (SELECT 1 FROM person) AS found')!;
      if (people['found'] === 1)
        throw damagedGallery('it has people but does not say what embedder it is for');
      if (!embedder) throw invalidArgument('the identity of an embedder', 'options.embedder', embedder);
      writeSettings(connection, { ...facts, embedder, metric: metric ?? facts.metric ?? 'euclidean' });
      return readSettings(connection)!;
    });
  if (metric !== undefined && metric !== stored.metric) mismatch(connection, stored.metric, metric);
  const same = !embedder || isSameEmbedder(stored.embedder, embedder);
  if (!same) mismatch(connection, describeEmbedder(stored.embedder), describeEmbedder(embedder));
  return stored;
}

/** Writes what a gallery is made for, in place of what was there; to be called within a transaction. */
export function writeSettings(
  connection: SqliteConnection,
  { embedder: { id, sha256, dimension }, metric, distances, ledger, pack }: GallerySettings,
): void {
  connection.run('INSERT OR IGNORE INTO embedder (id, sha256, dimension) VALUES (?, ?, ?)', [
    id,
    sha256,
    dimension,
  ]);
  const row = connection.get('SELECT seq FROM embedder WHERE id = ? AND sha256 = ?', [id, sha256]);
  const settings = {
    embedder: String(wholeIn(written(row), 'seq')),
    metric,
    distances: distances && JSON.stringify(distances),
    ledger: ledger && JSON.stringify(ledger),
    pack: pack && JSON.stringify(pack),
  };
  for (const [key, value] of Object.entries(settings)) {
    if (value === undefined) connection.run('DELETE FROM setting WHERE key = ?', [key]);
    else connection.run('INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)', [key, value]);
  }
}

/** Whether a file is made for an embedder, asked at each change of the file. */
export function isMadeFor(connection: SqliteConnection, { id, sha256 }: GalleryEmbedder): boolean {
  const row = connection.get(
    `SELECT 1 AS one FROM embedder WHERE id = ? AND sha256 = ?
     AND seq = (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'embedder')`,
    [id, sha256],
  );
  return row !== null;
}

/** What a file says that it is made for. @returns `null` where it does not say yet */
export function readSettings(connection: SqliteConnection): SettledGallery | null {
  const row = connection.get(
    `SELECT embedder.seq, id, sha256, dimension, (SELECT value FROM setting WHERE key = 'metric') AS metric,
       (SELECT value FROM setting WHERE key = 'distances') AS distances,
       (SELECT value FROM setting WHERE key = 'ledger') AS ledger,
       (SELECT value FROM setting WHERE key = 'pack') AS pack
     FROM embedder WHERE seq = (SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'embedder')`,
  );
  if (row === null) return null;
  const text = (column: string) => textOrNullIn(row, column);
  const settings = settingsOf(
    { id: textIn(row, 'id'), sha256: textIn(row, 'sha256'), dimension: wholeIn(row, 'dimension') },
    { metric: row['metric'], distances: text('distances'), ledger: text('ledger'), pack: text('pack') },
    (what, why) => damagedGallery(`it does not say properly ${what} (${why})`),
  );
  return { ...settings, embedderSeq: wholeIn(row, 'seq') };
}

function mismatch(connection: SqliteConnection, stored: string, wanted: string): never {
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `Gallery ${connection.path} is made for ${stored}, not for ${wanted}`,
  );
}
