import type { Box } from '../../../core/geometry/box.ts';
import type { Point } from '../../../core/geometry/point.ts';
import type { FaceQualityFacts } from '../../review-face.ts';

/** 'raw': the picture that a camera embedded in a RAW file; 'film': some of its frames. */
export type PhotoKind = 'picture' | 'raw' | 'film';

/** One content, at one path or more. */
export interface PhotoRow {
  readonly id: string;
  /** Of the file's bytes, in hexadecimal digits. */
  readonly sha256: string;
  readonly kind: PhotoKind;
  /** Pixels of the upright picture, which boxes are in. */
  readonly width: number;
  readonly height: number;
  /** Of a film. */
  readonly durationMs: number | null;
  /**
   * When it was taken, as the camera's clock showed it, read as UTC: few files name a zone, and the 24th of December stays
   * that wherever it is looked at.
   */
  readonly takenAt: Date | null;
  /** What its faces were embedded with: see {@link PhotoFaceRow.model}. */
  readonly model: string;
  readonly scannedAt: Date;
}

/** A photo with what other rows say of it. */
export interface StoredPhoto extends PhotoRow {
  readonly seq: number;
  /** In order; none where all its files are gone. */
  readonly paths: readonly string[];
  readonly faces: number;
}

/** Where a photo lies. */
export interface PhotoFileRow {
  /** Absolute. */
  readonly path: string;
  readonly photoId: string;
  readonly size: number;
  /** A whole number of milliseconds. */
  readonly mtimeMs: number;
}

/** A file that could not be read. */
export interface PhotoFailureRow {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly code: string;
  readonly message: string;
  readonly at: Date;
}

/** Points of a face in pixels of the photo. */
export interface KeptLandmarks {
  /** The name of their layout. */
  readonly layout: string;
  readonly points: readonly Point[];
}

/** A face in a photo. */
export interface PhotoFaceRow {
  readonly id: string;
  readonly photoId: string;
  /** Of a film: where in it; `null` in a picture. */
  readonly frameMs: number | null;
  readonly box: Box;
  /** What the face was aligned by. */
  readonly landmarks: KeptLandmarks;
  /** The detector's. */
  readonly score: number;
  /** How well it can be recognized, 0 .. 1. */
  readonly quality: number;
  readonly facts: FaceQualityFacts;
  readonly embedding: Float32Array;
  /** Who made the embedding: id and hash. */
  readonly model: string;
  /** A crop, sealed or plain; `null` where none is kept. */
  readonly thumbnail: Uint8Array | null;
}

/** What is said about a face. */
export interface FaceKnowledgeRow {
  /** Whom somebody said it is. */
  readonly personId: string | null;
  /** The decision by which somebody said so, or that it is to be ignored. */
  readonly decidedBy: string | null;
  /** People whom somebody said it is not. */
  readonly notPersonIds: readonly string[];
  readonly isIgnored: boolean;
}

/** A face with what is known of it, without its thumbnail, which is read alone. */
export interface StoredPhotoFace extends Omit<PhotoFaceRow, 'thumbnail'>, FaceKnowledgeRow {
  /** Rises in the order in which faces were found. */
  readonly seq: number;
  readonly hasThumbnail: boolean;
  /** The group that it was last put in. */
  readonly groupId: string | null;
  readonly groupConfidence: number | null;
}

/** Which faces are read, in the order of their numbers. */
export interface PhotoFaceQuery {
  /** Only those with greater numbers. @defaultValue 0 */
  readonly after?: number | undefined;
  readonly limit: number;
  readonly personId?: string | undefined;
  readonly groupId?: string | undefined;
  /** Only faces with a name, or only those without. */
  readonly named?: boolean | undefined;
  readonly ignored?: boolean | undefined;
  /** Only faces that are in a group, or only those that stand alone. */
  readonly grouped?: boolean | undefined;
  /** Only those found, or decided about, after a revision. */
  readonly since?: number | undefined;
  /** Only those with another model. */
  readonly notOfModel?: string | undefined;
}

/** Which photos are listed: newest taken first, those without a date last. */
export interface PhotoQuery {
  readonly limit: number;
  readonly offset?: number | undefined;
  /** All of them are in it. */
  readonly personIds?: readonly string[] | undefined;
  /** None of them is in it. */
  readonly withoutPersonIds?: readonly string[] | undefined;
  /** Taken at or after. */
  readonly from?: Date | undefined;
  /** Taken before. */
  readonly to?: Date | undefined;
  readonly kind?: PhotoKind | undefined;
  /** Only those with a path under this folder. */
  readonly folder?: string | undefined;
  /** Only those with a nameless face that is not ignored. */
  readonly withNameless?: boolean | undefined;
  /** Only those whose files are all gone, or none of them. @defaultValue none of them */
  readonly hidden?: boolean | undefined;
}

