import type { Face, NegativeExample } from '../../gallery-types.ts';
import type {
  FaceOwner,
  FaceRow,
  GalleryReads,
  GallerySettings,
  LivingAt,
  MergedRows,
  MergeKey,
  MergeRow,
  NegativeRow,
  OwnedPage,
  PersonKey,
  PersonRow,
  RowPage,
  Stored,
  StoredPerson,
} from '../gallery-store.ts';
import type { ReadableTables } from './memory-tables.ts';

/** The reads of tables in memory. */
export abstract class MemoryRows implements GalleryReads {
  abstract readonly settings: GallerySettings;
  /** The tables to read. @throws FaceTriggerError `ERR_DISPOSED` */
  protected abstract tables(): ReadableTables;

  async findPerson(by: PersonKey, livingAt: LivingAt): Promise<StoredPerson | null> {
    const { personIds, personNames } = this.tables();
    const seq = 'id' in by ? personIds.get(by.id) : 'name' in by ? personNames.get(by.name) : by.seq;
    return seq === undefined ? null : this.#person(seq, livingAt);
  }

  async peopleOf(
    { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] },
    livingAt: LivingAt,
  ): Promise<readonly StoredPerson[]> {
    const { personIds, personNames } = this.tables();
    const seqs = [...ids.map((id) => personIds.get(id)), ...names.map((name) => personNames.get(name))];
    return [...new Set(seqs)].flatMap((seq) => {
      const person = seq === undefined ? null : this.#person(seq, livingAt);
      return person ? [person] : [];
    });
  }

  async listPeople({
    query = '',
    ...page
  }: RowPage & { readonly query?: string | undefined }): Promise<readonly StoredPerson[]> {
    const wanted = lowerCase(query);
    return cut(this.tables().people.entries(), page, (seq, { name }) =>
      lowerCase(name).includes(wanted) ? this.#person(seq, page.livingAt) : null,
    );
  }

  async expiredPeople(at: number): Promise<readonly StoredPerson[]> {
    const people = [...this.tables().people.entries()].filter(([, person]) => !isAlive(person, at));
    return people.map(([seq]) => this.#person(seq, null)!);
  }

  async findFace(id: string, livingAt: LivingAt): Promise<Stored<Face> | null> {
    const seq = this.tables().faceIds.get(id);
    return seq === undefined ? null : this.#face(seq, { livingAt, withEmbeddings: true });
  }

  async findThumbnail(
    faceId: string,
    livingAt: LivingAt,
  ): Promise<{ readonly thumbnail: Uint8Array | null } | null> {
    const { faceIds, faces } = this.tables();
    const face = faces.get(faceIds.get(faceId) ?? 0);
    if (!face || !this.#owner(face, livingAt)) return null;
    return { thumbnail: face.thumbnail?.slice() ?? null };
  }

  async listFaces(page: OwnedPage): Promise<readonly Stored<Face>[]> {
    return cut(this.tables().faces.entries(), page, (seq) => this.#face(seq, page));
  }

  async listNegatives(page: OwnedPage): Promise<readonly Stored<NegativeExample>[]> {
    return cut(this.tables().negatives.entries(), page, (seq, row) => {
      const owner = this.#owner(row, page.livingAt);
      return owner && isOf(row, page) ? { seq, ...toNegative(row, owner, page.withEmbeddings) } : null;
    });
  }

  async ownersOf(faces: readonly number[], livingAt: LivingAt): Promise<readonly (FaceOwner | null)[]> {
    const tables = this.tables();
    return faces.map((seq) => {
      const face = tables.faces.get(seq);
      const owner = face && this.#owner(face, livingAt);
      if (!face || !owner) return null;
      const { id, name } = owner;
      return { face: { id: face.id, source: face.source }, person: { id, name } };
    });
  }

  async knownIds(kind: 'face' | 'negative', ids: readonly string[]): Promise<ReadonlySet<string>> {
    const { faceIds, negativeIds } = this.tables();
    const known = kind === 'face' ? faceIds : negativeIds;
    return new Set(ids.filter((id) => known.get(id) !== undefined));
  }

  async haveEmbeddings(
    wanted: readonly Pick<FaceRow, 'personSeq' | 'embedding'>[],
  ): Promise<readonly boolean[]> {
    const { facesOf, faces } = this.tables();
    return wanted.map(({ personSeq, embedding }) =>
      (facesOf.get(personSeq) ?? []).some((seq) => isEqual(faces.get(seq)!.embedding, embedding)),
    );
  }

  async findMerges(by: MergeKey): Promise<readonly Stored<MergeRow>[]> {
    const isWanted = ({ id, intoId, person }: MergeRow): boolean => {
      if ('id' in by) return id === by.id;
      return 'intoId' in by ? intoId === by.intoId : !isAlive(person, by.expiredAt);
    };
    const merges = [...this.tables().merges.entries()].filter(([, merge]) => isWanted(merge));
    return merges.map(([seq, { id, person, intoId, mergedAt }]) => ({ seq, id, person, intoId, mergedAt }));
  }

  async listMerges({
    after,
    limit,
  }: Pick<RowPage, 'after' | 'limit'>): Promise<readonly (Stored<MergeRow> & MergedRows)[]> {
    const { merges, faces, negatives } = this.tables();
    const page = [...merges.entries()].filter(([seq]) => seq > after).slice(0, limit);
    return page.map(([seq, merge]) => ({
      ...{ ...merge, seq },
      faces: merge.faces.flatMap((face) => faces.get(face)?.id ?? []),
      negatives: merge.negatives.flatMap((negative) => negatives.get(negative)?.id ?? []),
    }));
  }

  async count(): Promise<{ readonly people: number; readonly faces: number; readonly negatives: number }> {
    const { people, faces, negatives } = this.tables();
    const count = (rows: Iterable<unknown>): number => {
      let sum = 0;
      for (const _ of rows) sum++;
      return sum;
    };
    return {
      people: count(people.entries()),
      faces: count(faces.entries()),
      negatives: count(negatives.entries()),
    };
  }

  async note(key: string): Promise<string | null> {
    return this.tables().notes.get(key) ?? null;
  }

  #person(seq: number, livingAt: LivingAt): StoredPerson | null {
    const { people, facesOf } = this.tables();
    const row = people.get(seq);
    if (!row || !isAlive(row, livingAt)) return null;
    return { seq, ...row, faces: facesOf.get(seq)?.length ?? 0 };
  }

  #owner({ personSeq }: NegativeRow, livingAt: LivingAt): PersonRow | null {
    const person = this.tables().people.get(personSeq);
    return person && isAlive(person, livingAt) ? person : null;
  }

  #face(
    seq: number,
    options: Pick<OwnedPage, 'livingAt' | 'personSeq' | 'withEmbeddings'>,
  ): Stored<Face> | null {
    const row = this.tables().faces.get(seq);
    const owner = row && isOf(row, options) ? this.#owner(row, options.livingAt) : null;
    if (!row || !owner) return null;
    return { seq, ...toFace(row, owner, this.settings), ...(options.withEmbeddings && copied(row)) };
  }
}

