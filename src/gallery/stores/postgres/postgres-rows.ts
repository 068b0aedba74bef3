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
import { ownersOf } from './face-owners.ts';
import {
  facesAfter,
  findFace,
  findThumbnail,
  haveEmbeddings,
  knownIds,
  negativesAfter,
} from './face-rows.ts';
import { findMerges, mergesAfter } from './merge-rows.ts';
import { expiredPeople, findPerson, type GalleryScope, peopleAfter, peopleOf } from './person-rows.ts';
import { textIn, wholeIn } from './row-values.ts';

/** The reads of a gallery in PostgreSQL. */
export abstract class PostgresRows implements GalleryReads {
  /** What runs the statements. @throws FaceTriggerError `ERR_DISPOSED` */
  protected abstract scope(): GalleryScope;

  /** Reads rows, of which embeddings have the length of the gallery's models. */
  protected read<Result>(work: (scope: GalleryScope) => Promise<Result>): Promise<Result> {
    return work(this.scope());
  }

  async findPerson(by: PersonKey, livingAt: LivingAt): Promise<StoredPerson | null> {
    return this.read((scope) => findPerson(scope, by, livingAt));
  }

  async peopleOf(
    keys: { readonly ids: readonly string[]; readonly names: readonly string[] },
    livingAt: LivingAt,
  ): Promise<readonly StoredPerson[]> {
    return this.read((scope) => peopleOf(scope, keys, livingAt));
  }

  async listPeople(
    page: RowPage & { readonly query?: string | undefined },
  ): Promise<readonly StoredPerson[]> {
    return this.read((scope) => peopleAfter(scope, page));
  }

  async expiredPeople(at: number): Promise<readonly StoredPerson[]> {
    return this.read((scope) => expiredPeople(scope, at));
  }

  async findFace(id: string, livingAt: LivingAt): Promise<Stored<Face> | null> {
    return this.read((scope) => findFace(scope, id, livingAt));
  }

  async findThumbnail(
    faceId: string,
    livingAt: LivingAt,
  ): Promise<{ readonly thumbnail: Uint8Array | null } | null> {
    return this.read((scope) => findThumbnail(scope, faceId, livingAt));
  }

  async listFaces(page: OwnedPage): Promise<readonly Stored<Face>[]> {
    return this.read((scope) => facesAfter(scope, page));
  }

  async listNegatives(page: OwnedPage): Promise<readonly Stored<NegativeExample>[]> {
    return this.read((scope) => negativesAfter(scope, page));
  }

  async ownersOf(faces: readonly number[], livingAt: LivingAt): Promise<readonly (FaceOwner | null)[]> {
    return this.read((scope) => ownersOf(scope, faces, livingAt));
  }

  async knownIds(kind: 'face' | 'negative', ids: readonly string[]): Promise<ReadonlySet<string>> {
    return this.read((scope) => knownIds(scope, kind, ids));
  }

  async haveEmbeddings(
    faces: readonly Pick<FaceRow, 'personSeq' | 'embedding'>[],
  ): Promise<readonly boolean[]> {
    return this.read((scope) => haveEmbeddings(scope, faces));
  }

  async findMerges(by: MergeKey): Promise<readonly Stored<MergeRow>[]> {
    return this.read((scope) => findMerges(scope, by));
  }

  async listMerges(
    page: Pick<RowPage, 'after' | 'limit'>,
  ): Promise<readonly (Stored<MergeRow> & MergedRows)[]> {
    return this.read((scope) => mergesAfter(scope, page));
  }

  async count(): Promise<{ readonly people: number; readonly faces: number; readonly negatives: number }> {
    const { session, gallery } = this.scope();
    const count = (table: string): string => `(SELECT count(*) FROM ${table} WHERE gallery_seq = $1)`;
    const [row] = await session.query(
      `SELECT ${count('person')} AS people, ${count('face')} AS faces, ${count('negative')} AS negatives`,
      [gallery],
    );
    return {
      people: wholeIn(row!, 'people'),
      faces: wholeIn(row!, 'faces'),
      negatives: wholeIn(row!, 'negatives'),
    };
  }

  async note(key: string): Promise<string | null> {
    const { session, gallery } = this.scope();
    const [row] = await session.query('SELECT value FROM setting WHERE gallery_seq = $1 AND key = $2', [
      ...[gallery, key],
    ]);
    return row ? textIn(row, 'value') : null;
  }
}
