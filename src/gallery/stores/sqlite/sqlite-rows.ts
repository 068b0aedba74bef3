import type { SqliteConnection } from '../../../node/sqlite/sqlite-connection.ts';
import type { Face, NegativeExample } from '../../gallery-types.ts';
import type {
  FaceOwner,
  FaceRow,
  GalleryReads,
  LivingAt,
  MergedRows,
  MergeKey,
  MergeRow,
  OwnedPage,
  PersonKey,
  RowPage,
  Stored,
  StoredPerson,
} from '../gallery-store.ts';
import {
  facesAfter,
  findFace,
  findThumbnail,
  hasEmbedding,
  hasId,
  negativesAfter,
  ownersOf,
} from './face-rows.ts';
import { findMerges, mergesAfter } from './merge-rows.ts';
import { expiredPeople, findPerson, peopleAfter } from './person-rows.ts';
import { textIn } from './row-values.ts';

/** The reads of a SQLite file, over one of its connections. */
export abstract class SqliteRows implements GalleryReads {
  /** The connection to read. @throws FaceTriggerError `ERR_DISPOSED`, `ERR_UNAVAILABLE` */
  protected abstract connection(): SqliteConnection;

  async findPerson(by: PersonKey, livingAt: LivingAt): Promise<StoredPerson | null> {
    return findPerson(this.connection(), by, livingAt);
  }

  async peopleOf(
    { ids, names }: { readonly ids: readonly string[]; readonly names: readonly string[] },
    livingAt: LivingAt,
  ): Promise<readonly StoredPerson[]> {
    const connection = this.connection();
    const found = new Map<number, StoredPerson>();
    for (const by of [...ids.map((id) => ({ id })), ...names.map((name) => ({ name }))]) {
      const person = findPerson(connection, by, livingAt);
      if (person) found.set(person.seq, person);
    }
    return [...found.values()];
  }

  async listPeople(
    page: RowPage & { readonly query?: string | undefined },
  ): Promise<readonly StoredPerson[]> {
    return peopleAfter(this.connection(), page);
  }

  async expiredPeople(at: number): Promise<readonly StoredPerson[]> {
    return expiredPeople(this.connection(), at);
  }

  async findFace(id: string, livingAt: LivingAt): Promise<Stored<Face> | null> {
    return findFace(this.connection(), id, livingAt);
  }

  async findThumbnail(
    faceId: string,
    livingAt: LivingAt,
  ): Promise<{ readonly thumbnail: Uint8Array | null } | null> {
    return findThumbnail(this.connection(), faceId, livingAt);
  }

  async listFaces(page: OwnedPage): Promise<readonly Stored<Face>[]> {
    return facesAfter(this.connection(), page);
  }

  async listNegatives(page: OwnedPage): Promise<readonly Stored<NegativeExample>[]> {
    return negativesAfter(this.connection(), page);
  }

  async ownersOf(faces: readonly number[], livingAt: LivingAt): Promise<readonly (FaceOwner | null)[]> {
    const owners = ownersOf(this.connection(), faces, livingAt);
    return faces.map((face) => owners.get(face) ?? null);
  }

  async knownIds(kind: 'face' | 'negative', ids: readonly string[]): Promise<ReadonlySet<string>> {
    const connection = this.connection();
    return new Set(ids.filter((id) => hasId(connection, kind, id)));
  }

  async haveEmbeddings(
    faces: readonly Pick<FaceRow, 'personSeq' | 'embedding'>[],
  ): Promise<readonly boolean[]> {
    const connection = this.connection();
    return faces.map((face) => hasEmbedding(connection, face));
  }

  async findMerges(by: MergeKey): Promise<readonly Stored<MergeRow>[]> {
    return findMerges(this.connection(), by);
  }

  async listMerges(
    page: Pick<RowPage, 'after' | 'limit'>,
  ): Promise<readonly (Stored<MergeRow> & MergedRows)[]> {
    return mergesAfter(this.connection(), page);
  }

  async count(): Promise<{ readonly people: number; readonly faces: number; readonly negatives: number }> {
    const connection = this.connection();
    const count = (table: string): number =>
      Number(connection.get(`SELECT count(*) AS n FROM ${table}`)!['n']);
    return { people: count('person'), faces: count('face'), negatives: count('negative') };
  }

  async note(key: string): Promise<string | null> {
    const row = this.connection().get('SELECT value FROM setting WHERE key = ?', [key]);
    return row && textIn(row, 'value');
  }
}
