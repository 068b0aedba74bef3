import type { FaceQualityFacts } from '../../review-face.ts';

/** An event as it is kept: what tellers tell. */
export interface KeptEvent {
  /** Rises with every event of the store; cursors of tellers are these numbers. */
  readonly seq: number;
  readonly id: string;
  readonly at: Date;
  readonly type: string;
  /** The appearance that it is about. */
  readonly appearanceId: string | null;
  /** The known person whom it tells of. */
  readonly personId: string | null;
  /** The event as JSON. */
  readonly body: string;
}

/** Somebody whom an appearance may show. */
export interface AppearanceCandidate {
  readonly personId: string;
  readonly probability: number | null;
  readonly distance: number | null;
}

/** What is known of an appearance besides who, where and when. */
export interface AppearanceFacts {
  readonly track: number;
  /** Zones of the camera in which the face was. */
  readonly zones: readonly string[];
  /** Best first, at most three. */
  readonly candidates: readonly AppearanceCandidate[];
  readonly probability: number | null;
  readonly distance: number | null;
  /** The limits that the decision was made by. */
  readonly minProbability: number | null;
  readonly maxDistance: number | null;
  /** Of the best sighting, 0 .. 1. */
  readonly quality: number;
  /** The face is not live, whomever it shows. */
  readonly isSpoof: boolean;
  /** People whom somebody said it is not. */
  readonly notPersonIds: readonly string[];
  /** Id of the embedder. */
  readonly model: string;
  /** How far the gallery had changed when the decision was made. */
  readonly revision: string;
  /** It was left open by a process that ended, and closed by the next one. */
  readonly isCutOff: boolean;
}

/** A face that was followed before one camera. */
export interface AppearanceRow {
  readonly id: string;
  readonly camera: string;
  readonly place: string | null;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  /** `null` while the face is followed. */
  readonly endedAt: Date | null;
  readonly personId: string | null;
  readonly strangerId: string | null;
  /** The decision by which somebody said who it is: what the camera thinks counts no more. */
  readonly decidedBy: string | null;
  readonly facts: AppearanceFacts;
}

/** An appearance with what other rows say of it. */
export interface StoredAppearance extends AppearanceRow {
  readonly seq: number;
  /** As the person is called now; `null` for nobody known. */
  readonly name: string | null;
  /** The person or the stranger is on the ignore list. */
  readonly isIgnored: boolean;
  readonly faces: number;
}

/** A face that is kept of an appearance. */
export interface AppearanceFaceRow {
  readonly id: string;
  readonly appearanceId: string;
  readonly takenAt: Date;
  readonly quality: number;
  readonly facts: FaceQualityFacts | null;
  readonly embedding: Float32Array;
  /** Who made the embedding: id and hash. */
  readonly model: string;
  /** Sealed or plain bytes; `null` where none is kept. */
  readonly picture: Uint8Array | null;
}

/** A kept face without its picture, which is read alone. */
export interface StoredAppearanceFace extends Omit<AppearanceFaceRow, 'picture'> {
  readonly hasPicture: boolean;
}

/** Which appearances are listed, newest first. */
export interface AppearanceQuery {
  /** Only rows with smaller numbers; absent: from the newest. */
  readonly before?: number | undefined;
  readonly limit: number;
  readonly personId?: string | undefined;
  readonly strangerId?: string | undefined;
  readonly camera?: string | undefined;
  readonly place?: string | undefined;
  /** Seen at or after. */
  readonly from?: Date | undefined;
  /** Begun before. */
  readonly to?: Date | undefined;
  /** Only faces of nobody known. */
  readonly strangersOnly?: boolean | undefined;
  /** Only those of people on the ignore list, or none of them. Absent: both. */
  readonly ignored?: boolean | undefined;
  /** Only those that nobody has ended. */
  readonly open?: boolean | undefined;
}

