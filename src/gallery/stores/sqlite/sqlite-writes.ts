import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import { bytesFromEmbedding } from '../../embedding-bytes.ts';
import type { Face, NegativeExample } from '../../gallery-types.ts';
import type {
  FaceRow,
  GallerySettings,
  GalleryWrites,
  MergedRows,
  MergeRow,
  NegativeRow,
  NewEmbeddingOf,
  PersonRow,
  Stored,
  StoredPerson,
} from '../gallery-store.ts';
import { insertFace, insertNegative } from './face-rows.ts';
import { deleteMerged, insertMerge, moveMerged, moveRows, restoreMerge } from './merge-rows.ts';
import { insertPerson, personBySeq, updatePerson } from './person-rows.ts';
import { textIn, wholeIn } from './row-values.ts';
import { readSettings, type SettledGallery, writeSettings } from './settle-gallery.ts';
import { SqliteRows } from './sqlite-rows.ts';

/** What a transaction can do with a SQLite file. */
export class SqliteWrites extends SqliteRows implements GalleryWrites {
  readonly #connection: SqliteConnection;
  #settings: SettledGallery;

  constructor(connection: SqliteConnection, settings: SettledGallery) {
    super();
    this.#connection = connection;
    this.#settings = settings;
  }

  /** What the gallery is made for once the transaction is over. */
  get settings(): SettledGallery {
    return this.#settings;
  }

  async insertPeople(rows: readonly PersonRow[]): Promise<readonly StoredPerson[]> {
    return rows.map((row) => ({ ...row, faces: 0, seq: insertPerson(this.#connection, row) }));
  }

  async updatePerson(
    seq: number,
    changes: Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>>,
  ): Promise<StoredPerson> {
    updatePerson(this.#connection, seq, changes);
    return personBySeq(this.#connection, seq);
  }

  async deletePerson(seq: number): Promise<void> {
    this.#connection.run('DELETE FROM person WHERE seq = ?', [seq]);
  }

  async insertFaces(rows: readonly FaceRow[]): Promise<readonly Stored<Face>[]> {
    const { embedder, embedderSeq } = this.#settings;
    const personId = this.#personIds();
    return rows.map((row) => ({
      seq: insertFace(this.#connection, row, embedderSeq),
      id: row.id,
      personId: personId(row.personSeq),
      embedder: { id: embedder.id, sha256: embedder.sha256 },
      quality: row.quality,
      source: row.source,
      hasThumbnail: row.thumbnail !== null,
      createdAt: row.createdAt,
    }));
  }

  async deleteFace(seq: number): Promise<void> {
    this.#connection.run('DELETE FROM face WHERE seq = ?', [seq]);
  }

  async insertNegatives(rows: readonly NegativeRow[]): Promise<readonly Stored<NegativeExample>[]> {
    const personId = this.#personIds();
    return rows.map((row) => ({
      seq: insertNegative(this.#connection, row),
      id: row.id,
      personId: personId(row.personSeq),
      source: row.source,
      createdAt: row.createdAt,
    }));
  }

  async deleteNegative(id: string): Promise<boolean> {
    return this.#connection.run('DELETE FROM negative WHERE id = ?', [id]).changes > 0;
  }

  async moveRows(fromSeq: number, toSeq: number): Promise<number> {
    return moveRows(this.#connection, fromSeq, toSeq);
  }

  async insertMerge(row: MergeRow, personSeq: number): Promise<void> {
    insertMerge(this.#connection, row, personSeq);
  }

  async restoreMerge(row: MergeRow, moved: MergedRows): Promise<void> {
    restoreMerge(this.#connection, row, moved);
  }

  async moveMerged(mergeSeq: number, toSeq: number): Promise<void> {
    moveMerged(this.#connection, mergeSeq, toSeq);
  }

  async deleteMerged(mergeSeq: number): Promise<void> {
    deleteMerged(this.#connection, mergeSeq);
  }

  async deleteMerge(seq: number): Promise<void> {
    this.#connection.run('DELETE FROM merge WHERE seq = ?', [seq]);
  }

  async setNote(key: string, value: string | null): Promise<void> {
    if (value === null) {
      this.#connection.run('DELETE FROM setting WHERE key = ?', [key]);
      return;
    }
    this.#connection.run('INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)', [key, value]);
  }

  async adoptModels(settings: GallerySettings, embeddingOf: NewEmbeddingOf): Promise<void> {
    const connection = this.#connection;
    writeSettings(connection, settings);
    const settled = readSettings(connection)!;
    const { embedderSeq } = settled;
    for (const kind of ['face', 'negative'] as const) {
      for (const row of connection.all(`SELECT seq, id FROM ${kind}`)) {
        const embedding = bytesFromEmbedding(embeddingOf({ kind, id: textIn(row, 'id') }));
        connection.run(`UPDATE ${kind} SET embedding = ? WHERE seq = ?`, [embedding, wholeIn(row, 'seq')]);
      }
    }
    connection.run('UPDATE face SET embedder_seq = ?', [embedderSeq]);
    connection.run('DELETE FROM embedder WHERE seq <> ?', [embedderSeq]);
    this.#settings = settled;
  }

  protected connection(): SqliteConnection {
    return this.#connection;
  }

  /** Ids of people by their numbers, each asked for once. */
  #personIds(): (seq: number) => string {
    const known = new Map<number, string>();
    return (seq) => {
      const id = known.get(seq) ?? personBySeq(this.#connection, seq).id;
      known.set(seq, id);
      return id;
    };
  }
}
