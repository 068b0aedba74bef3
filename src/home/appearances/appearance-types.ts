import type { DecisionKind } from '../../gallery/stores/appearances/appearance-store.ts';

/** A face that is kept of an appearance. */
export interface AppearanceFace {
  readonly id: string;
  readonly takenAt: Date;
  /** 0 .. 1. */
  readonly quality: number;
  /** Whether a picture of it is kept: see {@link AppearanceBook.picture}. */
  readonly hasPicture: boolean;
}

/** A person whom an appearance may show. */
export interface AppearancePerson {
  readonly id: string;
  /** As the person is called now. */
  readonly name: string;
}

/** A face that was followed before one camera, from its coming to its leaving. */
export interface Appearance {
  /** Unique for ever. */
  readonly id: string;
  readonly camera: string;
  readonly place: string | null;
  readonly zones: readonly string[];
  readonly track: number;
  readonly startedAt: Date;
  readonly lastSeenAt: Date;
  /** `null` while it is there. */
  readonly endedAt: Date | null;
  /** `null` for nobody known. */
  readonly person: AppearancePerson | null;
  /** The stranger's id; `null` for known people and before a decision. */
  readonly stranger: string | null;
  /** On the ignore list. */
  readonly ignored: boolean;
  /** The decision by which somebody said who it is; `null` where the camera did. */
  readonly decidedBy: string | null;
  readonly spoof: boolean;
  readonly probability: number | null;
  readonly distance: number | null;
  readonly minProbability: number | null;
  readonly maxDistance: number | null;
  /** Best first, people who still exist. */
  readonly candidates: readonly (AppearancePerson & {
    readonly probability: number | null;
    readonly distance: number | null;
  })[];
  /** Of the best sighting, 0 .. 1. */
  readonly quality: number;
  /** Id of the embedder, and how far the gallery had changed when it was decided. */
  readonly model: string;
  readonly galleryRevision: string;
  /** The process that followed it ended before the face left. */
  readonly cutOff: boolean;
  /** Kept faces, best first. */
  readonly faces: readonly AppearanceFace[];
}

/** Which appearances are wanted, newest first. */
export interface AppearanceFilter {
  /** 1 .. 200. @defaultValue 50 */
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
  readonly personId?: string | undefined;
  readonly stranger?: string | undefined;
  readonly camera?: string | undefined;
  readonly place?: string | undefined;
  /** Seen at or after. */
  readonly from?: Date | undefined;
  /** Begun before. */
  readonly to?: Date | undefined;
  /** Only faces of nobody known. @defaultValue false */
  readonly strangersOnly?: boolean | undefined;
  /** true: only those on the ignore list; false: none of them. @defaultValue both */
  readonly ignored?: boolean | undefined;
}

/** Whom somebody is: a person of the gallery by id, or by a name that is made where it is new. */
export type WhoItIs = { readonly personId: string } | { readonly name: string };

/** A face that was left out when somebody was enrolled. */
export interface LeftOutFace {
  readonly faceId: string;
  /** For a person to read. */
  readonly reason: string;
}

/** What somebody decided, and what became of it. */
export interface Decision {
  /** For {@link AppearanceBook.undo}. */
  readonly id: string;
  readonly at: Date;
  readonly kind: DecisionKind;
  /** Made by the machine on evidence: strangers who are one. */
  readonly automatic: boolean;
  readonly undoneAt: Date | null;
  readonly personId: string | null;
  /** Appearances that it concerns. */
  readonly appearanceIds: readonly string[];
  /** Strangers that it concerns. */
  readonly strangerIds: readonly string[];
  /** Of {@link AppearanceBook.undo}: appearances of somebody who is in the gallery no more, which are nobody's now. */
  readonly ownerless?: readonly string[] | undefined;
}

/** What naming somebody did. */
export interface NamingDecision extends Decision {
  readonly person: AppearancePerson;
  /** The person is new. */
  readonly created: boolean;
  /** Kept faces that stand for the person now. */
  readonly enrolledFaceIds: readonly string[];
  /** Kept faces that do not, and why. */
  readonly leftOut: readonly LeftOutFace[];
}

/**
 * What was seen, and what people say about it. Every change counts from the next frame on, and is undone by its
 * decision's id.
 *
 * @remarks Methods throw `ERR_NOT_FOUND` for an id that is none, `ERR_INVALID_ARGUMENT`, and what the gallery throws.
 */
export interface AppearanceBook {
  list(
    filter?: AppearanceFilter,
  ): Promise<{ readonly items: readonly Appearance[]; readonly nextCursor: string | null }>;
  get(id: string): Promise<Appearance | null>;
  /** The JPEG of a kept face; `null` where none is kept. */
  picture(faceId: string): Promise<Uint8Array | null>;
  /** "This is Ada": enrolls the good, various faces. */
  nameAs(id: string, who: WhoItIs): Promise<NamingDecision>;
  /** "Not Bob": keeps a negative example. @param personId - @defaultValue who it is taken for */
  notPerson(id: string, personId?: string): Promise<Decision>;
  /** Puts the person or stranger on the ignore list. */
  ignore(id: string): Promise<Decision>;
  /** Hides it at once and removes it after a day, in which it can be undone. */
  delete(id: string): Promise<Decision>;
  /** Takes a decision of any kind back. @throws FaceTriggerError `ERR_CONFLICT` where a later one stands in the way */
  undo(decisionId: string): Promise<Decision>;
  /** Newest first. @param limit - @defaultValue 50 */
  decisions(limit?: number): Promise<readonly Decision[]>;
}
