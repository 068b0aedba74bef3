import { createHash } from 'node:crypto';
import { bytesFromEmbedding, embeddingFromBytes } from '../../embedding-bytes.ts';
import type { KeyedEmbedding, UnfinishedEmbeddings } from '../gallery-store.ts';
import type { GalleryScope } from './person-rows.ts';
import { bytesOrNullIn, textIn } from './row-values.ts';

/** What is embedded of a change of models that is not finished, in the database: any machine can go on with it. */
export class PostgresUnfinished implements UnfinishedEmbeddings {
  readonly #scope: () => GalleryScope;
  #target = '';

  constructor(scope: () => GalleryScope) {
    this.#scope = scope;
  }

  async begin(target: string): Promise<void> {
    const { session, gallery } = this.#scope();
    this.#target = createHash('sha256').update(target).digest('hex');
    await session.run('DELETE FROM new_embedding WHERE gallery_seq = $1 AND target <> $2', [
      ...[gallery, this.#target],
    ]);
  }

  async after(key: string, limit: number): Promise<readonly KeyedEmbedding[]> {
    const { session, gallery } = this.#scope();
    const rows = await session.query(
      `SELECT kind || ' ' || id AS key, embedding FROM new_embedding
       WHERE gallery_seq = $1 AND target = $2 AND kind || ' ' || id > $3 ORDER BY 1 LIMIT $4`,
      [gallery, this.#target, key, limit],
    );
    return rows.map((row) => ({
      key: textIn(row, 'key'),
      embedding: embeddingFromBytes(bytesOrNullIn(row, 'embedding')!),
    }));
  }

  async add(entries: readonly KeyedEmbedding[]): Promise<void> {
    const { session, gallery } = this.#scope();
    const parts = entries.map(({ key }) => key.split(' ', 2) as [string, string]);
    // Of faces that are still there: one that was deleted while it was embedded leaves nothing.
    await session.run(
      `INSERT INTO new_embedding (gallery_seq, target, kind, id, embedding)
       SELECT $1, $2, given.* FROM unnest($3::text[], $4::text[], $5::bytea[]) AS given (kind, id, embedding)
       WHERE EXISTS (SELECT 1 FROM face WHERE gallery_seq = $1 AND face.id = given.id AND kind = 'face')
         OR EXISTS (SELECT 1 FROM negative WHERE gallery_seq = $1 AND negative.id = given.id AND kind = 'negative')
       ON CONFLICT DO NOTHING`,
      [
        ...[gallery, this.#target, parts.map(([kind]) => kind), parts.map(([, id]) => id)],
        entries.map(({ embedding }) => bytesFromEmbedding(embedding)),
      ],
    );
  }

  async clear(): Promise<void> {
    const { session, gallery } = this.#scope();
    await session.run('DELETE FROM new_embedding WHERE gallery_seq = $1', [gallery]);
  }
}
