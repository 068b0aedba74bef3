import { FaceTriggerError, invalidArgument } from '../../../core/errors.ts';
import { checkEmbedder, checkMetric, describeEmbedder } from '../../check-embedding.ts';
import { checkGalleryName } from '../../collection/gallery-name.ts';
import type { GallerySettings } from '../gallery-store.ts';
import { isSameEmbedder, settingsOf } from '../settings-of.ts';
import type { NewGalleryFacts, WantedGallery } from '../wanted-gallery.ts';
import type { PostgresAddress } from './postgres-address.ts';
import type { PostgresDatabase } from './postgres-database.ts';
import { damagedRows, textIn, wholeIn } from './row-values.ts';
import type { SqlSession } from './sql-session.ts';

/** What a gallery is made for, with the numbers of its row and its embedder's. */
export interface SettledGallery extends GallerySettings {
  readonly gallerySeq: number;
  readonly embedderSeq: number;
}

/** How a gallery among those of a database is opened. */
export interface WantedPostgresGallery extends WantedGallery {
  /** Whether a gallery that does not exist is made. @defaultValue true */
  readonly create?: boolean | undefined;
  /** Whether one that exists is refused. @defaultValue false */
  readonly mustBeNew?: boolean | undefined;
}

/** "FTga": with a gallery's number the lock under which it is changed. */
const CHANGE_LOCK = 0x46546761;
/** How long a change waits for those of other processes. */
const LOCK_MS = 5000;
/** "FTnw": the lock under which galleries are made. */
const LOCK = 0x46546e77;

/**
 * Reads what a gallery is made for, or writes it where the gallery is new.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where it is made for another embedder or metric, `ERR_FILE_NOT_FOUND`
 * where it does not exist and is not to be made, `ERR_INVALID_ARGUMENT` where it is new and no embedder is given
 */
export async function settleGallery(
  database: PostgresDatabase,
  { gallery, shown }: PostgresAddress,
  wanted: WantedPostgresGallery,
): Promise<SettledGallery> {
  const embedder = wanted.embedder && checkEmbedder(wanted.embedder);
  const metric = checkMetric(wanted.metric);
  const known = await readSettings(database, gallery);
  if (known === null && wanted.create === false) throw noSuchGallery(shown);
  const facts = known ? {} : ((await wanted.describe?.()) ?? {});
  if (known !== null && wanted.mustBeNew) throw galleryExistsAlready(shown);
  const { mustBeNew } = wanted;
  const stored =
    known ?? (await makeGallery(database, gallery, { embedder, metric, facts, mustBeNew, shown }));
  if (metric !== undefined && metric !== stored.metric) throw mismatch(shown, stored.metric, metric);
  if (embedder && !isSameEmbedder(stored.embedder, embedder))
    throw mismatch(shown, describeEmbedder(stored.embedder), describeEmbedder(embedder));
  return stored;
}

/** Statements that begin a change of a gallery: one at a time. */
export function lockOfGallery(gallerySeq: number): string {
  return `SET LOCAL lock_timeout = ${LOCK_MS}; SELECT pg_advisory_xact_lock(${CHANGE_LOCK}, ${gallerySeq})`;
}

/** Whether a gallery is there: that its tables are is known. */
export async function hasGallery(session: SqlSession, name: string): Promise<boolean> {
  return (await session.query('SELECT 1 AS one FROM gallery WHERE name = $1', [name])).length > 0;
}

/** The error for a gallery that does not exist. */
export function noSuchGallery(shown: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_NOT_FOUND',
    `There is no gallery ${shown}: "face-trigger gallery add" makes one`,
  );
}

/** The error for a gallery that was to be made and is there. */
export function galleryExistsAlready(shown: string): FaceTriggerError {
  return new FaceTriggerError('ERR_CONFLICT', `There is a gallery ${shown} already`);
}

