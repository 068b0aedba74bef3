import type { EmbedderDistances } from '../../core/embed/distance-facts.ts';
import type { MetricName } from '../../core/metric/metric.ts';
import type { LedgerEntry } from '../../models/licence-ledger.ts';
import type { GalleryPack } from '../gallery-pack.ts';
import type { Consent, Face, GalleryEmbedder, NegativeExample, Person } from '../gallery-types.ts';
import type { PeopleIndex } from '../index/face-index.ts';
import type { FaceQualityFacts } from '../review-face.ts';
import type { ChangeCursor } from './change-cursor.ts';

export type { ChangeCursor } from './change-cursor.ts';

/** What a gallery is made for, and for good. */
export interface GallerySettings {
  readonly embedder: GalleryEmbedder;
  readonly metric: MetricName;
  /** What the embedder's distances mean, as it was known when the gallery was made. Absent: it was not, or not kept yet. */
  readonly distances?: EmbedderDistances | undefined;
  /** What is known of the licenses of the embedder. Absent: nothing was, or it was not kept yet. */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** The models that its faces are found and embedded with. Absent: nobody said, or it was not kept yet. */
  readonly pack?: GalleryPack | undefined;
}

/**
 * A row as a store keeps it. `seq` is its number: given by the store, above 0, rising with each insertion and never
 * used twice, so that a number in an index can't come to mean somebody else.
 */
export type Stored<Item> = Item & { readonly seq: number };

/** A person as a store keeps it. */
export type StoredPerson = Stored<Person>;

/** A person to keep. Checked by the gallery; the name is in its canonical form. */
export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly consent: Consent | null;
}

/** A negative example to keep. */
export interface NegativeRow {
  readonly id: string;
  readonly personSeq: number;
  readonly embedding: Float32Array;
  readonly source: string | null;
  readonly createdAt: Date;
}

/** A face to keep. Its embedder is the gallery's. */
export interface FaceRow extends NegativeRow {
  readonly quality: FaceQualityFacts | null;
  readonly thumbnail: Uint8Array | null;
}

/** A merge to remember: the person who disappeared, and who has the rows now. */
export interface MergeRow {
  readonly id: string;
  readonly person: PersonRow;
  readonly intoId: string;
  readonly mergedAt: Date;
}

/** Ids of the faces and negative examples that a merge remembers and that still exist. */
export interface MergedRows {
  readonly faces: readonly string[];
  readonly negatives: readonly string[];
}

/** Milliseconds since 1970 at which a person has to be alive to be in the answer; `null`: whoever is in the store. */
export type LivingAt = number | null;

/** Part of a list, in the order of `seq`. */
export interface RowPage {
  /** Rows with larger numbers only; 0 for the beginning. */
  readonly after: number;
  readonly limit: number;
  readonly livingAt: LivingAt;
}

/** Part of a list of what people have. */
export interface OwnedPage extends RowPage {
  /** Only what this person has. */
  readonly personSeq?: number | undefined;
  readonly withEmbeddings?: boolean | undefined;
}

/** Whose a face is. */
export interface FaceOwner {
  readonly face: { readonly id: string; readonly source: string | null };
  readonly person: { readonly id: string; readonly name: string };
}

/** How people are looked up. */
export type PersonKey = { readonly id: string } | { readonly name: string } | { readonly seq: number };

/** How merges are looked up: one by its id, those into a person, or those of people whose time is over. */
export type MergeKey = { readonly id: string } | { readonly intoId: string } | { readonly expiredAt: number };

