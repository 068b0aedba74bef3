import type { FaceQualityFacts, ReviewLevel, ReviewReason } from './review-face.ts';

/** Which network made an embedding; embeddings of two networks must never be compared. */
export interface EmbedderIdentity {
  /** Name and precision of the model, such as "dlib-resnet-v1". */
  readonly id: string;
  /** SHA-256 of the model file, 64 hexadecimal digits. */
  readonly sha256: string;
  /** Length of its embeddings. */
  readonly dimension: number;
}

/** How far apart two embeddings are: Euclidean distance, or 1 - cosine similarity. */
export type GalleryMetric = 'euclidean' | 'cosine';

/** That a person agreed to be recognised. */
export interface Consent {
  /** What the person agreed to. */
  readonly text: string;
  readonly at: Date;
}

/** What may be set when a person is created. */
export interface NewPerson {
  /** 1 .. 200 characters, no control characters; unique in the gallery, upper and lower case differ. */
  readonly name: string;
  /**
   * From this moment on the person is in no answer, and the next purge deletes them; it must be to come.
   *
   * @defaultValue never
   */
  readonly expiresAt?: Date | null;
  readonly consent?: Consent | null;
}

/** Somebody whom the gallery knows. */
export interface Person {
  /** UUID; stays the same when the person is renamed. */
  readonly id: string;
  readonly name: string;
  /** How many faces stand for the person. */
  readonly faces: number;
  readonly createdAt: Date;
  readonly expiresAt: Date | null;
  readonly consent: Consent | null;
}

/** A face to enrol. */
export interface NewFace {
  /** float32, length of the gallery's embedder. */
  readonly embedding: Float32Array;
  /** Who made the embedding; refused unless it is the gallery's embedder. @defaultValue not checked */
  readonly embedder?: Pick<EmbedderIdentity, 'id' | 'sha256'>;
  /** What is known of the photo, for the review and the record. */
  readonly quality?: FaceQualityFacts | null;
  /** Where the face comes from, such as a file name or a camera; at most 1,000 characters. */
  readonly source?: string | null;
  /** Encoded picture of the face, at most 1 MiB; refused unless the gallery keeps thumbnails. */
  readonly thumbnail?: Uint8Array | null;
}

/** A face that stands for a person. */
export interface Face {
  /** UUID. */
  readonly id: string;
  readonly personId: string;
  readonly embedder: Pick<EmbedderIdentity, 'id' | 'sha256'>;
  readonly quality: FaceQualityFacts | null;
  readonly source: string | null;
  readonly hasThumbnail: boolean;
  readonly createdAt: Date;
  /** Only where it was asked for. */
  readonly embedding?: Float32Array;
}

/** How faces are enrolled. */
export interface AddFacesOptions {
  /** How strictly the quality facts are judged. @defaultValue 'standard' */
  readonly review?: ReviewLevel;
  /** What becomes of a photo that the person has already: nothing, or a second face. @defaultValue 'skip' */
  readonly duplicates?: 'skip' | 'keep';
}

/** A face that was enrolled, and what the user should look at. */
export interface EnrolledFace {
  /** The new face, or the one that is there already. */
  readonly face: Face;
  /** The person had this photo before, and nothing was added. */
  readonly alreadyThere: boolean;
  /** Why the photo is not ideal; empty where it is, or where nothing is known of it. */
  readonly flags: readonly ReviewReason[];
  /** Another person to whom the new face is nearer than to any earlier face of its own person. */
  readonly nearerPerson: NearerPerson | null;
}

/** A sign that a face was enrolled under the wrong name, or that one person is in the gallery twice. */
export interface NearerPerson {
  readonly id: string;
  readonly name: string;
  readonly distance: number;
  /** To the nearest earlier face of the own person; `null` where there is none, or two others are nearer. */
  readonly ownDistance: number | null;
  /** The very same photo stands for this other person. */
  readonly samePhoto: boolean;
}

/** What {@link Gallery.enroll} did. */
export interface Enrolled {
  readonly person: Person;
  /** The person is new. */
  readonly created: boolean;
  /** In the order of the faces given. */
  readonly faces: readonly EnrolledFace[];
}

/** What a search asks for. */
export interface SearchOptions {
  /** How many people at most, 1 .. 100. @defaultValue 5 */
  readonly limit?: number;
  /** Leaves out people further away. @defaultValue nobody is left out */
  readonly maxDistance?: number;
  /** Leaves out people who are less probable, 0 .. 1. @defaultValue 0 */
  readonly minProbability?: number;
  /** Who made the probe's embedding; refused unless it is the gallery's embedder. @defaultValue not checked */
  readonly embedder?: Pick<EmbedderIdentity, 'id' | 'sha256'>;
}