/** A group as its faces tell. */
export interface PhotoGroupRow {
  readonly groupId: string;
  readonly confidence: number | null;
  readonly faces: number;
  readonly photos: number;
  /** Who its faces are said to be; `null` for a nameless group. */
  readonly personId: string | null;
}

/** A nameless face in a group with a name. */
export interface JoinedFaceRow {
  readonly faceId: string;
  readonly groupId: string;
  readonly confidence: number | null;
  /** Who others in the group are said to be. */
  readonly personId: string;
}

/** A person with what the photos hold of them. */
export interface PhotoPersonRow {
  readonly personId: string;
  readonly name: string;
  readonly faces: number;
  readonly photos: number;
  /** Of the photos with a date. */
  readonly firstTakenAt: Date | null;
  readonly lastTakenAt: Date | null;
}

/** What the last grouping ended with. */
export interface PhotoGroupingRow {
  /** JSON of what `clusterFaces` hands to its next call. */
  readonly state: string;
  /** JSON of its suggestions. */
  readonly suggestions: string;
  /** The revision that it is of. */
  readonly revision: number;
}

/** What somebody decided about faces in photos. */
export type PhotoDecisionKind =
  | 'name'
  | 'merge'
  | 'split'
  | 'ignore'
  | 'not-person'
  | 'confirm'
  | 'import'
  | 'metadata';

/** A decision, with all that is needed to undo it. */
export interface PhotoDecisionRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: PhotoDecisionKind;
  /** Whom it is about; the decision goes with them. */
  readonly personId: string | null;
  readonly undoneAt: Date | null;
  /** What was changed, as it was before. */
  readonly changes: PhotoDecisionChanges;
}

/** What a decision changed, as it was before. */
export interface PhotoDecisionChanges {
  readonly faces?:
    | readonly (FaceKnowledgeRow & { readonly id: string; readonly groupId: string | null })[]
    | undefined;
  /** Faces that were enrolled in the gallery for it. */
  readonly enrolledFaceIds?: readonly string[] | undefined;
  readonly createdPersonIds?: readonly string[] | undefined;
  /** A merge of two people in the gallery. */
  readonly mergeId?: string | undefined;
  /** Faces of a nameless person: they stay one, however they are grouped later. */
  readonly together?: readonly string[] | undefined;
  /** Faces that are not whoever the rest of their group is. */
  readonly apart?: { readonly odd: readonly string[]; readonly rest: readonly string[] } | undefined;
  /** The gallery may not have the whole of it: a start after a crash takes that back. Absent where all is done. */
  readonly pending?: 'begun' | 'undoing' | undefined;
}

/** What a library holds. */
export interface PhotoStats {
  readonly files: number;
  readonly photos: number;
  /** Photos whose files are all gone. */
  readonly hidden: number;
  readonly films: number;
  readonly raws: number;
  readonly faces: number;
  readonly named: number;
  readonly ignored: number;
  /** Nameless faces that are in no group, and not ignored. */
  readonly alone: number;
  /** Groups that nobody has named. */
  readonly namelessGroups: number;
  readonly failures: number;
  readonly bytes: number;
}