/** What can be read of a store, within a transaction and without. */
export interface GalleryReads {
  findPerson(by: PersonKey, livingAt: LivingAt): Promise<StoredPerson | null>;
  /** Everybody with one of the ids or one of the names, in any order. */
  peopleOf(
    keys: { readonly ids: readonly string[]; readonly names: readonly string[] },
    livingAt: LivingAt,
  ): Promise<readonly StoredPerson[]>;
  /** @param page.query - keeps people whose name contains it; A-Z and a-z are the same */
  listPeople(page: RowPage & { readonly query?: string | undefined }): Promise<readonly StoredPerson[]>;
  /** People whose time is over at a moment. */
  expiredPeople(at: number): Promise<readonly StoredPerson[]>;
  /** A face with its embedding. */
  findFace(id: string, livingAt: LivingAt): Promise<Stored<Face> | null>;
  /** The picture of a face; `null`: there is no such face. */
  findThumbnail(
    faceId: string,
    livingAt: LivingAt,
  ): Promise<{ readonly thumbnail: Uint8Array | null } | null>;
  listFaces(page: OwnedPage): Promise<readonly Stored<Face>[]>;
  listNegatives(page: OwnedPage): Promise<readonly Stored<NegativeExample>[]>;
  /** Whose faces these are, in the order of the numbers given; `null` for one that nobody has (any more). */
  ownersOf(faces: readonly number[], livingAt: LivingAt): Promise<readonly (FaceOwner | null)[]>;
  /** Those of the ids that faces, or negative examples, have. */
  knownIds(kind: 'face' | 'negative', ids: readonly string[]): Promise<ReadonlySet<string>>;
  /** For each of the faces whether its person has a face of the very same embedding. */
  haveEmbeddings(faces: readonly Pick<FaceRow, 'personSeq' | 'embedding'>[]): Promise<readonly boolean[]>;
  findMerges(by: MergeKey): Promise<readonly Stored<MergeRow>[]>;
  /** Merges in the order of `seq`, with what each remembers, in the order of its rows. */
  listMerges(page: Pick<RowPage, 'after' | 'limit'>): Promise<readonly (Stored<MergeRow> & MergedRows)[]>;
  /** Rows in all, with those of people who have expired. */
  count(): Promise<{ readonly people: number; readonly faces: number; readonly negatives: number }>;
  /** A word that the gallery has left in the store. */
  note(key: string): Promise<string | null>;
}

/**
 * What can be changed within a transaction. Numbers given must be those of rows that are there.
 *
 * @remarks Methods throw `ERR_CONFLICT` where a person's name or any id is there already.
 */
export interface GalleryWrites extends GalleryReads {
  /** @returns in the order of the rows */
  insertPeople(rows: readonly PersonRow[]): Promise<readonly StoredPerson[]>;
  /** Changes what is given. */
  updatePerson(
    seq: number,
    changes: Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>>,
  ): Promise<StoredPerson>;
  /** Removes a person with all faces and negative examples. */
  deletePerson(seq: number): Promise<void>;
  /** @returns in the order of the rows, without embeddings */
  insertFaces(rows: readonly FaceRow[]): Promise<readonly Stored<Face>[]>;
  deleteFace(seq: number): Promise<void>;
  /** @returns in the order of the rows, without embeddings */
  insertNegatives(rows: readonly NegativeRow[]): Promise<readonly Stored<NegativeExample>[]>;
  /** @returns false where there is none */
  deleteNegative(id: string): Promise<boolean>;
  /** Gives all faces and negative examples of one person to another. @returns how many faces */
  moveRows(fromSeq: number, toSeq: number): Promise<number>;
  /** Remembers a merge, and which faces and negative examples the person has now. */
  insertMerge(row: MergeRow, personSeq: number): Promise<void>;
  /** Remembers a merge of another store, with rows that are here. */
  restoreMerge(row: MergeRow, moved: MergedRows): Promise<void>;
  /** Gives what a merge remembers, and still exists, to a person. */
  moveMerged(mergeSeq: number, toSeq: number): Promise<void>;
  /** Removes the faces and negative examples that a merge remembers, whoever has them. */
  deleteMerged(mergeSeq: number): Promise<void>;
  /** Forgets a merge. */
  deleteMerge(seq: number): Promise<void>;
  /** @param value - `null`: the word goes */
  setNote(key: string, value: string | null): Promise<void>;
  /**
   * Makes the store one of other models: its settings become those given, and each face and negative example gets the
   * embedding that is given for it, in place of its own. Nothing else of the rows changes, nor do their numbers.
   *
   * @param embeddingOf - asked once for each row; what it throws ends the transaction
   * @remarks Whoever has the store open in another process still has the old models: its methods throw
   * `ERR_MODEL_MISMATCH` there from now on.
   */
  adoptModels(settings: GallerySettings, embeddingOf: NewEmbeddingOf): Promise<void>;
}

/** Gives the embedding of a row by other models. */
export type NewEmbeddingOf = (row: {
  readonly kind: 'face' | 'negative';
  readonly id: string;
}) => Float32Array;

/** A face as an index takes it. */
export interface IndexedFace {
  readonly seq: number;
  readonly personSeq: number;
  readonly embedding: Float32Array;
}

/** A negative example as an index takes it. */
export type IndexedNegative = Omit<IndexedFace, 'seq'>;

/** Connections of a store to a server. */
export interface StoreConnections {
  readonly open: number;
  readonly idle: number;
  /** Statements that wait for one. */
  readonly waiting: number;
}