/** A person whom a probe may show. */
export interface Candidate {
  readonly person: { readonly id: string; readonly name: string };
  /** From the probe to the nearest face of the person. */
  readonly distance: number;
  /** 0 .. 1: against the other candidates and against nobody of them. */
  readonly probability: number;
  /** The face that is nearest to the probe. */
  readonly face: { readonly id: string; readonly source: string | null };
}

/** "This is not X": an embedding that looks like a person and is somebody else. */
export interface NegativeExample {
  readonly id: string;
  readonly personId: string;
  readonly source: string | null;
  readonly createdAt: Date;
  readonly embedding?: Float32Array;
}

/** Part of a list. */
export interface Page<Item> {
  readonly items: readonly Item[];
  /** Give it to the next call; `null` where this is the end. */
  readonly nextCursor: string | null;
}

/** Which part of a list. */
export interface PageOptions {
  /** 1 .. 1,000. @defaultValue 100 */
  readonly limit?: number;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null;
}

/** A merge that happened and can be undone. */
export interface Merge {
  readonly id: string;
  /** The person who has the faces now. */
  readonly person: Person;
  /** How many faces moved. */
  readonly movedFaces: number;
}

/** Numbers about a gallery. */
export interface GalleryStats {
  readonly people: number;
  readonly faces: number;
  readonly negatives: number;
  readonly embedder: EmbedderIdentity;
  readonly metric: GalleryMetric;
  /** 'exact' compares with every face; 'graph' is approximate and used for large galleries. */
  readonly index: 'exact' | 'graph';
  /** Size on disk. */
  readonly bytes: number;
}

/** Embeddings and names, as a classifier is trained with. */
export interface TrainingSet {
  readonly embeddings: readonly Float32Array[];
  /** Name of the person of each embedding. */
  readonly labels: readonly string[];
}

/** One line of an exported gallery. Embeddings are little-endian float32 in base64. */
export type GalleryRecord =
  | {
      readonly type: 'gallery';
      readonly version: 1;
      readonly embedder: EmbedderIdentity;
      readonly metric: GalleryMetric;
    }
  | {
      readonly type: 'person';
      readonly id: string;
      readonly name: string;
      readonly createdAt: string;
      readonly expiresAt: string | null;
      readonly consent: { readonly text: string; readonly at: string } | null;
    }
  | {
      readonly type: 'face';
      readonly id: string;
      readonly personId: string;
      readonly embedder: Pick<EmbedderIdentity, 'id' | 'sha256'>;
      readonly embedding: string;
      readonly quality: FaceQualityFacts | null;
      readonly source: string | null;
      readonly thumbnail: string | null;
      readonly createdAt: string;
    }
  | {
      readonly type: 'negative';
      readonly id: string;
      readonly personId: string;
      readonly embedding: string;
      readonly source: string | null;
      readonly createdAt: string;
    };

/** What an import brought. Records that the gallery has already are skipped. */
export interface ImportResult {
  readonly people: number;
  readonly faces: number;
  readonly negatives: number;
  readonly skipped: number;
}

/**
 * People and their faces, and the search for who a face is.
 *
 * @remarks Every change is durable when its promise fulfils, and counts in the next search. Methods throw
 * `ERR_NOT_FOUND` for an unknown person or face, `ERR_BUSY` where another process holds the store for too long,
 * `ERR_DISK_FULL` (nothing of the change is kept then) and `ERR_DISPOSED`.
 */
export interface Gallery extends AsyncDisposable {
  readonly embedder: EmbedderIdentity;
  readonly metric: GalleryMetric;
  readonly keepsThumbnails: boolean;

