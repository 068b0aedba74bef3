import { FaceTriggerError } from '../../../core/errors.ts';
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
import { MemoryRows, toFace, toNegative } from './memory-rows.ts';
import type { LayeredTables } from './memory-tables.ts';

/** What a transaction can do with tables in memory. */
export class MemoryWrites extends MemoryRows implements GalleryWrites {
  settings: GallerySettings;
  readonly #tables: LayeredTables;
  readonly #nextSeq: () => number;

  /** @param nextSeq - gives numbers that were never used */
  constructor(tables: LayeredTables, settings: GallerySettings, nextSeq: () => number) {
    super();
    this.#tables = tables;
    this.settings = settings;
    this.#nextSeq = nextSeq;
  }

  async insertPeople(rows: readonly PersonRow[]): Promise<readonly StoredPerson[]> {
    const { people, personIds, personNames } = this.#tables;
    return rows.map((row) => {
      if (personIds.get(row.id) !== undefined || personNames.get(row.name) !== undefined) throw taken();
      const seq = this.#nextSeq();
      const { id, name, createdAt, expiresAt, consent } = row;
      people.set(seq, { id, name, createdAt, expiresAt, consent });
      personIds.set(id, seq);
      personNames.set(name, seq);
      return { seq, faces: 0, id, name, createdAt, expiresAt, consent };
    });
  }

  async updatePerson(
    seq: number,
    changes: Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>>,
  ): Promise<StoredPerson> {
    const { people, personNames } = this.#tables;
    const row = people.get(seq)!;
    const { name = row.name, expiresAt = row.expiresAt, consent = row.consent } = changes;
    if ((personNames.get(name) ?? seq) !== seq) throw taken();
    personNames.delete(row.name);
    personNames.set(name, seq);
    people.set(seq, { ...row, name, expiresAt, consent });
    return (await this.findPerson({ seq }, null))!;
  }

  async deletePerson(seq: number): Promise<void> {
    const { people, personIds, personNames, negatives, facesOf } = this.#tables;
    for (const face of facesOf.get(seq) ?? []) this.#deleteFace(face);
    for (const [negative, row] of negatives.entries()) {
      if (row.personSeq === seq) this.#deleteNegative(negative, row);
    }
    const { id, name } = people.get(seq)!;
    personIds.delete(id);
    personNames.delete(name);
    facesOf.delete(seq);
    people.delete(seq);
  }

  async insertFaces(rows: readonly FaceRow[]): Promise<readonly Stored<Face>[]> {
    const { people, faces, faceIds } = this.#tables;
    const added = new Map<number, number[]>();
    const inserted = rows.map((row) => {
      if (faceIds.get(row.id) !== undefined) throw taken();
      const seq = this.#nextSeq();
      const { embedding, thumbnail, personSeq } = row;
      faces.set(seq, { ...row, embedding: embedding.slice(), thumbnail: thumbnail?.slice() ?? null });
      faceIds.set(row.id, seq);
      const own = added.get(personSeq);
      if (own) own.push(seq);
      else added.set(personSeq, [seq]);
      return { seq, ...toFace(row, people.get(personSeq)!, this.settings) };
    });
    for (const [personSeq, seqs] of added) this.#own(personSeq, seqs);
    return inserted;
  }

  async deleteFace(seq: number): Promise<void> {
    this.#deleteFace(seq);
  }

  async insertNegatives(rows: readonly NegativeRow[]): Promise<readonly Stored<NegativeExample>[]> {
    const { people, negatives, negativeIds } = this.#tables;
    return rows.map((row) => {
      if (negativeIds.get(row.id) !== undefined) throw taken();
      const seq = this.#nextSeq();
      negatives.set(seq, { ...row, embedding: row.embedding.slice() });
      negativeIds.set(row.id, seq);
      return { seq, ...toNegative(row, people.get(row.personSeq)!, false) };
    });
  }

  async deleteNegative(id: string): Promise<boolean> {
    const { negatives, negativeIds } = this.#tables;
    const seq = negativeIds.get(id);
    if (seq === undefined) return false;
    this.#deleteNegative(seq, negatives.get(seq)!);
    return true;
  }