/** What can be read of a store, within a transaction and without. */
export interface PhotoReads {
  /** By their paths; those that are not known are missing. */
  files(paths: readonly string[]): Promise<ReadonlyMap<string, PhotoFileRow>>;
  /** By their paths. */
  failures(paths: readonly string[]): Promise<ReadonlyMap<string, PhotoFailureRow>>;
  /** In the order of their paths. @param page.after - only paths that come after it */
  listFailures(page: {
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<readonly PhotoFailureRow[]>;
  /** By their ids. */
  photos(ids: readonly string[]): Promise<ReadonlyMap<string, StoredPhoto>>;
  /** The photo with a content. A photo may lie at very many paths, which this does not read. */
  photoIdOfContent(sha256: string): Promise<string | null>;
  photoAt(path: string): Promise<StoredPhoto | null>;
  listPhotos(query: PhotoQuery): Promise<readonly StoredPhoto[]>;
  countPhotos(query: Omit<PhotoQuery, 'limit' | 'offset'>): Promise<number>;
  /** By their ids; those that are not known are missing. */
  faces(ids: readonly string[]): Promise<ReadonlyMap<string, StoredPhotoFace>>;
  /** Of photos, in their order. */
  facesOf(photoIds: readonly string[]): Promise<readonly StoredPhotoFace[]>;
  listFaces(query: PhotoFaceQuery): Promise<readonly StoredPhotoFace[]>;
  /** `null`: there is no such face; its thumbnail is `null` where none is kept. */
  findThumbnail(faceId: string): Promise<{ readonly thumbnail: Uint8Array | null } | null>;
  /** Groups of faces that are not ignored, largest first. @param page.named - only those with a name, or without */
  listGroups(page: {
    readonly limit: number;
    readonly offset?: number | undefined;
    readonly named?: boolean | undefined;
  }): Promise<readonly PhotoGroupRow[]>;
  /** Nameless faces, not ignored, that the last grouping put together with faces that have a name. */
  listJoined(): Promise<readonly JoinedFaceRow[]>;
  /**
   * People with faces here, those with most first.
   *
   * @param query.beside - only others, and only their faces in photos that this person is in too
   */
  listPeople(query?: { readonly beside?: string | undefined }): Promise<readonly PhotoPersonRow[]>;
  grouping(): Promise<PhotoGroupingRow | null>;
  /** The revision that the last grouping is of, without the rest of it, which is large. */
  groupedRevision(): Promise<number | null>;
  findDecision(id: string): Promise<PhotoDecisionRow | null>;
  /** Those that a killed process may have left half done, newest first. */
  pendingDecisions(): Promise<readonly PhotoDecisionRow[]>;
  /** Newest first. */
  listDecisions(limit: number): Promise<readonly PhotoDecisionRow[]>;
  /** Decisions of some kinds that are not undone, oldest first. */
  standingDecisions(kinds: readonly PhotoDecisionKind[]): Promise<readonly PhotoDecisionRow[]>;
  stats(): Promise<PhotoStats>;
  /** Ids of living people by their names. */
  personIds(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Names of living people by their ids. */
  peopleByIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Rises with every change of faces and of what is known of them; not with that of groups. */
  revision(): Promise<number>;
  /** How far the gallery has changed. */
  galleryRevision(): Promise<string>;
}

/** What can be changed within a transaction. */
export interface PhotoWrites extends PhotoReads {
  /** Inserts a photo, or changes the one of its id; its faces stay. */
  putPhoto(row: PhotoRow): Promise<void>;
  /** Faces of a photo that is there, about whom nothing is said yet. */
  insertFaces(rows: readonly PhotoFaceRow[]): Promise<void>;
  deleteFaces(ids: readonly string[]): Promise<void>;
  /** The number of a new scan, greater than any before. */
  nextScan(): Promise<number>;
  /** Says that files are as they were, in a scan. */
  seeFiles(paths: readonly string[], scan: number): Promise<void>;
  /** Where a photo lies: a path is of one photo, and no failure. */
  putFile(row: PhotoFileRow, scan: number): Promise<void>;
  /** A path that cannot be read is of no photo. */
  putFailure(row: PhotoFailureRow, scan: number): Promise<void>;
  /**
   * Removes the paths under a folder, and the folder's own, that a scan has not seen; photos stay.
   *
   * @param except - folders that it could not look into
   * @returns how many files went
   */
  removeUnseen(folder: string, scan: number, except?: readonly string[]): Promise<number>;
  /** Gives faces, and the photos that they are in, what another model makes of them. */
  adoptEmbeddings(
    rows: readonly { readonly faceId: string; readonly embedding: Float32Array }[],
    model: string,
  ): Promise<void>;
  /** What is known of a face from now on. */
  setKnowledge(faceId: string, knowledge: FaceKnowledgeRow): Promise<void>;
  /** Puts faces in groups; `null`: in none. */
  setGroups(
    rows: readonly {
      readonly faceId: string;
      readonly groupId: string | null;
      readonly confidence: number | null;
    }[],
  ): Promise<void>;
  putGrouping(row: PhotoGroupingRow): Promise<void>;
  insertDecision(row: PhotoDecisionRow): Promise<void>;
  setUndone(id: string, at: Date): Promise<void>;
  /** What a decision changed, and whom it is about, which is told when it is done. */
  changeDecision(id: string, to: Pick<PhotoDecisionRow, 'personId' | 'changes'>): Promise<void>;
  /** Forgets a decision that never came to be. */
  deleteDecision(id: string): Promise<void>;
  /**
   * Removes photos whose files are all gone, with their faces.
   *
   * @param options.keepNamed - those with a named face stay
   * @returns how many went
   */
  prune(options: { readonly keepNamed: boolean }): Promise<number>;
}

/**
 * Where photos, the faces in them and what was decided about them are kept: in the same database as the gallery. It
 * knows rows and transactions; what they mean is for `src/photos/`.
 *
 * @remarks Deleting a person from the gallery makes their faces here nameless, whoever does it; merging people gives the
 * faces of the first to the second. Methods throw as those of `GalleryStore`.
 */
export interface PhotoStore extends PhotoReads, AsyncDisposable {
  /** Runs work that is kept whole or, where it throws, not at all; one at a time, whoever started it. */
  transaction<Result>(work: (rows: PhotoWrites) => Promise<Result>): Promise<Result>;
  /** Removes the bytes of what was deleted from wherever the store keeps any. */
  forget(): Promise<void>;
  /** Frees the store. Calling it again does nothing. */
  dispose(): Promise<void>;
}