/** Somebody unknown. */
export interface StrangerRow {
  readonly id: string;
  readonly createdAt: Date;
  readonly isIgnored: boolean;
  /** The stranger whom this one turned out to be. */
  readonly mergedInto: string | null;
}

/** A stranger with what their appearances say. */
export interface StoredStranger extends StrangerRow {
  readonly appearances: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly cameras: readonly string[];
}

/** What a person, or the machine, can decide. */
export type DecisionKind =
  | 'name'
  | 'not-person'
  | 'ignore'
  | 'ignore-person'
  | 'delete'
  | 'name-stranger'
  | 'merge-strangers'
  | 'split-stranger'
  | 'ignore-stranger'
  | 'delete-stranger';

/** What somebody decided, with all that is needed to undo it. It names people by their ids alone. */
export interface DecisionRow {
  readonly id: string;
  readonly at: Date;
  readonly kind: DecisionKind;
  /** Made by the machine on evidence. */
  readonly isAutomatic: boolean;
  readonly personId: string | null;
  readonly undoneAt: Date | null;
  /** What was changed, as it was before. */
  readonly changes: DecisionChanges;
}

/** What a decision changed, as it was before. */
export interface DecisionChanges {
  /** Who appearances were. */
  readonly appearances?:
    | readonly {
        readonly id: string;
        readonly personId: string | null;
        readonly strangerId: string | null;
        readonly decidedBy: string | null;
        readonly notPersonIds: readonly string[];
      }[]
    | undefined;
  /** Faces that were enrolled for it. */
  readonly faceIds?: readonly string[] | undefined;
  /** The person who was made for it. */
  readonly createdPersonId?: string | undefined;
  readonly negativeIds?: readonly string[] | undefined;
  /** Strangers as they were. */
  readonly strangers?: readonly Omit<StrangerRow, 'createdAt'>[] | undefined;
  /** Pairs of strangers that were said to be two people. */
  readonly apart?: readonly (readonly [string, string])[] | undefined;
  /** Whether a person was ignored. */
  readonly ignoredPerson?: boolean | undefined;
  /**
   * The gallery's part, which is a transaction of its own, is under way: 'begun' says what it is going to make, 'undoing'
   * what is to be taken back. Where it is found later, its process ended in the middle.
   */
  readonly pending?: 'begun' | 'undoing' | undefined;
}

/** Until where a teller has told. */
export interface TellerCursor {
  readonly name: string;
  readonly seq: number;
}

