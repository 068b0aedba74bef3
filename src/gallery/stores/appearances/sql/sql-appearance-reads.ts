import { chunks } from '../../sql-chunks.ts';
import type { RowValue, SqlDialect, SqlRow, SqlRows } from '../../sql-rows.ts';
import type {
  AppearanceQuery,
  AppearanceReads,
  DecisionRow,
  KeptEvent,
  StoredAppearance,
  StoredAppearanceFace,
  StoredStranger,
  StrangerRow,
  TellerCursor,
} from '../appearance-store.ts';
import { appearanceReader } from './read-rows.ts';

const FACE = `SELECT face.id, appearance.id AS appearance_id, face.taken_at, face.quality, face.facts, face.embedding,
  face.model, CASE WHEN face.picture IS NULL THEN 0 ELSE 1 END AS has_picture, appearance.stranger_id
  FROM appearance_face AS face JOIN appearance ON appearance.seq = face.appearance_seq`;
const SHOWN = 'appearance.gallery_seq = $1 AND appearance.deleted_at IS NULL';
const STRANGER = 'SELECT stranger.id, stranger.created_at, stranger.is_ignored, stranger.merged_into';
const DECISION = 'SELECT id, at, kind, is_automatic, person_id, undone_at, changes FROM decision';

/** What is read of appearances and what belongs to them, in either database. */
export abstract class SqlAppearanceReads implements AppearanceReads {
  protected readonly dialect: SqlDialect;
  readonly #read: ReturnType<typeof appearanceReader>;

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
    this.#read = appearanceReader(dialect.damaged);
  }

  /** Where statements run now. @throws FaceTriggerError `ERR_DISPOSED` */
  protected abstract rows(): SqlRows;

  async eventsAfter(seq: number, limit: number): Promise<readonly KeptEvent[]> {
    const rows = await this.#all(
      `SELECT seq, id, at, type, appearance_id, person_id, body FROM watch_event
       WHERE gallery_seq = $1 AND seq > $2 ORDER BY seq LIMIT $3`,
      [seq, limit],
    );
    return rows.map(this.#read.eventIn);
  }

  async lastEvent(): Promise<number> {
    const [row] = await this.#all(
      `SELECT greatest_seq AS seq FROM (SELECT coalesce(max(seq), 0) AS greatest_seq FROM
         (SELECT seq FROM watch_event WHERE gallery_seq = $1
          UNION ALL SELECT seq FROM teller WHERE gallery_seq = $1) AS numbers) AS newest`,
    );
    return this.#read.wholeIn(row!, 'seq');
  }

  async tellers(): Promise<readonly TellerCursor[]> {
    const rows = await this.#all('SELECT name, seq FROM teller WHERE gallery_seq = $1 ORDER BY name');
    return rows.map((row) => ({
      name: this.#read.textIn(row, 'name'),
      seq: this.#read.wholeIn(row, 'seq'),
    }));
  }

  async findAppearance(id: string, withDeleted = false): Promise<StoredAppearance | null> {
    const [row] = await this.#appearances('appearance.id = $3', [id], { withDeleted });
    return row ?? null;
  }

  async listAppearances(query: AppearanceQuery): Promise<readonly StoredAppearance[]> {
    const conditions: string[] = [];
    const values: RowValue[] = [];
    const keep = (condition: string, value: RowValue | undefined): void => {
      if (value === undefined) return;
      values.push(value);
      conditions.push(condition.replace('?', `$${values.length + 2}`));
    };
    keep('appearance.seq < ?', query.before);
    keep('appearance.person_id = ?', query.personId);
    keep('appearance.stranger_id = ?', query.strangerId);
    keep('appearance.camera = ?', query.camera);
    keep('appearance.place = ?', query.place);
    keep('appearance.last_seen_at >= ?', query.from?.getTime());
    keep('appearance.started_at < ?', query.to?.getTime());
    if (query.strangersOnly)
      conditions.push('appearance.person_id IS NULL AND appearance.stranger_id IS NOT NULL');
    if (query.open) conditions.push('appearance.ended_at IS NULL');
    if (query.ignored !== undefined) {
      const is = '(ignored_person.person_id IS NOT NULL OR coalesce(stranger.is_ignored, 0) = 1)';
      conditions.push(query.ignored ? is : `NOT ${is}`);
    }
    values.push(query.limit);
    return this.#appearances(conditions.join(' AND ') || '1 = 1', values, {
      order: `ORDER BY appearance.seq DESC LIMIT $${values.length + 2}`,
    });
  }

  appearancesOf(strangerId: string): Promise<readonly StoredAppearance[]> {
    return this.#appearances('appearance.stranger_id = $3', [strangerId], {
      order: 'ORDER BY appearance.seq DESC',
    });
  }

  async facesOf(appearanceIds: readonly string[]): Promise<readonly StoredAppearanceFace[]> {
    const found: StoredAppearanceFace[] = [];
    for (const { marks, values } of chunks(appearanceIds, 1)) {
      const rows = await this.#all(
        `${FACE} WHERE ${SHOWN} AND appearance.id IN (${marks}) ORDER BY face.quality DESC, face.seq`,
        values,
      );
      found.push(...rows.map(this.#read.faceIn));
    }
    return found.sort((a, b) => b.quality - a.quality);
  }

  async facesOfStrangers(
    perStranger: number,
    strangerIds?: readonly string[],
  ): Promise<readonly (StoredAppearanceFace & { readonly strangerId: string })[]> {
    const found: (StoredAppearanceFace & { strangerId: string })[] = [];
    const ranked = (condition: string) =>
      `SELECT * FROM (SELECT ranked.*, row_number() OVER (PARTITION BY stranger_id ORDER BY quality DESC, id) AS place
         FROM (${FACE} WHERE ${SHOWN} AND ${condition}) AS ranked) AS placed WHERE place <= $2 ORDER BY stranger_id, place`;
    const take = (rows: readonly SqlRow[]): void => {
      for (const row of rows)
        found.push({ ...this.#read.faceIn(row), strangerId: this.#read.textIn(row, 'stranger_id') });
    };
    if (strangerIds === undefined)
      take(await this.#all(ranked('appearance.stranger_id IS NOT NULL'), [perStranger]));
    else
      for (const { marks, values } of chunks(strangerIds, 2))
        take(await this.#all(ranked(`appearance.stranger_id IN (${marks})`), [perStranger, ...values]));
    return found;
  }

  async findPicture(faceId: string): Promise<{ readonly picture: Uint8Array | null } | null> {
    const [row] = await this.#all(
      `SELECT picture FROM appearance_face AS face JOIN appearance ON appearance.seq = face.appearance_seq
       WHERE ${SHOWN} AND face.id = $2`,
      [faceId],
    );
    return row ? { picture: this.#read.bytesOrNullIn(row, 'picture') } : null;
  }

  async findStranger(id: string): Promise<StoredStranger | null> {
    const [stranger] = await this.#strangers('stranger.id = $2', [id], '');
    return stranger ?? null;
  }

  async strangerRow(id: string): Promise<StrangerRow | null> {
    const [row] = await this.#all(`${STRANGER} FROM stranger WHERE gallery_seq = $1 AND id = $2`, [id]);
    return row ? this.#read.strangerIn(row) : null;
  }

  listStrangers({
    limit,
    offset,
    ignored,
  }: {
    readonly limit: number;
    readonly offset: number;
    readonly ignored?: boolean | undefined;
  }): Promise<readonly StoredStranger[]> {
    const condition = ignored === undefined ? '1 = 1' : `stranger.is_ignored = ${ignored ? 1 : 0}`;
    return this.#strangers(condition, [limit, offset], 'LIMIT $2 OFFSET $3');
  }

  async strangersSince(revision: number): Promise<readonly StrangerRow[]> {
    const rows = await this.#all(
      `${STRANGER} FROM stranger WHERE gallery_seq = $1 AND (revision > $2 OR EXISTS (SELECT 1 FROM appearance
         WHERE appearance.gallery_seq = $1 AND stranger_id = stranger.id AND appearance.revision > $2))`,
      [revision],
    );
    return rows.map(this.#read.strangerIn);
  }

  async apart(): Promise<readonly (readonly [string, string])[]> {
    const rows = await this.#all('SELECT one, other FROM stranger_apart WHERE gallery_seq = $1');
    return rows.map((row) => [this.#read.textIn(row, 'one'), this.#read.textIn(row, 'other')] as const);
  }

  async ignoredPeople(): Promise<readonly { readonly id: string; readonly name: string }[]> {
    const rows = await this.#all(
      `SELECT person.id, person.name FROM ignored_person JOIN person ON person.id = ignored_person.person_id
       WHERE ignored_person.gallery_seq = $1 AND ${this.dialect.ownPeople} ORDER BY person.name`,
    );
    return rows.map((row) => ({ id: this.#read.textIn(row, 'id'), name: this.#read.textIn(row, 'name') }));
  }

  async findDecision(id: string): Promise<DecisionRow | null> {
    const [row] = await this.#all(`${DECISION} WHERE gallery_seq = $1 AND id = $2`, [id]);
    return row ? this.#read.decisionIn(row) : null;
  }

  async listDecisions(limit: number): Promise<readonly DecisionRow[]> {
    const rows = await this.#all(`${DECISION} WHERE gallery_seq = $1 ORDER BY seq DESC LIMIT $2`, [limit]);
    return rows.map(this.#read.decisionIn);
  }

  async personIds(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const { marks, values } of chunks([...new Set(names)], 0)) {
      const rows = await this.rows().query(
        `SELECT id, name FROM person WHERE ${this.dialect.ownPeople} AND name IN (${marks})`,
        values,
      );
      for (const row of rows) found.set(this.#read.textIn(row, 'name'), this.#read.textIn(row, 'id'));
    }
    return found;
  }

  async peopleByIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const { marks, values } of chunks([...new Set(ids)], 1)) {
      const rows = await this.rows().query(
        `SELECT id, name FROM person WHERE ${this.dialect.ownPeople} AND (expires_at IS NULL OR expires_at > $1)
         AND id IN (${marks})`,
        [Date.now(), ...values],
      );
      for (const row of rows) found.set(this.#read.textIn(row, 'id'), this.#read.textIn(row, 'name'));
    }
    return found;
  }

  async revision(): Promise<number> {
    const [row] = await this.#all('SELECT revision FROM home_revision WHERE gallery_seq = $1');
    return row ? this.#read.wholeIn(row, 'revision') : 0;
  }

  async galleryRevision(): Promise<string> {
    const [row] = await this.rows().query(this.dialect.galleryRevision);
    return String(row?.['revision'] ?? 0);
  }

  #all(sql: string, values: readonly RowValue[] = []): Promise<readonly SqlRow[]> {
    return this.rows().query(sql, [this.dialect.gallery, ...values]);
  }

  /** @param condition - its parameters begin at $3 */
  async #appearances(
    condition: string,
    values: readonly RowValue[],
    { order = '', withDeleted = false } = {},
  ): Promise<readonly StoredAppearance[]> {
    const rows = await this.#all(
      `SELECT appearance.seq, appearance.id, appearance.camera, appearance.place, appearance.started_at,
         appearance.last_seen_at, appearance.ended_at, appearance.person_id, appearance.stranger_id,
         appearance.decided_by, appearance.facts, person.name AS name,
         CASE WHEN ignored_person.person_id IS NOT NULL OR coalesce(stranger.is_ignored, 0) = 1 THEN 1 ELSE 0 END
           AS is_ignored,
         (SELECT count(*) FROM appearance_face WHERE appearance_seq = appearance.seq) AS faces
       FROM appearance
       LEFT JOIN person ON person.id = appearance.person_id AND ${this.dialect.ownPeople}
         AND (person.expires_at IS NULL OR person.expires_at > $2)
       LEFT JOIN ignored_person ON ignored_person.gallery_seq = $1 AND ignored_person.person_id = appearance.person_id
       LEFT JOIN stranger ON stranger.gallery_seq = $1 AND stranger.id = appearance.stranger_id
       WHERE appearance.gallery_seq = $1 ${withDeleted ? '' : 'AND appearance.deleted_at IS NULL'} AND ${condition} ${order}`,
      [Date.now(), ...values],
    );
    return rows.map(this.#read.appearanceIn);
  }

  /** @param condition - its parameters begin at $2 */
  async #strangers(
    condition: string,
    values: readonly RowValue[],
    page: string,
  ): Promise<readonly StoredStranger[]> {
    const rows = await this.#all(
      `${STRANGER}, count(*) AS appearances, min(appearance.started_at) AS first_seen_at,
         max(appearance.last_seen_at) AS last_seen_at
       FROM stranger JOIN appearance ON appearance.gallery_seq = $1 AND appearance.stranger_id = stranger.id
         AND appearance.deleted_at IS NULL
       WHERE stranger.gallery_seq = $1 AND ${condition}
       GROUP BY stranger.id, stranger.created_at, stranger.is_ignored, stranger.merged_into
       ORDER BY max(appearance.last_seen_at) DESC, stranger.id ${page}`,
      values,
    );
    const cameras = new Map<string, string[]>();
    for (const { marks, values: ids } of chunks(
      rows.map((row) => this.#read.textIn(row, 'id')),
      1,
    )) {
      const seen = await this.#all(
        `SELECT DISTINCT stranger_id, camera FROM appearance WHERE ${SHOWN} AND stranger_id IN (${marks})
         ORDER BY stranger_id, camera`,
        ids,
      );
      for (const row of seen) {
        const id = this.#read.textIn(row, 'stranger_id');
        cameras.set(id, [...(cameras.get(id) ?? []), this.#read.textIn(row, 'camera')]);
      }
    }
    return rows.map((row) =>
      this.#read.storedStrangerIn(row, cameras.get(this.#read.textIn(row, 'id')) ?? []),
    );
  }
}
