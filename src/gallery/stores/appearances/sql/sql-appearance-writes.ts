import { bytesFromEmbedding } from '../../../embedding-bytes.ts';
import { chunks } from '../../sql-chunks.ts';
import type { RowValue, SqlDialect, SqlRows } from '../../sql-rows.ts';
import type {
  AppearanceFaceRow,
  AppearanceRow,
  AppearanceWrites,
  DecisionRow,
  KeptEvent,
  PruneLimits,
  StrangerRow,
  TellerCursor,
} from '../appearance-store.ts';
import { SqlAppearanceReads } from './sql-appearance-reads.ts';

const REVISION = '(SELECT revision FROM home_revision WHERE gallery_seq = $1)';

/** What is changed of appearances and what belongs to them, within a transaction of either database. */
export class SqlAppearanceWrites extends SqlAppearanceReads implements AppearanceWrites {
  readonly #session: SqlRows;
  #isTouched = false;
  #deletes = false;

  constructor(session: SqlRows, dialect: SqlDialect) {
    super(dialect);
    this.#session = session;
  }

  /** Whether rows went whose bytes are to be forgotten. */
  get deletes(): boolean {
    return this.#deletes;
  }

  protected rows(): SqlRows {
    return this.#session;
  }

  async insertEvent(event: Omit<KeptEvent, 'seq'>): Promise<number> {
    await this.#change(
      `INSERT INTO watch_event (gallery_seq, id, at, type, appearance_id, person_id, body)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [event.id, event.at.getTime(), event.type, event.appearanceId, event.personId, event.body],
    );
    const [row] = await this.#session.query(
      'SELECT seq FROM watch_event WHERE gallery_seq = $1 AND id = $2',
      [this.dialect.gallery, event.id],
    );
    return Number(row!['seq']);
  }

  async setTeller({ name, seq }: TellerCursor): Promise<void> {
    await this.#change(
      `INSERT INTO teller (gallery_seq, name, seq) VALUES ($1, $2, $3)
       ON CONFLICT (gallery_seq, name) DO UPDATE SET seq = excluded.seq`,
      [name, seq],
    );
  }

  async deleteTeller(name: string): Promise<void> {
    await this.#change('DELETE FROM teller WHERE gallery_seq = $1 AND name = $2', [name]);
  }

  async putAppearance(row: AppearanceRow): Promise<void> {
    await this.#touch();
    // Whoever follows the stranger whom it was taken for before hears of it too.
    await this.#change(
      `UPDATE stranger SET revision = ${REVISION} WHERE gallery_seq = $1 AND id =
         (SELECT stranger_id FROM appearance WHERE gallery_seq = $1 AND id = $2)`,
      [row.id],
    );
    await this.#change(
      `INSERT INTO appearance (gallery_seq, id, camera, place, started_at, last_seen_at, ended_at, person_id, stranger_id,
         decided_by, facts, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, ${REVISION})
       ON CONFLICT (gallery_seq, id) DO UPDATE SET camera = excluded.camera, place = excluded.place,
         started_at = excluded.started_at, last_seen_at = excluded.last_seen_at, ended_at = excluded.ended_at,
         person_id = excluded.person_id, stranger_id = excluded.stranger_id, decided_by = excluded.decided_by,
         facts = excluded.facts, revision = excluded.revision`,
      [
        ...[row.id, row.camera, row.place, row.startedAt.getTime(), row.lastSeenAt.getTime()],
        ...[row.endedAt?.getTime() ?? null, row.personId, row.strangerId, row.decidedBy],
        JSON.stringify(row.facts),
      ],
    );
  }

  async setDeleted(id: string, at: Date | null): Promise<void> {
    await this.#touch();
    await this.#change(
      `UPDATE appearance SET deleted_at = $3, revision = ${REVISION} WHERE gallery_seq = $1 AND id = $2`,
      [id, at?.getTime() ?? null],
    );
  }

  async insertFace(face: AppearanceFaceRow): Promise<void> {
    await this.#touch();
    await this.#change(
      `INSERT INTO appearance_face (id, appearance_seq, taken_at, quality, facts, embedding, model, picture)
       VALUES ($2, (SELECT seq FROM appearance WHERE gallery_seq = $1 AND id = $3), $4, $5, $6, $7, $8, $9)`,
      [
        ...[face.id, face.appearanceId, face.takenAt.getTime(), face.quality],
        ...[face.facts && JSON.stringify(face.facts), bytesFromEmbedding(face.embedding), face.model],
        face.picture,
      ],
    );
  }

  async deleteFaces(ids: readonly string[]): Promise<void> {
    await this.#touch();
    this.#deletes = true;
    for (const { marks, values } of chunks(ids, 1))
      await this.#change(
        `DELETE FROM appearance_face WHERE id IN (${marks})
         AND appearance_seq IN (SELECT seq FROM appearance WHERE gallery_seq = $1)`,
        values,
      );
  }

  async putStranger({ id, createdAt, isIgnored, mergedInto }: StrangerRow): Promise<void> {
    await this.#touch();
    await this.#change(
      `INSERT INTO stranger (gallery_seq, id, created_at, is_ignored, merged_into, revision)
       VALUES ($1, $2, $3, $4, $5, ${REVISION}) ON CONFLICT (gallery_seq, id) DO UPDATE SET
         is_ignored = excluded.is_ignored, merged_into = excluded.merged_into, revision = excluded.revision`,
      [id, createdAt.getTime(), isIgnored ? 1 : 0, mergedInto],
    );
  }

  async addApart(pair: readonly [string, string]): Promise<void> {
    await this.#change(
      'INSERT INTO stranger_apart (gallery_seq, one, other) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING',
      inOrder(pair),
    );
  }

  async removeApart(pair: readonly [string, string]): Promise<void> {
    await this.#change(
      'DELETE FROM stranger_apart WHERE gallery_seq = $1 AND one = $2 AND other = $3',
      inOrder(pair),
    );
  }

  async setPersonIgnored(personId: string, isIgnored: boolean): Promise<void> {
    await this.#touch();
    await this.#change(
      isIgnored
        ? 'INSERT INTO ignored_person (gallery_seq, person_id) VALUES ($1, $2) ON CONFLICT DO NOTHING'
        : 'DELETE FROM ignored_person WHERE gallery_seq = $1 AND person_id = $2',
      [personId],
    );
  }

  async putDecision(row: DecisionRow): Promise<void> {
    await this.#change(
      `INSERT INTO decision (gallery_seq, id, at, kind, is_automatic, person_id, undone_at, changes)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (gallery_seq, id) DO UPDATE
       SET person_id = excluded.person_id, undone_at = excluded.undone_at, changes = excluded.changes`,
      [
        ...[row.id, row.at.getTime(), row.kind, row.isAutomatic ? 1 : 0, row.personId],
        ...[row.undoneAt?.getTime() ?? null, JSON.stringify(row.changes)],
      ],
    );
  }

  async deleteDecision(id: string): Promise<void> {
    await this.#change('DELETE FROM decision WHERE gallery_seq = $1 AND id = $2', [id]);
  }

  async prune(limits: PruneLimits): Promise<{ readonly appearances: number; readonly pictures: number }> {
    await this.#touch();
    const pictures = await this.#change(
      `UPDATE appearance_face SET picture = NULL WHERE picture IS NOT NULL AND taken_at < $2
       AND appearance_seq IN (SELECT seq FROM appearance WHERE gallery_seq = $1)`,
      [limits.picturesBefore.getTime()],
    );
    // One that nobody ended, as of a camera that is no more, goes too.
    let appearances = await this.#change(
      `DELETE FROM appearance WHERE gallery_seq = $1
         AND (last_seen_at < $2 OR (deleted_at < $3 AND (ended_at IS NOT NULL OR last_seen_at < $3)))`,
      [limits.appearancesBefore.getTime(), limits.deletedBefore.getTime()],
    );
    appearances += await this.#change(
      `DELETE FROM appearance WHERE gallery_seq = $1 AND ended_at IS NOT NULL AND stranger_id IN (SELECT stranger_id
         FROM appearance WHERE gallery_seq = $1 AND stranger_id IS NOT NULL GROUP BY stranger_id
         ORDER BY max(last_seen_at) DESC, stranger_id LIMIT 1000000000 OFFSET $2)`,
      [limits.maxStrangers],
    );
    await this.#change('DELETE FROM decision WHERE gallery_seq = $1 AND at < $2', [
      limits.decisionsBefore.getTime(),
    ]);
    // An id that is in no appearance any more means nothing; whom it was merged into may still be asked for by it.
    await this.#change(
      `DELETE FROM stranger WHERE gallery_seq = $1 AND created_at < $2 AND NOT EXISTS (SELECT 1 FROM appearance
         WHERE gallery_seq = $1 AND stranger_id = coalesce(stranger.merged_into, stranger.id))`,
      [limits.deletedBefore.getTime()],
    );
    await this.#change(
      `DELETE FROM stranger_apart WHERE gallery_seq = $1 AND (
         NOT EXISTS (SELECT 1 FROM stranger WHERE gallery_seq = $1 AND id = one)
         OR NOT EXISTS (SELECT 1 FROM stranger WHERE gallery_seq = $1 AND id = other))`,
    );
    const events = await this.#change(
      `DELETE FROM watch_event WHERE gallery_seq = $1 AND at < $2
         AND seq <= coalesce((SELECT min(seq) FROM teller WHERE gallery_seq = $1), seq)`,
      [limits.eventsBefore.getTime()],
    );
    this.#deletes ||= appearances + pictures + events > 0;
    return { appearances, pictures };
  }

  #change(sql: string, values: readonly RowValue[] = []): Promise<number> {
    return this.#session.run(sql, [this.dialect.gallery, ...values]);
  }

  async #touch(): Promise<void> {
    if (this.#isTouched) return;
    this.#isTouched = true;
    await this.#change(
      `INSERT INTO home_revision (gallery_seq, revision) VALUES ($1, 1)
       ON CONFLICT (gallery_seq) DO UPDATE SET revision = home_revision.revision + 1`,
    );
  }
}

function inOrder([a, b]: readonly [string, string]): readonly [string, string] {
  return a < b ? [a, b] : [b, a];
}
