import { chunks } from '../../sql-chunks.ts';
import type { RowValue, SqlDialect, SqlRow, SqlRows } from '../../sql-rows.ts';
import type {
  JoinedFaceRow,
  PhotoDecisionKind,
  PhotoDecisionRow,
  PhotoFaceQuery,
  PhotoFailureRow,
  PhotoFileRow,
  PhotoGroupingRow,
  PhotoGroupRow,
  PhotoPersonRow,
  PhotoQuery,
  PhotoReads,
  PhotoStats,
  StoredPhoto,
  StoredPhotoFace,
} from '../photo-store.ts';
import { faceConditions, photoConditions } from './photo-conditions.ts';
import { photoReader } from './read-photo-rows.ts';

const PHOTO = `SELECT photo.seq, photo.id, photo.sha256, photo.kind, photo.width, photo.height, photo.duration_ms,
  photo.taken_at, photo.model, photo.scanned_at,
  (SELECT count(*) FROM photo_face WHERE photo_seq = photo.seq) AS faces FROM photo`;
const FACE = `SELECT face.seq, face.id, photo.id AS photo_id, face.frame_ms, face.box, face.landmarks, face.score,
  face.quality, face.facts, face.embedding, face.model, face.person_id, face.decided_by, face.not_person_ids,
  face.is_ignored, face.group_id, face.group_confidence,
  CASE WHEN thumbnail.face_seq IS NULL THEN 0 ELSE 1 END AS has_thumbnail
  FROM photo_face AS face JOIN photo ON photo.seq = face.photo_seq
  LEFT JOIN photo_thumbnail AS thumbnail ON thumbnail.face_seq = face.seq`;
const FAILURE = 'SELECT path, size, mtime_ms, code, message, at FROM photo_failure';
const DECISION = 'SELECT id, at, kind, person_id, undone_at, changes FROM photo_decision';

/** What is read of photos and what belongs to them, in either database. */
export abstract class SqlPhotoReads implements PhotoReads {
  protected readonly dialect: SqlDialect;
  readonly #read: ReturnType<typeof photoReader>;

  constructor(dialect: SqlDialect) {
    this.dialect = dialect;
    this.#read = photoReader(dialect.damaged);
  }

  /** Where statements run now. @throws FaceTriggerError `ERR_DISPOSED` */
  protected abstract rows(): SqlRows;