/** What was committed after a cursor. */
export interface StoreChanges {
  /** Faces that came or moved, as they are now; `null` in place of the face for one that went. */
  readonly faces: readonly { readonly seq: number; readonly face: IndexedFace | null }[];
  /** Whether negative examples came, moved or went. */
  readonly negatives: boolean;
  /** After these changes. */
  readonly cursor: ChangeCursor;
  /** There are further changes after the cursor. */
  readonly more: boolean;
}

/**
 * Where a gallery's people and faces are kept. A store knows rows and transactions, and nothing of faces: what may be
 * enrolled, who is answered and what a merge means is the gallery's.
 *
 * @remarks Reads outside of a transaction neither wait for one nor see what it has not committed, and whoever works
 * in a transaction may read outside of it meanwhile. What a promise of {@link GalleryStore.transaction} has fulfilled
 * is durable. Methods throw `ERR_BUSY` where others hold the store for too long, `ERR_DISK_FULL` (nothing of the
 * transaction is kept then), `ERR_UNAVAILABLE` where the store is gone and `ERR_DISPOSED`.
 */
export interface GalleryStore extends GalleryReads, AsyncDisposable {
  /** Others after {@link GalleryWrites.adoptModels}. */
  readonly settings: GallerySettings;
  /** How many records an import should insert in one transaction. Absent: as few as keep a process answering. */
  readonly importBatch?: number | undefined;
  /** Where a change of models is kept while it is made. Absent: only on the machine that makes it. */
  readonly unfinished?: UnfinishedEmbeddings | undefined;
  /**
   * Runs work that is kept whole or, where it throws, not at all. One transaction at a time changes a store, whoever
   * started it; the next waits.
   */
  transaction<Result>(work: (rows: GalleryWrites) => Promise<Result>): Promise<Result>;
  /** Where the changes are now: all that is committed later comes after it. */
  cursor(): Promise<ChangeCursor>;
  /**
   * What was committed after a cursor, by anybody, each change at least once. Costs nearly nothing where nothing was.
   *
   * @returns `null` where the store no longer knows: everything has to be read again
   */
  changesSince(cursor: ChangeCursor): Promise<StoreChanges | null>;
  /**
   * As {@link GalleryReads.ownersOf}, where nothing was committed after a cursor: both as of the same moment. Absent where
   * to ask for changes first costs nearly nothing.
   *
   * @returns `null` where something was, or may have been
   */
  ownersAt?(
    cursor: ChangeCursor,
    query: { readonly faces: readonly number[]; readonly livingAt: LivingAt },
  ): Promise<readonly (FaceOwner | null)[] | null>;
  /**
   * Calls back when somebody may have committed a change, so that an index need not wait for the next search to follow.
   * Absent where following costs so little that the next search does it.
   *
   * @returns a function that ends it
   */
  onChange?(wake: () => void): () => Promise<void>;
  /**
   * The index that the store has itself. Absent, or `null`: one in memory is to be made.
   *
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where one was asked for that is not possible
   */
  ownIndex?(): Promise<PeopleIndex | null>;
  /** Faces for an index, in the order of `seq`, of people who have expired too. */
  indexFaces(page: { readonly after: number; readonly limit: number }): Promise<readonly IndexedFace[]>;
  /** All negative examples for an index. */
  indexNegatives(): Promise<readonly IndexedNegative[]>;
  /**
   * Removes the bytes of deleted rows, and of older values of changed ones, from wherever the store keeps any.
   *
   * @throws FaceTriggerError `ERR_BUSY` where somebody stands in the way: to be called again
   */
  forget(): Promise<void>;
  /** Connections to where the rows are; absent where there are none. */
  readonly connections?: StoreConnections | undefined;
  /** Bytes on a disk; 0 where there is none. */
  size(): Promise<number>;
  /** Frees the store. Calling it again does nothing. */
  dispose(): Promise<void>;
}

/** A new embedding of a face or a negative example. */
export interface KeyedEmbedding {
  /** `face ID` or `negative ID`. */
  readonly key: string;
  readonly embedding: Float32Array;
}

/**
 * Embeddings of a change of models that is not finished, where whoever goes on with it finds them. They go with the faces
 * that they are of, and with the change.
 */
export interface UnfinishedEmbeddings {
  /** Forgets those for other models. */
  begin(target: string): Promise<void>;
  /** The next ones by their keys, after one. */
  after(key: string, limit: number): Promise<readonly KeyedEmbedding[]>;
  add(entries: readonly KeyedEmbedding[]): Promise<void>;
  /** Forgets all. */
  clear(): Promise<void>;
}
