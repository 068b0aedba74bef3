import type { GallerySettings } from '../../gallery-store.ts';
import { embeddingIn, wholeIn } from '../row-values.ts';
import type { SqlSession } from '../sql-session.ts';
import type { VectorExtension } from './vector-extension.ts';
import { vectorText } from './vector-text.ts';

/**
 * The halves of a gallery's embeddings, in a table of its own beside the truth: no search has to pass by the faces of
 * other galleries, and a gallery without an index has none. Triggers of the table `face` keep it, whoever writes there.
 */
export interface VectorTable {
  readonly name: string;
  /** Parts that have an index each. */
  readonly partitions: readonly string[];
  /** Absent for one that is not complete, or that a version before 0.2 has built. */
  readonly builtAt?: Date | undefined;
}

/** Faces for which one index is made: of more, the table is cut into parts whose building fits into the server's memory. */
const FACES_PER_PARTITION = 4_000_000;
/** Faces moved into the table by one transaction: a second of work. */
const FILL_BATCH = 4096;
/** How long to wait for those who write faces, before the table can be made. */
const LOCK_MS = 10_000;
/** Links of a vector, and how many are looked at when they are made. Both are the defaults of pgvector. */
const GRAPH = { m: 16, efConstruction: 64 } as const;
/** Memory of building for each vector beside its numbers, and what is asked of a server at most. */
const BUILD = { bytes: 800, mostBytes: 2 * 2 ** 30 } as const;

/** The table of a gallery whose index is complete. @returns `null` where there is none */
export async function findVectorTable(session: SqlSession, gallery: number): Promise<VectorTable | null> {
  const [row] = await session.query(
    `SELECT partitions, (extract(epoch FROM built_at) * 1000)::bigint AS built_at FROM vector_index
     WHERE gallery_seq = $1 AND is_complete`,
    [gallery],
  );
  if (!row) return null;
  const table = tableOf(gallery, wholeIn(row, 'partitions'));
  if (!(await hasAllIndexes(session, table))) return null;
  return { ...table, builtAt: row['built_at'] === null ? undefined : new Date(wholeIn(row, 'built_at')) };
}

/**
 * Makes the table, takes all faces in and builds the index; what an earlier attempt has left is used or replaced.
 *
 * @param session - of one connection without a limit of time, outside of any transaction
 * @remarks Nobody has to wait for it but for a moment at the beginning: faces that come meanwhile are taken in by the
 * triggers, and the index is built beside them.
 */
export async function buildVectorTable(
  session: SqlSession,
  {
    gallery,
    settings,
    faces,
  }: { readonly gallery: number; readonly settings: GallerySettings; readonly faces: number },
  extension: VectorExtension,
): Promise<VectorTable> {
  const { dimension } = settings.embedder;
  const table =
    (await unfinished(session, gallery)) ??
    (await makeTable(
      session,
      { gallery, settings, partitions: Math.ceil(faces / FACES_PER_PARTITION) },
      extension,
    ));
  await fill(session, { gallery, settings, table });
  const bytes = Math.ceil((faces / table.partitions.length) * (2 * dimension + BUILD.bytes));
  const kilobytes = Math.ceil(Math.min(bytes, BUILD.mostBytes) / 1024);
  await session.query(
    `SELECT set_config('maintenance_work_mem', greatest($1, setting::int)::text, false)
     FROM pg_settings WHERE name = 'maintenance_work_mem'`,
    [kilobytes],
  );
  for (const partition of table.partitions) {
    await session.execute(`DROP INDEX IF EXISTS ${graphOf(partition)}`);
    await session.execute(
      `CREATE INDEX CONCURRENTLY ${graphOf(partition)} ON ${partition}
       USING hnsw (embedding ${extension.schema}.halfvec_l2_ops)
       WITH (m = ${GRAPH.m}, ef_construction = ${GRAPH.efConstruction})`,
    );
  }
  await session.execute(`ANALYZE ${table.name}`);
  await session.run('UPDATE vector_index SET is_complete = true, built_at = now() WHERE gallery_seq = $1', [
    gallery,
  ]);
  return (await findVectorTable(session, gallery)) ?? table;
}

/** The names of the tables of all galleries that are there: a restored backup may have the word of one alone. */
export async function vectorTables(session: SqlSession): Promise<readonly string[]> {
  const rows = await session.query(
    `SELECT gallery_seq FROM vector_index WHERE to_regclass(format('vector_%s', gallery_seq)) IS NOT NULL
     ORDER BY gallery_seq`,
  );
  return rows.map((row) => tableOf(wholeIn(row, 'gallery_seq'), 0).name);
}

