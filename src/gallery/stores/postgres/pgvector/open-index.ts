import { FaceTriggerError } from '../../../../core/errors.ts';
import type { PeopleIndex } from '../../../index/face-index.ts';
import type { PostgresIndexName } from '../postgres-address.ts';
import type { PostgresDatabase } from '../postgres-database.ts';
import { wholeIn } from '../row-values.ts';
import type { SettledGallery } from '../settle-gallery.ts';
import type { SqlSession } from '../sql-session.ts';
import { PgvectorIndex, type PgvectorSource } from './pgvector-index.ts';
import { requireVectors, whyNoVectors } from './vector-extension.ts';
import { buildVectorTable, findVectorTable, type VectorTable } from './vector-table.ts';

/** Bytes of embeddings from which on a server rather leaves the index to the database: a million of 128 numbers. */
const MEMORY_LIMIT_BYTES = 512_000_000;
/** Of how many vectors the index thinks while it looks: measured, see docs/decisions/027-pgvector.md. */
const EF_SEARCH = 800;
/** "FTvx": with a gallery's number the lock under which an index is built. */
const LOCK = 0x46547678;
/** How often whoever waits for an index that is being built looks whether it is there. */
const LOOK_MS = 500;

/** What every connection is told: how thoroughly to look, and to go on where faces that were found do not count. */
const SETTINGS = `SELECT set_config('hnsw.ef_search', '${EF_SEARCH}', false),
  set_config('hnsw.iterative_scan', 'relaxed_order', false)`;

/** For which an index is opened. */
export interface IndexedGallery {
  readonly database: PostgresDatabase;
  readonly settings: SettledGallery;
  readonly ask: PgvectorSource['ask'];
  /** Told in one sentence what takes long, or was not possible. */
  readonly tell: (message: string) => void;
}

/**
 * Opens the index of a gallery in its database, and builds it where it is not there yet.
 *
 * @param wanted - 'auto': for a large gallery, where the extension is or can be installed
 * @returns `null` where the index is to be in memory
 * @throws FaceTriggerError `ERR_UNAVAILABLE` where 'pgvector' is wanted and not possible
 */
export async function openPgvectorIndex(
  gallery: IndexedGallery,
  wanted: PostgresIndexName,
): Promise<PeopleIndex | null> {
  if (wanted === 'memory') return null;
  const { database, settings, tell } = gallery;
  const { gallerySeq, embedder } = settings;
  if (wanted === 'auto' && !(await isLarge(database, settings))) return null;
  try {
    const extension = await requireVectors(database, embedder.dimension);
    await database.tellConnections(SETTINGS);
    const table = (await findVectorTable(database, gallerySeq)) ?? (await build(gallery));
    return await PgvectorIndex.create({ ask: gallery.ask, settings, table, extension });
  } catch (error) {
    if (wanted !== 'auto' || !(error instanceof FaceTriggerError) || error.code !== 'ERR_UNAVAILABLE')
      throw error;
    tell(`The embeddings of this large gallery are held in memory: ${error.message}`);
    return null;
  }
}

async function isLarge(session: SqlSession, { gallerySeq, embedder }: SettledGallery): Promise<boolean> {
  const limit = Math.ceil(MEMORY_LIMIT_BYTES / (4 * embedder.dimension));
  const [row] = await session.query(
    'SELECT EXISTS (SELECT 1 FROM face WHERE gallery_seq = $1 OFFSET $2) AS found',
    [gallerySeq, limit],
  );
  if (row!['found'] !== true) return false;
  return (await whyNoVectors(session, embedder.dimension)) === null;
}

/** Builds the index, or waits for whoever does. */
async function build({ database, settings, tell }: IndexedGallery): Promise<VectorTable> {
  const { gallerySeq, embedder } = settings;
  return database.maintain(async (session) => {
    while (!(await tryLock(session, gallerySeq))) {
      // Not by waiting for the lock: whoever builds would wait for the statement that waits.
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      const made = await findVectorTable(session, gallerySeq);
      if (made) return made;
    }
    const made = await findVectorTable(session, gallerySeq);
    if (made) return made;
    const [row] = await session.query('SELECT count(*) AS faces FROM face WHERE gallery_seq = $1', [
      gallerySeq,
    ]);
    const faces = wholeIn(row!, 'faces');
    if (faces > 20_000)
      tell(`The index of ${faces} faces is built in the database, at some hundred to some thousand a second`);
    const extension = await requireVectors(session, embedder.dimension);
    return buildVectorTable(session, { gallery: gallerySeq, settings, faces }, extension);
  });
}

async function tryLock(session: SqlSession, gallery: number): Promise<boolean> {
  const [row] = await session.query(`SELECT pg_try_advisory_lock(${LOCK}, $1) AS locked`, [gallery]);
  return row!['locked'] === true;
}