  async moveRows(fromSeq: number, toSeq: number): Promise<number> {
    const faces = this.#tables.facesOf.get(fromSeq) ?? [];
    this.#moveFaces(faces, toSeq);
    this.#moveNegatives(this.#negativesOf(fromSeq), toSeq);
    return faces.length;
  }

  async insertMerge(row: MergeRow, personSeq: number): Promise<void> {
    const { merges, facesOf } = this.#tables;
    const faces = facesOf.get(personSeq) ?? [];
    merges.set(this.#nextSeq(), { ...row, faces, negatives: this.#negativesOf(personSeq) });
  }

  async restoreMerge(row: MergeRow, moved: MergedRows): Promise<void> {
    const { merges, faceIds, negativeIds } = this.#tables;
    const faces = moved.faces.flatMap((id) => faceIds.get(id) ?? []);
    const negatives = moved.negatives.flatMap((id) => negativeIds.get(id) ?? []);
    merges.set(this.#nextSeq(), { ...row, faces, negatives });
  }

  async moveMerged(mergeSeq: number, toSeq: number): Promise<void> {
    const { faces, negatives } = this.#tables.merges.get(mergeSeq)!;
    this.#moveFaces(faces, toSeq);
    this.#moveNegatives(negatives, toSeq);
  }

  async deleteMerged(mergeSeq: number): Promise<void> {
    const { faces, negatives } = this.#tables.merges.get(mergeSeq)!;
    for (const face of faces) this.#deleteFace(face);
    for (const negative of negatives) {
      const row = this.#tables.negatives.get(negative);
      if (row) this.#deleteNegative(negative, row);
    }
  }

  async deleteMerge(seq: number): Promise<void> {
    this.#tables.merges.delete(seq);
  }

  async setNote(key: string, value: string | null): Promise<void> {
    if (value === null) this.#tables.notes.delete(key);
    else this.#tables.notes.set(key, value);
  }

  async adoptModels(settings: GallerySettings, embeddingOf: NewEmbeddingOf): Promise<void> {
    const { faces, negatives } = this.#tables;
    for (const [kind, table] of [
      ['face', faces],
      ['negative', negatives],
    ] as const) {
      const rows = [...table.entries()] as [number, FaceRow][];
      for (const [seq, row] of rows) {
        table.set(seq, { ...row, embedding: embeddingOf({ kind, id: row.id }).slice() });
      }
    }
    this.settings = settings;
  }

  protected tables(): LayeredTables {
    return this.#tables;
  }

  #own(person: number, faces: readonly number[]): void {
    const { facesOf } = this.#tables;
    const all = [...(facesOf.get(person) ?? []), ...faces];
    facesOf.set(
      person,
      all.sort((a, b) => a - b),
    );
  }

  #disown(person: number, face: number): void {
    const { facesOf } = this.#tables;
    facesOf.set(
      person,
      (facesOf.get(person) ?? []).filter((other) => other !== face),
    );
  }

  #deleteFace(seq: number): void {
    const { faces, faceIds } = this.#tables;
    const row = faces.get(seq);
    // Gone before, and still in the memory of a merge.
    if (!row) return;
    faces.delete(seq);
    faceIds.delete(row.id);
    this.#disown(row.personSeq, seq);
  }

  #deleteNegative(seq: number, { id }: NegativeRow): void {
    this.#tables.negatives.delete(seq);
    this.#tables.negativeIds.delete(id);
  }

  #negativesOf(person: number): readonly number[] {
    return [...this.#tables.negatives.entries()]
      .filter(([, { personSeq }]) => personSeq === person)
      .map(([seq]) => seq);
  }

  #moveFaces(seqs: readonly number[], to: number): void {
    const { faces } = this.#tables;
    const moved = seqs.filter((seq) => faces.get(seq) !== undefined);
    for (const seq of moved) {
      const row = faces.get(seq)!;
      this.#disown(row.personSeq, seq);
      faces.set(seq, { ...row, personSeq: to });
    }
    this.#own(to, moved);
  }

  #moveNegatives(seqs: readonly number[], to: number): void {
    const { negatives } = this.#tables;
    for (const seq of seqs) {
      const row = negatives.get(seq);
      if (row) negatives.set(seq, { ...row, personSeq: to });
    }
  }
}

function taken(): FaceTriggerError {
  return new FaceTriggerError('ERR_CONFLICT', 'A row of this id or name is there already');
}