function tableOf(gallery: number, partitions: number): VectorTable {
  const name = `vector_${gallery}`;
  return { name, partitions: Array.from({ length: partitions }, (_, i) => `${name}_${i}`) };
}

const graphOf = (partition: string): string => `${partition}_graph`;

async function hasAllIndexes(session: SqlSession, { partitions }: VectorTable): Promise<boolean> {
  // A restored backup may have the word of an index without the index, where the extension was missing.
  const [row] = await session.query(
    `SELECT count(*) AS count FROM pg_index JOIN unnest($1::text[]) AS wanted (name) ON indexrelid = to_regclass(wanted.name)
     WHERE indisvalid`,
    [partitions.map(graphOf)],
  );
  return wholeIn(row!, 'count') === partitions.length;
}

/** The table that somebody has begun with and not brought to an end. */
async function unfinished(session: SqlSession, gallery: number): Promise<VectorTable | null> {
  const [row] = await session.query('SELECT partitions FROM vector_index WHERE gallery_seq = $1', [gallery]);
  if (!row) return null;
  const table = tableOf(gallery, wholeIn(row, 'partitions'));
  const [found] = await session.query(
    `SELECT count(*) AS count FROM pg_attribute JOIN unnest($1::text[]) AS wanted (name) ON attrelid = to_regclass(wanted.name)
     WHERE attname = 'embedding' AND NOT attisdropped`,
    [[table.name, ...table.partitions]],
  );
  return wholeIn(found!, 'count') === table.partitions.length + 1 ? table : null;
}

async function makeTable(
  session: SqlSession,
  {
    gallery,
    settings,
    partitions,
  }: { readonly gallery: number; readonly settings: GallerySettings; readonly partitions: number },
  { schema }: VectorExtension,
): Promise<VectorTable> {
  const table = tableOf(gallery, Math.max(1, partitions));
  const count = table.partitions.length;
  // Whoever writes faces is waited for: their triggers did not know of the table, and filling it would not see them.
  await inTransaction(session, async () => {
    await session.execute(`SET LOCAL lock_timeout = ${LOCK_MS}; LOCK TABLE face IN SHARE MODE`);
    await session.run('DELETE FROM vector_index WHERE gallery_seq = $1', [gallery]);
    await session.execute(
      `DROP TABLE IF EXISTS ${table.name};
       CREATE TABLE ${table.name} (face_seq bigint PRIMARY KEY,
         embedding ${schema}.halfvec(${settings.embedder.dimension}) NOT NULL) PARTITION BY HASH (face_seq);
       ${table.partitions
         .map(
           (name, i) =>
             `CREATE TABLE ${name} PARTITION OF ${table.name} FOR VALUES WITH (MODULUS ${count}, REMAINDER ${i});`,
         )
         .join('\n')}`,
    );
    await session.run('INSERT INTO vector_index (gallery_seq, partitions, is_unit) VALUES ($1, $2, $3)', [
      gallery,
      count,
      settings.metric === 'cosine',
    ]);
  });
  return table;
}

async function fill(
  session: SqlSession,
  {
    gallery,
    settings,
    table,
  }: { readonly gallery: number; readonly settings: GallerySettings; readonly table: VectorTable },
): Promise<void> {
  const { embedder, metric } = settings;
  for (let after = 0; ; ) {
    const last = await inTransaction(session, async () => {
      // Locked, so that nobody changes or deletes a face between this look and the end of the transaction.
      const rows = await session.query(
        `SELECT seq, embedding FROM face WHERE gallery_seq = $1 AND seq > $2
           AND NOT EXISTS (SELECT 1 FROM ${table.name} WHERE face_seq = face.seq)
         ORDER BY seq LIMIT ${FILL_BATCH} FOR SHARE OF face`,
        [gallery, after],
      );
      const lines = rows.map((row) => {
        const embedding = embeddingIn(row, 'embedding', embedder.dimension);
        return `${wholeIn(row, 'seq')}\t${vectorText(embedding, metric)}\n`;
      });
      if (lines.length > 0)
        await session.copyIn(`COPY ${table.name} (face_seq, embedding) FROM STDIN`, [
          Buffer.from(lines.join('')),
        ]);
      return rows.at(-1);
    });
    if (!last) return;
    after = wholeIn(last, 'seq');
  }
}

async function inTransaction<Result>(session: SqlSession, work: () => Promise<Result>): Promise<Result> {
  await session.execute('BEGIN');
  try {
    const result = await work();
    await session.execute('COMMIT');
    return result;
  } catch (error) {
    await session.execute('ROLLBACK').catch(() => undefined);
    throw error;
  }
}
