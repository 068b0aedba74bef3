import type { EmbedderDistances } from '../../../core/embed/distance-facts.ts';
import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import type { MetricName } from '../../../core/metric/metric.ts';
import { LEDGER_ENTRY, type LedgerEntry } from '../../../models/licence-ledger.ts';
import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { checkEmbedder, checkMetric, describeEmbedder } from '../../check-embedding.ts';
import { checkDistances } from '../../gallery-distances.ts';
import type { GalleryEmbedder } from '../../gallery-types.ts';
import type { GallerySettings } from '../gallery-store.ts';
import { damagedGallery, textIn, wholeIn } from './row-values.ts';

/** What a gallery is made for, with the number of the embedder's row. */
export interface SettledGallery extends GallerySettings {
  readonly embedderSeq: number;
}

/** What a gallery is opened as. */
export interface WantedGallery {
  /** Whose embeddings the gallery holds; needed for a new one, compared with an existing one. */
  readonly embedder?: GalleryEmbedder | undefined;
  /** Compared with an existing gallery's. @defaultValue `newMetric`, or what the gallery was made with */
  readonly metric?: MetricName | undefined;
  /** Of a new gallery where nobody asks for another. @defaultValue 'euclidean' */
  readonly newMetric?: MetricName | undefined;
  /** What the embedder's distances mean: a new gallery remembers it. */
  readonly newDistances?: EmbedderDistances | undefined;
  /** What is known of the embedder's licences: a new gallery remembers it. */
  readonly newLedger?: readonly LedgerEntry[] | undefined;
}

/**
 * Reads what the gallery is made for, or writes it where the gallery is new.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where the file is made for another embedder or metric,
 * `ERR_INVALID_ARGUMENT` where the file is new and no embedder is given
 */
export function settleGallery(connection: SqliteConnection, wanted: WantedGallery): SettledGallery {
  const embedder = wanted.embedder && checkEmbedder(wanted.embedder);
  const metric = checkMetric(wanted.metric);
  const stored =
    readSettings(connection) ??
    connection.transaction(() => {
      const other = readSettings(connection);
      if (other) return other;
      const people = connection.get('SELECT EXISTS (SELECT 1 FROM person) AS found')!;
      if (people['found'] === 1)
        throw damagedGallery('it has people but does not say what embedder it is for');
      if (!embedder) throw invalidArgument('the identity of an embedder', 'options.embedder', embedder);
      const { rowId } = connection.run('INSERT INTO embedder (id, sha256, dimension) VALUES (?, ?, ?)', [
        embedder.id,
        embedder.sha256,
        embedder.dimension,
      ]);
      const { newMetric = 'euclidean', newDistances, newLedger } = wanted;
      const settings = {
        ...{ embedder: String(rowId), metric: metric ?? newMetric },
        ...(newDistances && { distances: JSON.stringify(newDistances) }),
        ...(newLedger && { ledger: JSON.stringify(newLedger) }),
      };
      for (const [key, value] of Object.entries(settings)) {
        connection.run('INSERT INTO setting (key, value) VALUES (?, ?)', [key, value]);
      }
      return readSettings(connection)!;
    });
  if (metric !== undefined && metric !== stored.metric) mismatch(connection, stored.metric, metric);
  const same = !embedder || isSame(stored.embedder, embedder);
  if (!same) mismatch(connection, describeEmbedder(stored.embedder), describeEmbedder(embedder));
  return stored;
}

function readSettings(connection: SqliteConnection): SettledGallery | null {
  const row = connection.get(
    `SELECT embedder.seq, id, sha256, dimension, (SELECT value FROM setting WHERE key = 'metric') AS metric,
       (SELECT value FROM setting WHERE key = 'distances') AS distances,
       (SELECT value FROM setting WHERE key = 'ledger') AS ledger
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
  return {
    ...{ embedder, embedderSeq: wholeIn(row, 'seq'), metric },
    ...(distances && { distances }),
    ...(ledger && { ledger }),
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

function isSame(a: GalleryEmbedder, b: GalleryEmbedder): boolean {
  return a.id === b.id && a.sha256 === b.sha256 && a.dimension === b.dimension;
}

function mismatch(connection: SqliteConnection, stored: string, wanted: string): never {
  throw new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `Gallery ${connection.path} is made for ${stored}, not for ${wanted}`,
  );
}