  /** @throws FaceTriggerError `ERR_CONFLICT` where the name is taken, `ERR_INVALID_ARGUMENT` */
  createPerson(person: NewPerson): Promise<Person>;
  /** Finds a person by id. @returns `null` where there is none, or the person has expired */
  getPerson(id: string): Promise<Person | null>;
  /** Finds a person by the exact name. @returns `null` where there is none, or the person has expired */
  findPerson(name: string): Promise<Person | null>;
  /**
   * Lists people in the order of their creation.
   *
   * @param options.query - keeps people whose name contains this text
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a cursor that is none
   */
  listPeople(options?: PageOptions & { readonly query?: string }): Promise<Page<Person>>;
  /** @throws FaceTriggerError `ERR_CONFLICT` where the new name is taken */
  renamePerson(id: string, name: string): Promise<Person>;
  /**
   * Changes name, expiry or consent, all of it or nothing; what is not given stays.
   *
   * @throws FaceTriggerError `ERR_CONFLICT` where the new name is taken
   */
  updatePerson(id: string, changes: Partial<NewPerson>): Promise<Person>;
  /**
   * Makes two people one: all faces and negative examples of the first go to the second, whose name stays.
   *
   * @param id - the person who disappears
   * @param intoId - the person who stays
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` where both are the same
   */
  mergePerson(id: string, intoId: string): Promise<Merge>;
  /**
   * Takes a merge back: the person is there again with the faces that moved and still exist.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND` for an unknown merge or one of people who are deleted,
   * `ERR_CONFLICT` where the name is taken now or a later merge must be undone first
   */
  undoMerge(mergeId: string): Promise<Person>;
  /** Deletes a person with all faces, for good: see {@link Gallery.scrub}. @returns how many faces went */
  deletePerson(id: string): Promise<number>;
  /** Deletes everybody whose time is over. @returns how many people went */
  purgeExpired(): Promise<number>;

  /**
   * Enrolls faces; all or none of them. A photo that the person has already is recognized by its embedding.
   *
   * @throws FaceTriggerError `ERR_UNSUITABLE_FACE` where the review refuses one, `ERR_SHAPE_MISMATCH` for another
   * dimension, `ERR_MODEL_MISMATCH` for another embedder, `ERR_INVALID_ARGUMENT` for NaN, infinity or all zeros
   */
  addFaces(
    personId: string,
    faces: readonly NewFace[],
    options?: AddFacesOptions,
  ): Promise<readonly EnrolledFace[]>;
  /**
   * Enrolls faces of somebody by name. Who is not there yet comes with the first face: where a face is refused, there
   * is no trace of the person.
   *
   * @param person - expiry and consent count for a new person only
   * @param faces - at least one
   * @throws FaceTriggerError as {@link Gallery.addFaces}
   */
  enroll(person: NewPerson, faces: readonly NewFace[], options?: AddFacesOptions): Promise<Enrolled>;
  /**
   * Lists faces in the order of their enrolment.
   *
   * @param options.personId - keeps the faces of one person
   * @param options.withEmbeddings - also gives the embeddings
   */
  listFaces(
    options?: PageOptions & { readonly personId?: string; readonly withEmbeddings?: boolean },
  ): Promise<Page<Face>>;
  /** Finds a face by id, with its embedding. @returns `null` where there is none, or its person has expired */
  getFace(id: string): Promise<Face | null>;
  /** @returns the encoded picture, or `null` where the face has none */
  getThumbnail(faceId: string): Promise<Uint8Array | null>;
  /** Deletes a face for good: see {@link Gallery.scrub}. */
  deleteFace(id: string): Promise<void>;

  /** Keeps "this is not X": probes nearer to this embedding than to X's faces are no longer X. */
  addNegative(
    personId: string,
    example: Pick<NewFace, 'embedding' | 'embedder' | 'source'>,
  ): Promise<NegativeExample>;
  listNegatives(
    options?: PageOptions & { readonly personId?: string; readonly withEmbeddings?: boolean },
  ): Promise<Page<NegativeExample>>;
  deleteNegative(id: string): Promise<void>;

  /**
   * Says who a face may be.
   *
   * @param probe - float32, length of the embedder
   * @returns the nearest people, nearest first; empty where nobody is within the limits
   * @throws FaceTriggerError as {@link Gallery.addFaces}
   */
  search(probe: Float32Array, options?: SearchOptions): Promise<readonly Candidate[]>;

  /** Gives everything that is needed to make the same gallery again. */
  export(): AsyncIterable<GalleryRecord>;
  /**
   * Takes records of {@link Gallery.export}. A person whose name is there already gets the faces.
   *
   * @throws FaceTriggerError `ERR_FILE_FORMAT` for a record that is none, `ERR_MODEL_MISMATCH` for faces of another
   * embedder. Records before the bad one may be kept; importing the same again skips them.
   */
  import(records: AsyncIterable<unknown> | Iterable<unknown>): Promise<ImportResult>;
  /** Embeddings and names of everybody who has not expired. */
  trainingSet(): Promise<TrainingSet>;
  stats(): Promise<GalleryStats>;
  /**
   * Removes the bytes of deleted people and faces from every file of the gallery. Deletions do it themselves.
   *
   * @throws FaceTriggerError `ERR_BUSY` where another process reads for so long that old bytes can't be removed
   * yet; what was deleted is in no answer then, and calling this again finishes the work
   */
  scrub(): Promise<void>;
  /** Frees the store. Calling it again does nothing. */
  dispose(): Promise<void>;
}