function makeGallery(
  database: PostgresDatabase,
  name: string,
  {
    embedder,
    metric,
    facts,
    mustBeNew,
    shown,
  }: Pick<WantedPostgresGallery, 'embedder' | 'metric' | 'mustBeNew'> & {
    readonly facts: NewGalleryFacts;
    readonly shown: string;
  },
): Promise<SettledGallery> {
  checkGalleryName(name);
  return database.transaction(
    async (session) => {
      const other = await readSettings(session, name);
      if (other && mustBeNew) throw galleryExistsAlready(shown);
      if (other) return other;
      if (!embedder) throw invalidArgument('the identity of an embedder', 'options.embedder', embedder);
      const [row] = await session.query(
        'INSERT INTO gallery (name, created_at) VALUES ($1, $2) RETURNING seq',
        [...[name, Date.now()]],
      );
      const settings = { ...facts, embedder, metric: metric ?? facts.metric ?? 'euclidean' };
      await writeSettings(session, wholeIn(row!, 'seq'), settings);
      return (await readSettings(session, name))!;
    },
    { begin: `SELECT pg_advisory_xact_lock(${LOCK})` },
  );
}

/**
 * Writes what a gallery is made for, in place of what was there; to be called within a transaction.
 *
 * @returns the number of the embedder's row
 */
export async function writeSettings(
  session: SqlSession,
  gallerySeq: number,
  { embedder: { id, sha256, dimension }, metric, distances, ledger, pack }: GallerySettings,
): Promise<number> {
  const identity = [id, sha256, dimension];
  await session.run(
    'INSERT INTO embedder (id, sha256, dimension) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
    identity,
  );
  const [row] = await session.query(
    'SELECT seq FROM embedder WHERE id = $1 AND sha256 = $2 AND dimension = $3',
    identity,
  );
  const embedderSeq = wholeIn(row!, 'seq');
  const settings = {
    ...{ embedder: String(embedderSeq), metric },
    ...(distances && { distances: JSON.stringify(distances) }),
    ...(ledger && { ledger: JSON.stringify(ledger) }),
    ...(pack && { pack: JSON.stringify(pack) }),
  };
  await session.run(
    `DELETE FROM setting WHERE gallery_seq = $1 AND key IN ('embedder', 'metric', 'distances', 'ledger', 'pack')`,
    [gallerySeq],
  );
  await session.run(
    'INSERT INTO setting (gallery_seq, key, value) SELECT $1, * FROM unnest($2::text[], $3::text[])',
    [gallerySeq, Object.keys(settings), Object.values(settings)],
  );
  return embedderSeq;
}

/**
 * Checks that a gallery is for the embedder that it was opened with.
 *
 * @throws FaceTriggerError `ERR_MODEL_MISMATCH` where another process has given it other models
 */
export async function requireOwnModels(
  session: SqlSession,
  { gallerySeq, embedderSeq, embedder }: SettledGallery,
): Promise<void> {
  const rows = await session.query(
    `SELECT 1 AS one FROM setting WHERE gallery_seq = $1 AND key = 'embedder' AND value = $2`,
    [gallerySeq, String(embedderSeq)],
  );
  if (rows.length === 0) throw movedAway(embedder.id);
}

/** The error for a gallery that another process has given other models. */
export function movedAway(embedderId: string): FaceTriggerError {
  const message = `The gallery was moved from ${embedderId} to other models while it was open, or deleted: open it again`;
  return new FaceTriggerError('ERR_MODEL_MISMATCH', message);
}

async function readSettings(session: SqlSession, name: string): Promise<SettledGallery | null> {
  const [row] = await session.query(
    `SELECT gallery.seq AS gallery_seq, embedder.seq AS embedder_seq, embedder.id, sha256, dimension,
       (SELECT json_object_agg(key, value) FROM setting WHERE gallery_seq = gallery.seq)::text AS settings
     FROM gallery LEFT JOIN embedder ON embedder.seq =
       (SELECT value::int FROM setting WHERE gallery_seq = gallery.seq AND key = 'embedder')
     WHERE name = $1`,
    [name],
  );
  if (!row) return null;
  if (row['embedder_seq'] === null) throw damagedRows('the gallery does not say what embedder it is for');
  const settings = JSON.parse(textIn(row, 'settings')) as Readonly<Record<string, string>>;
  return {
    ...settingsOf(
      { id: textIn(row, 'id'), sha256: textIn(row, 'sha256'), dimension: wholeIn(row, 'dimension') },
      settings,
      (what, why) => damagedRows(`the gallery does not say properly ${what} (${why})`),
    ),
    ...{ gallerySeq: wholeIn(row, 'gallery_seq'), embedderSeq: wholeIn(row, 'embedder_seq') },
  };
}

function mismatch(shown: string, stored: string, wanted: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_MODEL_MISMATCH',
    `Gallery ${shown} is made for ${stored}, not for ${wanted}`,
  );
}
