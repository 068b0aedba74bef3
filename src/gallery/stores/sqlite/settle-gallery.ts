import type { EmbedderDistances } from '../../../core/embed/distance-facts.ts';
import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import type { MetricName } from '../../../core/metric/metric.ts';
import { LEDGER_ENTRY, type LedgerEntry } from '../../../models/licence-ledger.ts';
import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { checkEmbedder, checkMetric, describeEmbedder } from '../../check-embedding.ts';
import { checkDistances } from '../../gallery-distances.ts';
import { GALLERY_PACK, type GalleryPack } from '../../gallery-pack.ts';
import type { GalleryEmbedder } from '../../gallery-types.ts';
import type { GallerySettings } from '../gallery-store.ts';
import { damagedGallery, textIn, wholeIn, written } from './row-values.ts';

/** What a gallery is made for, with the number of the embedder's row. */
export interface SettledGallery extends GallerySettings {
  readonly embedderSeq: number;
}

/** What a gallery is opened as. */
export interface WantedGallery {
  /** Whose embeddings the gallery holds; needed for a new one, compared with an existing one. */
  readonly embedder?: GalleryEmbedder | undefined;
  /** Compared with an existing gallery's. @defaultValue what the gallery was made with, or that of its models */
  readonly metric?: MetricName | undefined;
  /** What a new gallery remembers; asked for nothing else. */
  readonly describe?: (() => Promise<NewGalleryFacts>) | undefined;
}

/** What is known of the models that a new gallery is made for. */
export interface NewGalleryFacts {
  /** Where nobody asks for another. @defaultValue 'euclidean' */
  readonly metric?: MetricName | undefined;
  /** What the embedder's distances mean. */
  readonly distances?: EmbedderDistances | undefined;
  /** What is known of the embedder's licences. */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** The pack that the embedder is of. */
  readonly pack?: GalleryPack | undefined;
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
  const same = !embedder || isSame(stored.embedder, embedder);
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
  const embedder = {
    id: textIn(row, 'id'),
    sha256: textIn(row, 'sha256'),
    dimension: wholeIn(row, 'dimension'),
  };
  try {
    checkEmbedder(embedder);
  } catch (cause) {
    throw damagedGallery(`it does not say properly what embedder it is for (${(cause as Error).message})`);
  }
  const metric = row['metric'] === 'cosine' ? 'cosine' : 'euclidean';
  const distances = row['distances'] === null ? undefined : readDistances(textIn(row, 'distances'));
  const ledger = row['ledger'] === null ? undefined : readLedger(textIn(row, 'ledger'));
  const pack = row['pack'] === null ? undefined : readPack(textIn(row, 'pack'));
  return {
    ...{ embedder, embedderSeq: wholeIn(row, 'seq'), metric },
    ...(distances && { distances }),
    ...(ledger && { ledger }),
    ...(pack && { pack }),
  };
}

function readDistances(text: string): EmbedderDistances {
  try {
    return checkDistances(JSON.parse(text));
  } catch (cause) {
    throw damagedGallery(`it does not say properly what distances in it mean (${(cause as Error).message})`);
  }
}

function readLedger(text: string): readonly LedgerEntry[] {
  try {
    return LEDGER_ENTRY.array().parse(JSON.parse(text));
  } catch (cause) {
    throw damagedGallery(`it does not say properly how its models may be used (${(cause as Error).message})`);
  }
}

function readPack(text: string): GalleryPack {
  try {
    return GALLERY_PACK.parse(JSON.parse(text));
  } catch (cause) {
    throw damagedGallery(`it does not say properly which models it is for (${(cause as Error).message})`);
  }
}

function isSame(a: GalleryEmbedder, b: GalleryEmbedder): boolean {
  return a.id === b.id && a.sha256 === b.sha256 && a.dimension === b.dimension;
}

function mismatch(connection: SqliteConnection, stored: string, wanted: string): never {
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `Gallery ${connection.path} is made for ${stored}, not for ${wanted}`,
  );
}
