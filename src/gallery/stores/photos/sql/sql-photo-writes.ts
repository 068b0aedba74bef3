import { bytesFromEmbedding } from '../../../embedding-bytes.ts';
import { chunks } from '../../sql-chunks.ts';
import type { RowValue, SqlDialect, SqlRows } from '../../sql-rows.ts';
import type {
  FaceKnowledgeRow,
  PhotoDecisionRow,
  PhotoFaceRow,
  PhotoFailureRow,
  PhotoFileRow,
  PhotoGroupingRow,
  PhotoRow,
  PhotoWrites,
} from '../photo-store.ts';
import { pathsUnder } from './photo-conditions.ts';
import { SqlPhotoReads } from './sql-photo-reads.ts';

const REVISION = '(SELECT revision FROM photo_revision WHERE gallery_seq = $1)';

/** What is changed of photos and what belongs to them, within a transaction of either database. */
export class SqlPhotoWrites extends SqlPhotoReads implements PhotoWrites {
  readonly #session: SqlRows;
  #isTouched = false;

  constructor(session: SqlRows, dialect: SqlDialect) {
    super(dialect);
    this.#session = session;
  }

  protected rows(): SqlRows {
    return this.#session;
  }

  async putPhoto(row: PhotoRow): Promise<void> {
    await this.#change(
      `INSERT INTO photo (gallery_seq, id, sha256, kind, width, height, duration_ms, taken_at, model, scanned_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
       ON CONFLICT (gallery_seq, id) DO UPDATE SET sha256 = excluded.sha256, kind = excluded.kind, width = excluded.width,
         height = excluded.height, duration_ms = excluded.duration_ms, taken_at = excluded.taken_at,
         model = excluded.model, scanned_at = excluded.scanned_at`,
      [
        ...[row.id, row.sha256, row.kind, row.width, row.height, row.durationMs],
        ...[row.takenAt?.getTime() ?? null, row.model, row.scannedAt.getTime()],
      ],
    );
  }

  async insertFaces(rows: readonly PhotoFaceRow[]): Promise<void> {
    if (rows.length > 0) await this.#touch();
    for (const row of rows) {
      await this.#change(
        `INSERT INTO photo_face (gallery_seq, id, photo_seq, frame_ms, box, landmarks, score, quality, facts, embedding,
           model, not_person_ids, is_ignored, revision)
         VALUES ($1, $2, (SELECT seq FROM photo WHERE gallery_seq = $1 AND id = $3), $4, $5, $6, $7, $8, $9, $10, $11,
           '[]', 0, ${REVISION})`,
        [
          ...[row.id, row.photoId, row.frameMs, JSON.stringify(row.box), JSON.stringify(row.landmarks)],
          ...[
            row.score,
            row.quality,
            JSON.stringify(row.facts),
            bytesFromEmbedding(row.embedding),
            row.model,
          ],
        ],
      );
      if (row.thumbnail !== null) {
        await this.#change(
          `INSERT INTO photo_thumbnail (face_seq, picture)
           VALUES ((SELECT seq FROM photo_face WHERE gallery_seq = $1 AND id = $2), $3)`,
          [row.id, row.thumbnail],
        );
      }
    }
  }

  async deleteFaces(ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.#touch();
    for (const { marks, values } of chunks(ids, 1))
      await this.#change(`DELETE FROM photo_face WHERE gallery_seq = $1 AND id IN (${marks})`, values);
  }

  async nextScan(): Promise<number> {
    await this.#change(
      `INSERT INTO photo_scan (gallery_seq, number) VALUES ($1, 1)
       ON CONFLICT (gallery_seq) DO UPDATE SET number = photo_scan.number + 1`,
    );
    const [row] = await this.#session.query('SELECT number FROM photo_scan WHERE gallery_seq = $1', [
      this.dialect.gallery,
    ]);
    return Number(row!['number']);
  }

  async seeFiles(paths: readonly string[], scan: number): Promise<void> {
    for (const table of ['photo_file', 'photo_failure'])
      for (const { marks, values } of chunks(paths, 2))
        await this.#change(
          `UPDATE ${table} SET seen_scan = $2 WHERE gallery_seq = $1 AND path IN (${marks})`,
          [scan, ...values],
        );
  }

  async putFile(row: PhotoFileRow, scan: number): Promise<void> {
    await this.#change(
      `INSERT INTO photo_file (gallery_seq, path, photo_seq, size, mtime_ms, seen_scan)
       VALUES ($1, $2, (SELECT seq FROM photo WHERE gallery_seq = $1 AND id = $3), $4, $5, $6)
       ON CONFLICT (gallery_seq, path) DO UPDATE SET photo_seq = excluded.photo_seq, size = excluded.size,
         mtime_ms = excluded.mtime_ms, seen_scan = excluded.seen_scan`,
      [row.path, row.photoId, row.size, row.mtimeMs, scan],
    );
    await this.#change('DELETE FROM photo_failure WHERE gallery_seq = $1 AND path = $2', [row.path]);
  }

  async putFailure(row: PhotoFailureRow, scan: number): Promise<void> {
    await this.#change(
      `INSERT INTO photo_failure (gallery_seq, path, size, mtime_ms, code, message, at, seen_scan)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (gallery_seq, path) DO UPDATE SET size = excluded.size, mtime_ms = excluded.mtime_ms,
         code = excluded.code, message = excluded.message, at = excluded.at, seen_scan = excluded.seen_scan`,
      [row.path, row.size, row.mtimeMs, row.code, row.message, row.at.getTime(), scan],
    );
    await this.#change('DELETE FROM photo_file WHERE gallery_seq = $1 AND path = $2', [row.path]);
  }

  async removeUnseen(folder: string, scan: number, except: readonly string[] = []): Promise<number> {
    const values: RowValue[] = [scan];
    const under = (path: string): string => {
      values.push(path, ...pathsUnder(path));
      const last = values.length + 1;
      return `(path = $${last - 2} OR (path >= $${last - 1} AND path < $${last}))`;
    };
    const where = [under(folder), ...except.map((path) => `NOT ${under(path)}`)].join(' AND ');
    let removed = 0;
    for (const table of ['photo_file', 'photo_failure']) {
      const sql = `DELETE FROM ${table} WHERE gallery_seq = $1 AND seen_scan < $2 AND ${where}`;
      const rows = await this.#change(sql, values);
      if (table === 'photo_file') removed = rows;
    }
    return removed;
  }

  async adoptEmbeddings(
    rows: readonly { readonly faceId: string; readonly embedding: Float32Array }[],
    model: string,
  ): Promise<void> {
    if (rows.length > 0) await this.#touch();
    for (const { faceId, embedding } of rows)
      await this.#change(
        `UPDATE photo_face SET embedding = $3, model = $4, revision = ${REVISION} WHERE gallery_seq = $1 AND id = $2`,
        [faceId, bytesFromEmbedding(embedding), model],
      );
    const ids = rows.map(({ faceId }) => faceId);
    for (const { marks, values } of chunks(ids, 2))
      await this.#change(
        `UPDATE photo SET model = $2 WHERE gallery_seq = $1
         AND seq IN (SELECT photo_seq FROM photo_face WHERE gallery_seq = $1 AND id IN (${marks}))`,
        [model, ...values],
      );
  }

  async setKnowledge(faceId: string, knowledge: FaceKnowledgeRow): Promise<void> {
    await this.#touch();
    await this.#change(
      `UPDATE photo_face SET person_id = $3, decided_by = $4, not_person_ids = $5, is_ignored = $6,
         revision = ${REVISION} WHERE gallery_seq = $1 AND id = $2`,
      [
        ...[faceId, knowledge.personId, knowledge.decidedBy, JSON.stringify(knowledge.notPersonIds)],
        knowledge.isIgnored ? 1 : 0,
      ],
    );
  }

  async setGroups(
    rows: readonly {
      readonly faceId: string;
      readonly groupId: string | null;
      readonly confidence: number | null;
    }[],
  ): Promise<void> {
    const groups = new Map<
      string,
      { groupId: string | null; confidence: number | null; faceIds: string[] }
    >();
    for (const { faceId, groupId, confidence } of rows) {
      const key = JSON.stringify([groupId, confidence]);
      const group = groups.get(key) ?? { groupId, confidence, faceIds: [] };
      group.faceIds.push(faceId);
      groups.set(key, group);
    }
    for (const { groupId, confidence, faceIds } of groups.values())
      for (const { marks, values } of chunks(faceIds, 3))
        await this.#change(
          `UPDATE photo_face SET group_id = $2, group_confidence = $3 WHERE gallery_seq = $1 AND id IN (${marks})`,
          [groupId, confidence, ...values],
        );
  }

  async putGrouping(row: PhotoGroupingRow): Promise<void> {
    await this.#change(
      `INSERT INTO photo_grouping (gallery_seq, state, suggestions, revision) VALUES ($1, $2, $3, $4)
       ON CONFLICT (gallery_seq) DO UPDATE SET state = excluded.state, suggestions = excluded.suggestions,
         revision = excluded.revision`,
      [row.state, row.suggestions, row.revision],
    );
  }

  async insertDecision(row: PhotoDecisionRow): Promise<void> {
    await this.#change(
      `INSERT INTO photo_decision (gallery_seq, id, at, kind, person_id, undone_at, changes)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        ...[row.id, row.at.getTime(), row.kind, row.personId, row.undoneAt?.getTime() ?? null],
        JSON.stringify(row.changes),
      ],
    );
  }

  async setUndone(id: string, at: Date): Promise<void> {
    // Whoever was made for it goes with the undo, and would take the decision along.
    await this.#change(
      'UPDATE photo_decision SET undone_at = $3, person_id = NULL WHERE gallery_seq = $1 AND id = $2',
      [id, at.getTime()],
    );
  }

  async changeDecision(
    id: string,
    { personId, changes }: Pick<PhotoDecisionRow, 'personId' | 'changes'>,
  ): Promise<void> {
    await this.#change(
      'UPDATE photo_decision SET person_id = $3, changes = $4 WHERE gallery_seq = $1 AND id = $2',
      [id, personId, JSON.stringify(changes)],
    );
  }

  async deleteDecision(id: string): Promise<void> {
    await this.#change('DELETE FROM photo_decision WHERE gallery_seq = $1 AND id = $2', [id]);
  }

  async prune({ keepNamed }: { readonly keepNamed: boolean }): Promise<number> {
    await this.#touch();
    const named = 'SELECT 1 FROM photo_face WHERE photo_seq = photo.seq AND person_id IS NOT NULL';
    return this.#change(
      `DELETE FROM photo WHERE gallery_seq = $1 AND NOT EXISTS (SELECT 1 FROM photo_file WHERE photo_seq = photo.seq)
       ${keepNamed ? `AND NOT EXISTS (${named})` : ''}`,
    );
  }

  #change(sql: string, values: readonly RowValue[] = []): Promise<number> {
    return this.#session.run(sql, [this.dialect.gallery, ...values]);
  }

  async #touch(): Promise<void> {
    if (this.#isTouched) return;
    this.#isTouched = true;
    await this.#change(
      `INSERT INTO photo_revision (gallery_seq, revision) VALUES ($1, 1)
       ON CONFLICT (gallery_seq) DO UPDATE SET revision = photo_revision.revision + 1`,
    );
  }
}