  files(paths: readonly string[]): Promise<ReadonlyMap<string, PhotoFileRow>> {
    const sql = `SELECT path, photo.id AS photo_id, size, mtime_ms FROM photo_file
      JOIN photo ON photo.seq = photo_seq WHERE photo_file.gallery_seq = $1 AND path`;
    return this.#byKey(sql, paths, (row) => {
      const file = this.#read.fileIn(row);
      return [file.path, file];
    });
  }

  failures(paths: readonly string[]): Promise<ReadonlyMap<string, PhotoFailureRow>> {
    return this.#byKey(`${FAILURE} WHERE gallery_seq = $1 AND path`, paths, (row) => {
      const failure = this.#read.failureIn(row);
      return [failure.path, failure];
    });
  }

  async listFailures({
    after = '',
    limit,
  }: {
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<readonly PhotoFailureRow[]> {
    const sql = `${FAILURE} WHERE gallery_seq = $1 AND path > $2 ORDER BY path LIMIT $3`;
    return (await this.#all(sql, [after, limit])).map(this.#read.failureIn);
  }

  async photos(ids: readonly string[]): Promise<ReadonlyMap<string, StoredPhoto>> {
    const found = new Map<string, StoredPhoto>();
    for (const { marks, values } of chunks(ids, 1)) {
      const rows = await this.#all(`${PHOTO} WHERE gallery_seq = $1 AND id IN (${marks})`, values);
      for (const photo of await this.#withPaths(rows)) found.set(photo.id, photo);
    }
    return found;
  }

  async photoIdOfContent(sha256: string): Promise<string | null> {
    const [row] = await this.#all('SELECT id FROM photo WHERE gallery_seq = $1 AND sha256 = $2', [sha256]);
    return row ? this.#read.textIn(row, 'id') : null;
  }

  async photoAt(path: string): Promise<StoredPhoto | null> {
    const rows = await this.#all(
      `${PHOTO} WHERE seq = (SELECT photo_seq FROM photo_file WHERE gallery_seq = $1 AND path = $2)`,
      [path],
    );
    return (await this.#withPaths(rows))[0] ?? null;
  }

  async listPhotos({ limit, offset = 0, ...query }: PhotoQuery): Promise<readonly StoredPhoto[]> {
    const { where, values } = photoConditions(query);
    const rows = await this.#all(
      `${PHOTO} WHERE ${where} ORDER BY CASE WHEN taken_at IS NULL THEN 1 ELSE 0 END, taken_at DESC, seq DESC
       LIMIT $${values.length + 2} OFFSET $${values.length + 3}`,
      [...values, limit, offset],
    );
    return this.#withPaths(rows);
  }

  async countPhotos(query: Omit<PhotoQuery, 'limit' | 'offset'>): Promise<number> {
    const { where, values } = photoConditions(query);
    const [row] = await this.#all(`SELECT count(*) AS n FROM photo WHERE ${where}`, values);
    return this.#read.wholeIn(row!, 'n');
  }

  faces(ids: readonly string[]): Promise<ReadonlyMap<string, StoredPhotoFace>> {
    return this.#byKey(`${FACE} WHERE face.gallery_seq = $1 AND face.id`, ids, (row) => {
      const face = this.#read.faceIn(row);
      return [face.id, face];
    });
  }

  async facesOf(photoIds: readonly string[]): Promise<readonly StoredPhotoFace[]> {
    const found: StoredPhotoFace[] = [];
    for (const { marks, values } of chunks(photoIds, 1)) {
      const sql = `${FACE} WHERE photo.gallery_seq = $1 AND photo.id IN (${marks}) ORDER BY face.seq`;
      found.push(...(await this.#all(sql, values)).map(this.#read.faceIn));
    }
    return found.sort((a, b) => a.seq - b.seq);
  }

  async listFaces({ limit, ...query }: PhotoFaceQuery): Promise<readonly StoredPhotoFace[]> {
    const { where, values } = faceConditions(query);
    const rows = await this.#all(`${FACE} WHERE ${where} ORDER BY face.seq LIMIT $${values.length + 2}`, [
      ...values,
      limit,
    ]);
    return rows.map(this.#read.faceIn);
  }

  async findThumbnail(faceId: string): Promise<{ readonly thumbnail: Uint8Array | null } | null> {
    const [row] = await this.#all(
      `SELECT picture FROM photo_face LEFT JOIN photo_thumbnail ON face_seq = photo_face.seq
       WHERE gallery_seq = $1 AND id = $2`,
      [faceId],
    );
    return row ? { thumbnail: this.#read.bytesOrNullIn(row, 'picture') } : null;
  }

  async listGroups({
    limit,
    offset = 0,
    named,
  }: {
    readonly limit: number;
    readonly offset?: number | undefined;
    readonly named?: boolean | undefined;
  }): Promise<readonly PhotoGroupRow[]> {
    const having = named === undefined ? '' : `HAVING max(person_id) IS ${named ? 'NOT NULL' : 'NULL'}`;
    const rows = await this.#all(
      `SELECT group_id, max(group_confidence) AS confidence, count(*) AS faces, count(DISTINCT photo_seq) AS photos,
         max(person_id) AS person_id FROM photo_face
       WHERE gallery_seq = $1 AND group_id IS NOT NULL AND is_ignored = 0
       GROUP BY group_id ${having} ORDER BY count(*) DESC, min(seq) LIMIT $2 OFFSET $3`,
      [limit, offset],
    );
    return rows.map(this.#read.groupIn);
  }

  async listJoined(): Promise<readonly JoinedFaceRow[]> {
    const rows = await this.#all(
      `SELECT id, photo_face.group_id, group_confidence, named.person_id FROM photo_face JOIN
         (SELECT group_id, max(person_id) AS person_id FROM photo_face WHERE gallery_seq = $1
          AND person_id IS NOT NULL AND group_id IS NOT NULL GROUP BY group_id) AS named
         ON named.group_id = photo_face.group_id
       WHERE gallery_seq = $1 AND photo_face.person_id IS NULL AND is_ignored = 0 ORDER BY seq`,
    );
    return rows.map(this.#read.joinedIn);
  }

  async listPeople({
    beside,
  }: {
    readonly beside?: string | undefined;
  } = {}): Promise<readonly PhotoPersonRow[]> {
    const besideThem = `AND photo_face.person_id <> $3 AND EXISTS
      (SELECT 1 FROM photo_face AS own WHERE own.photo_seq = photo_face.photo_seq AND own.person_id = $3)`;
    const rows = await this.rows().query(
      `SELECT person.id AS person_id, person.name, count(*) AS faces, count(DISTINCT photo.seq) AS photos,
         min(photo.taken_at) AS first_taken_at, max(photo.taken_at) AS last_taken_at
       FROM photo_face JOIN photo ON photo.seq = photo_face.photo_seq JOIN person ON person.id = photo_face.person_id
       WHERE photo_face.gallery_seq = $1 AND ${this.dialect.ownPeople} AND (expires_at IS NULL OR expires_at > $2)
       ${beside === undefined ? '' : besideThem}
       GROUP BY person.id, person.name ORDER BY count(*) DESC, person.name`,
      [this.dialect.gallery, Date.now(), ...(beside === undefined ? [] : [beside])],
    );
    return rows.map(this.#read.personIn);
  }

  async grouping(): Promise<PhotoGroupingRow | null> {
    const [row] = await this.#all(
      'SELECT state, suggestions, revision FROM photo_grouping WHERE gallery_seq = $1',
    );
    if (!row) return null;
    const { textIn, wholeIn } = this.#read;
    return {
      state: textIn(row, 'state'),
      suggestions: textIn(row, 'suggestions'),
      revision: wholeIn(row, 'revision'),
    };
  }

  async groupedRevision(): Promise<number | null> {
    const [row] = await this.#all('SELECT revision FROM photo_grouping WHERE gallery_seq = $1');
    return row ? this.#read.wholeIn(row, 'revision') : null;
  }

  async findDecision(id: string): Promise<PhotoDecisionRow | null> {
    const [row] = await this.#all(`${DECISION} WHERE gallery_seq = $1 AND id = $2`, [id]);
    return row ? this.#read.decisionIn(row) : null;
  }

  async pendingDecisions(): Promise<readonly PhotoDecisionRow[]> {
    // Most say nothing of the kind, and what they changed may be long: it is not parsed here for them.
    const sql = `${DECISION} WHERE gallery_seq = $1 AND changes LIKE '%"pending":"%' ORDER BY seq DESC`;
    const rows = (await this.#all(sql)).map(this.#read.decisionIn);
    return rows.filter(({ changes }) => changes.pending !== undefined);
  }

  async listDecisions(limit: number): Promise<readonly PhotoDecisionRow[]> {
    const rows = await this.#all(`${DECISION} WHERE gallery_seq = $1 ORDER BY seq DESC LIMIT $2`, [limit]);
    return rows.map(this.#read.decisionIn);
  }

  async standingDecisions(kinds: readonly PhotoDecisionKind[]): Promise<readonly PhotoDecisionRow[]> {
    const marks = kinds.map((_, i) => `$${i + 2}`).join(', ');
    const sql = `${DECISION} WHERE gallery_seq = $1 AND undone_at IS NULL AND kind IN (${marks}) ORDER BY seq`;
    return (await this.#all(sql, kinds)).map(this.#read.decisionIn);
  }

  async stats(): Promise<PhotoStats> {
    const one = async (sql: string): Promise<SqlRow> => (await this.#all(sql))[0]!;
    const files = await one(
      'SELECT count(*) AS files, CAST(coalesce(sum(size), 0) AS bigint) AS bytes FROM photo_file WHERE gallery_seq = $1',
    );
    const photos = await one(
      `SELECT count(*) AS photos, count(CASE WHEN kind = 'film' THEN 1 END) AS films,
         count(CASE WHEN kind = 'raw' THEN 1 END) AS raws, count(CASE WHEN NOT EXISTS
           (SELECT 1 FROM photo_file WHERE photo_seq = photo.seq) THEN 1 END) AS hidden
       FROM photo WHERE gallery_seq = $1`,
    );
    const faces = await one(
      `SELECT count(*) AS faces, count(person_id) AS named, count(CASE WHEN is_ignored = 1 THEN 1 END) AS ignored,
         count(CASE WHEN person_id IS NULL AND group_id IS NULL AND is_ignored = 0 THEN 1 END) AS alone
       FROM photo_face WHERE gallery_seq = $1`,
    );
    const groups = await one(
      `SELECT count(*) AS nameless_groups FROM (SELECT group_id FROM photo_face
       WHERE gallery_seq = $1 AND group_id IS NOT NULL AND is_ignored = 0
       GROUP BY group_id HAVING max(person_id) IS NULL) AS nameless`,
    );
    const failures = await one('SELECT count(*) AS failures FROM photo_failure WHERE gallery_seq = $1');
    const row = { ...files, ...photos, ...faces, ...groups, ...failures };
    const number = (column: string): number => this.#read.wholeIn(row, column);
    return {
      ...{ files: number('files'), photos: number('photos'), hidden: number('hidden') },
      ...{ films: number('films'), raws: number('raws'), faces: number('faces'), named: number('named') },
      ...{ alone: number('alone'), namelessGroups: number('nameless_groups') },
      ...{ ignored: number('ignored'), failures: number('failures'), bytes: number('bytes') },
    };
  }

  async personIds(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#people('name', names, ({ id, name }) => [name, id]);
  }

  async peopleByIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.#people('id', ids, ({ id, name }) => [id, name]);
  }

  async revision(): Promise<number> {
    const [row] = await this.#all('SELECT revision FROM photo_revision WHERE gallery_seq = $1');
    return row ? this.#read.wholeIn(row, 'revision') : 0;
  }

  async galleryRevision(): Promise<string> {
    const [row] = await this.rows().query(this.dialect.galleryRevision);
    return String(row?.['revision'] ?? 0);
  }

  #all(sql: string, values: readonly RowValue[] = []): Promise<readonly SqlRow[]> {
    return this.rows().query(sql, [this.dialect.gallery, ...values]);
  }

  /** @param sql - ends with the column that the keys are compared with */
  async #byKey<Value>(
    sql: string,
    keys: readonly string[],
    entryIn: (row: SqlRow) => readonly [string, Value],
  ): Promise<ReadonlyMap<string, Value>> {
    const found = new Map<string, Value>();
    for (const { marks, values } of chunks(keys, 1))
      for (const row of await this.#all(`${sql} IN (${marks})`, values)) found.set(...entryIn(row));
    return found;
  }

  async #people(
    column: 'id' | 'name',
    keys: readonly string[],
    entryOf: (person: { readonly id: string; readonly name: string }) => readonly [string, string],
  ): Promise<ReadonlyMap<string, string>> {
    const found = new Map<string, string>();
    for (const { marks, values } of chunks([...new Set(keys)], 1)) {
      const rows = await this.rows().query(
        `SELECT id, name FROM person WHERE ${this.dialect.ownPeople} AND (expires_at IS NULL OR expires_at > $1)
         AND ${column} IN (${marks})`,
        [Date.now(), ...values],
      );
      for (const row of rows)
        found.set(...entryOf({ id: this.#read.textIn(row, 'id'), name: this.#read.textIn(row, 'name') }));
    }
    return found;
  }

  async #withPaths(rows: readonly SqlRow[]): Promise<readonly StoredPhoto[]> {
    const paths = new Map<number, string[]>();
    const seqs = rows.map((row) => this.#read.wholeIn(row, 'seq'));
    for (const { marks, values } of chunks(seqs, 0)) {
      const sql = `SELECT photo_seq, path FROM photo_file WHERE photo_seq IN (${marks}) ORDER BY path`;
      for (const row of await this.rows().query(sql, values)) {
        const seq = this.#read.wholeIn(row, 'photo_seq');
        const path = this.#read.textIn(row, 'path');
        const known = paths.get(seq);
        if (known) known.push(path);
        else paths.set(seq, [path]);
      }
    }
    return rows.map((row, i) => this.#read.photoIn(row, paths.get(seqs[i]!) ?? []));
  }
}