/** What can be read of a store, within a transaction and without. */
export interface AppearanceReads {
  /** Events after a number, in order. */
  eventsAfter(seq: number, limit: number): Promise<readonly KeptEvent[]>;
  /** The number of the newest event; 0 where there was none. */
  lastEvent(): Promise<number>;
  tellers(): Promise<readonly TellerCursor[]>;
  /** @param withDeleted - also one that is deleted and can come back */
  findAppearance(id: string, withDeleted?: boolean): Promise<StoredAppearance | null>;
  listAppearances(query: AppearanceQuery): Promise<readonly StoredAppearance[]>;
  /** Appearances of a stranger, newest first. */
  appearancesOf(strangerId: string): Promise<readonly StoredAppearance[]>;
  /** Kept faces of some appearances, best first. */
  facesOf(appearanceIds: readonly string[]): Promise<readonly StoredAppearanceFace[]>;
  /** The best kept faces of strangers' appearances that no stranger was merged away with, best first, for each at most so many. */
  facesOfStrangers(
    perStranger: number,
    strangerIds?: readonly string[],
  ): Promise<readonly (StoredAppearanceFace & { readonly strangerId: string })[]>;
  /** `null`: there is no such face; its picture is `null` where none is kept. */
  findPicture(faceId: string): Promise<{ readonly picture: Uint8Array | null } | null>;
  findStranger(id: string): Promise<StoredStranger | null>;
  /** The row of a stranger, with appearances or without. */
  strangerRow(id: string): Promise<StrangerRow | null>;
  /** Strangers who have appearances, last seen first. */
  listStrangers(page: {
    readonly limit: number;
    readonly offset: number;
    readonly ignored?: boolean | undefined;
  }): Promise<readonly StoredStranger[]>;
  /** Rows that changed, or whose appearances did, after a revision; with those who were merged into others. 0: all. */
  strangersSince(revision: number): Promise<readonly StrangerRow[]>;
  /** Pairs who are two people. */
  apart(): Promise<readonly (readonly [string, string])[]>;
  ignoredPeople(): Promise<readonly { readonly id: string; readonly name: string }[]>;
  findDecision(id: string): Promise<DecisionRow | null>;
  /** Newest first. */
  listDecisions(limit: number): Promise<readonly DecisionRow[]>;
  /** Ids of living people by their names. */
  personIds(names: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Names of living people by their ids. */
  peopleByIds(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Rises with every change of appearances, strangers and the ignore list, but for those of deleted people. */
  revision(): Promise<number>;
  /** How far the gallery has changed. */
  galleryRevision(): Promise<string>;
}

/** What can be changed within a transaction. */
export interface AppearanceWrites extends AppearanceReads {
  /** @returns its number */
  insertEvent(event: Omit<KeptEvent, 'seq'>): Promise<number>;
  setTeller(cursor: TellerCursor): Promise<void>;
  deleteTeller(name: string): Promise<void>;
  /** Inserts an appearance, or changes the one of its id. */
  putAppearance(row: AppearanceRow): Promise<void>;
  /** Hides an appearance, or shows it again. */
  setDeleted(id: string, at: Date | null): Promise<void>;
  insertFace(row: AppearanceFaceRow): Promise<void>;
  deleteFaces(ids: readonly string[]): Promise<void>;
  putStranger(row: StrangerRow): Promise<void>;
  addApart(pair: readonly [string, string]): Promise<void>;
  removeApart(pair: readonly [string, string]): Promise<void>;
  setPersonIgnored(personId: string, isIgnored: boolean): Promise<void>;
  /** Inserts a decision, or changes whom the one of its id is about, what it changed, and when it was undone. */
  putDecision(row: DecisionRow): Promise<void>;
  deleteDecision(id: string): Promise<void>;
  /**
   * Removes what is older: appearances with their faces, pictures alone, events that every teller has told, strangers of
   * whom nothing is left, decisions.
   *
   * @returns how many appearances and pictures went
   */
  prune(limits: PruneLimits): Promise<{ readonly appearances: number; readonly pictures: number }>;
}

/** What {@link AppearanceWrites.prune} removes. */
export interface PruneLimits {
  /** Appearances last seen before. */
  readonly appearancesBefore: Date;
  readonly picturesBefore: Date;
  /** Deleted ones that were deleted before. */
  readonly deletedBefore: Date;
  readonly decisionsBefore: Date;
  /** Events of before, as far as all tellers have told them. */
  readonly eventsBefore: Date;
  /** Strangers who stay at most; those seen longest ago go with their appearances. */
  readonly maxStrangers: number;
}

/**
 * Where events, appearances, strangers and decisions are kept: in the same database as the gallery. It knows rows and
 * transactions; what they mean is for `src/home/`.
 *
 * @remarks Deleting a person from the gallery removes what is kept of them here, whoever does it; merging people gives
 * the appearances of the first to the second. Methods throw as those of `GalleryStore`.
 */
export interface AppearanceStore extends AppearanceReads, AsyncDisposable {
  /** Runs work that is kept whole or, where it throws, not at all; one at a time, whoever started it. */
  transaction<Result>(work: (rows: AppearanceWrites) => Promise<Result>): Promise<Result>;
  /** Removes the bytes of what was deleted from wherever the store keeps any. */
  forget(): Promise<void>;
  /** Frees the store. Calling it again does nothing. */
  dispose(): Promise<void>;
}
