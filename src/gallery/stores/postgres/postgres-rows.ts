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

  async findPerson(by: PersonKey, livingAt: LivingAt): Promise<StoredPerson | null> {
    return findPerson(this.scope(), by, livingAt);
  }

  async peopleOf(
    keys: { readonly ids: readonly string[]; readonly names: readonly string[] },
    livingAt: LivingAt,
  ): Promise<readonly StoredPerson[]> {
    return peopleOf(this.scope(), keys, livingAt);
  }

  async listPeople(
    page: RowPage & { readonly query?: string | undefined },
  ): Promise<readonly StoredPerson[]> {
    return peopleAfter(this.scope(), page);
  }

  async expiredPeople(at: number): Promise<readonly StoredPerson[]> {
    return expiredPeople(this.scope(), at);
  }

  async findFace(id: string, livingAt: LivingAt): Promise<Stored<Face> | null> {
    return findFace(this.scope(), id, livingAt);
  }

  async findThumbnail(
    faceId: string,
    livingAt: LivingAt,
  ): Promise<{ readonly thumbnail: Uint8Array | null } | null> {
    return findThumbnail(this.scope(), faceId, livingAt);
  }

  async listFaces(page: OwnedPage): Promise<readonly Stored<Face>[]> {
    return facesAfter(this.scope(), page);
  }

  async listNegatives(page: OwnedPage): Promise<readonly Stored<NegativeExample>[]> {
    return negativesAfter(this.scope(), page);
  }

  async ownersOf(faces: readonly number[], livingAt: LivingAt): Promise<readonly (FaceOwner | null)[]> {
    return ownersOf(this.scope(), faces, livingAt);
  }

  async knownIds(kind: 'face' | 'negative', ids: readonly string[]): Promise<ReadonlySet<string>> {
    return knownIds(this.scope(), kind, ids);
  }

  async haveEmbeddings(
    faces: readonly Pick<FaceRow, 'personSeq' | 'embedding'>[],
  ): Promise<readonly boolean[]> {
    return haveEmbeddings(this.scope(), faces);
  }

  async findMerges(by: MergeKey): Promise<readonly Stored<MergeRow>[]> {
    return findMerges(this.scope(), by);
  }

  async listMerges(
    page: Pick<RowPage, 'after' | 'limit'>,
  ): Promise<readonly (Stored<MergeRow> & MergedRows)[]> {
    return mergesAfter(this.scope(), page);
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
