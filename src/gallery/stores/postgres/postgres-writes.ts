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
import { CHANGE_CHANNEL } from './change-listener.ts';
import { insertFaces, insertNegatives, replaceEmbeddings } from './face-rows.ts';
import { deleteMerged, insertMerge, moveMerged, moveRows, restoreMerge } from './merge-rows.ts';
import { findPerson, type GalleryScope, insertPeople, updatePerson } from './person-rows.ts';
import { PostgresRows } from './postgres-rows.ts';
import { damagedRows, textIn, wholeIn } from './row-values.ts';
import { type SettledGallery, writeSettings } from './settle-gallery.ts';

/** What a transaction can do with a gallery in PostgreSQL. */
export class PostgresWrites extends PostgresRows implements GalleryWrites {
  readonly #scope: GalleryScope;
  #settings: SettledGallery;

  constructor(scope: GalleryScope, settings: SettledGallery) {
    super();
    this.#scope = scope;
    this.#settings = settings;
  }

  /** What the gallery is made for once the transaction is over. */
  get settings(): SettledGallery {
    return this.#settings;
  }

  async insertPeople(rows: readonly PersonRow[]): Promise<readonly StoredPerson[]> {
    return insertPeople(this.#scope, rows);
  }

  async updatePerson(
    seq: number,
    changes: Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>>,
  ): Promise<StoredPerson> {
    await updatePerson(this.#scope, seq, changes);
    const person = await findPerson(this.#scope, { seq }, null);
    if (person === null) throw damagedRows('a person is gone in the middle of a change');
    return person;
  }

  async deletePerson(seq: number): Promise<void> {
    await this.#deleteFrom('person', seq);
  }

  async insertFaces(rows: readonly FaceRow[]): Promise<readonly Stored<Face>[]> {
    const { id: embedderId, sha256 } = this.#settings.embedder;
    const seqs = await insertFaces(this.#scope, rows, this.#settings.embedderSeq);
    const personIds = await this.#personIds(rows);
    return rows.map(({ id, personSeq, quality, source, thumbnail, createdAt }, i) => ({
      ...{ seq: seqs[i]!, id, personId: personIds.get(personSeq)!, quality, source, createdAt },
      ...{ embedder: { id: embedderId, sha256 }, hasThumbnail: thumbnail !== null },
    }));
  }

  async deleteFace(seq: number): Promise<void> {
    await this.#deleteFrom('face', seq);
  }

  async insertNegatives(rows: readonly NegativeRow[]): Promise<readonly Stored<NegativeExample>[]> {
    const seqs = await insertNegatives(this.#scope, rows);
    const personIds = await this.#personIds(rows);
    return rows.map(({ id, personSeq, source, createdAt }, i) => ({
      ...{ seq: seqs[i]!, id, personId: personIds.get(personSeq)!, source, createdAt },
    }));
  }

  async deleteNegative(id: string): Promise<boolean> {
    const { session, gallery } = this.#scope;
    return (await session.run('DELETE FROM negative WHERE gallery_seq = $1 AND id = $2', [gallery, id])) > 0;
  }

  async moveRows(fromSeq: number, toSeq: number): Promise<number> {
    return moveRows(this.#scope, fromSeq, toSeq);
  }

  async insertMerge(row: MergeRow, personSeq: number): Promise<void> {
    await insertMerge(this.#scope, row, personSeq);
  }

  async restoreMerge(row: MergeRow, moved: MergedRows): Promise<void> {
    await restoreMerge(this.#scope, row, moved);
  }

  async moveMerged(mergeSeq: number, toSeq: number): Promise<void> {
    await moveMerged(this.#scope, mergeSeq, toSeq);
  }

  async deleteMerged(mergeSeq: number): Promise<void> {
    await deleteMerged(this.#scope, mergeSeq);
  }

  async deleteMerge(seq: number): Promise<void> {
    await this.#deleteFrom('merge', seq);
  }

  async setNote(key: string, value: string | null): Promise<void> {
    const { session, gallery } = this.#scope;
    if (value === null) {
      await session.run('DELETE FROM setting WHERE gallery_seq = $1 AND key = $2', [gallery, key]);
      return;
    }
    await session.run(
      `INSERT INTO setting (gallery_seq, key, value) VALUES ($1, $2, $3)
       ON CONFLICT (gallery_seq, key) DO UPDATE SET value = excluded.value`,
      [gallery, key, value],
    );
  }

  async adoptModels(settings: GallerySettings, embeddingOf: NewEmbeddingOf): Promise<void> {
    const { gallerySeq } = this.#settings;
    // The table of an index is for embeddings of one length; whoever opens the gallery next makes it anew.
    await this.#scope.session.run('DELETE FROM vector_index WHERE gallery_seq = $1', [gallerySeq]);
    const embedderSeq = await writeSettings(this.#scope.session, gallerySeq, settings);
    await this.#scope.session.run('DELETE FROM new_embedding WHERE gallery_seq = $1', [gallerySeq]);
    await replaceEmbeddings(this.#scope, 'face', embeddingOf);
    await replaceEmbeddings(this.#scope, 'negative', embeddingOf);
    await this.#scope.session.run('UPDATE face SET embedder_seq = $2 WHERE gallery_seq = $1', [
      gallerySeq,
      embedderSeq,
    ]);
    // Of an empty gallery no row changes, and all who have it open are to hear of it all the same.
    await this.#scope.session.run('INSERT INTO change (gallery_seq) VALUES ($1)', [gallerySeq]);
    await this.#scope.session.query(`SELECT pg_notify('${CHANGE_CHANNEL}', $1)::text AS done`, [
      String(gallerySeq),
    ]);
    this.#settings = { ...settings, gallerySeq, embedderSeq };
  }

  protected scope(): GalleryScope {
    return this.#scope;
  }

  async #deleteFrom(table: 'person' | 'face' | 'merge', seq: number): Promise<void> {
    const { session, gallery } = this.#scope;
    await session.run(`DELETE FROM ${table} WHERE gallery_seq = $1 AND seq = $2`, [gallery, seq]);
  }

  async #personIds(rows: readonly { readonly personSeq: number }[]): Promise<ReadonlyMap<number, string>> {
    if (rows.length === 0) return new Map();
    const { session, gallery } = this.#scope;
    const seqs = [...new Set(rows.map(({ personSeq }) => personSeq))];
    const found = await session.query(
      'SELECT seq, id FROM person WHERE gallery_seq = $1 AND seq = ANY($2::bigint[])',
      [gallery, seqs],
    );
    return new Map(found.map((row) => [wholeIn(row, 'seq'), textIn(row, 'id')]));
  }
}