/** A face as callers get it, without its embedding. */
export function toFace(row: FaceRow, owner: PersonRow, { embedder }: GallerySettings): Face {
  return {
    ...toNegative(row, owner, false),
    embedder: { id: embedder.id, sha256: embedder.sha256 },
    quality: row.quality,
    hasThumbnail: row.thumbnail !== null,
  };
}

/** A negative example as callers get it. */
export function toNegative(
  row: NegativeRow,
  owner: PersonRow,
  withEmbeddings: boolean | undefined,
): NegativeExample {
  const { id, source, createdAt } = row;
  return { id, personId: owner.id, source, createdAt, ...(withEmbeddings && copied(row)) };
}

// What is given away may be changed by whoever has it.
function copied({ embedding }: NegativeRow): { readonly embedding: Float32Array } {
  return { embedding: embedding.slice() };
}

function isOf({ personSeq }: NegativeRow, page: Pick<OwnedPage, 'personSeq'>): boolean {
  return page.personSeq === undefined || page.personSeq === personSeq;
}

function isAlive({ expiresAt }: PersonRow, at: LivingAt): boolean {
  return at === null || expiresAt === null || expiresAt.getTime() > at;
}

function isEqual(a: Float32Array, b: Float32Array): boolean {
  return a.every((value, i) => value === b[i]);
}

/** As SQLite's lower(): the alphabet of ASCII only. */
function lowerCase(text: string): string {
  return text.replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}

function cut<Row, Item>(
  rows: Iterable<readonly [number, Row]>,
  { after, limit }: Pick<RowPage, 'after' | 'limit'>,
  read: (seq: number, row: Row) => Item | null,
): readonly Item[] {
  const found: Item[] = [];
  for (const [seq, row] of rows) {
    if (found.length === limit) break;
    const item = seq > after ? read(seq, row) : null;
    if (item !== null) found.push(item);
  }
  return found;
}
