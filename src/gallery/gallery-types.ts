import type { EmbedderDistances } from '../core/embed/distance-facts.ts';
import type { EmbedderIdentity } from '../core/embed/embedder-profile.ts';
import type { MetricName } from '../core/metric/metric.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import type { GalleryPack } from './gallery-pack.ts';
import type { FaceQualityFacts, ReviewLevel, ReviewReason } from './review-face.ts';

/** The embedder whose embeddings a gallery holds. */
export interface GalleryEmbedder extends EmbedderIdentity {
  /** Length of its embeddings. */
  readonly dimension: number;
}

/** That a person agreed to be recognized. */
export interface Consent {
  /** What the person agreed to. */
  readonly text: string;
  readonly at: Date;
}

/** What may be set when a person is created. */
export interface NewPerson {
  /** UUID that nobody in the gallery has, for whoever writes it down before. @defaultValue a new one */
  readonly id?: string | undefined;
  /** 1 .. 200 characters, no control characters; unique in the gallery, upper and lower case differ. */
  readonly name: string;
  /**
   * From this moment on the person is in no answer, and the next purge deletes them; it must be to come.
   *
   * @defaultValue never
   */
  readonly expiresAt?: Date | null | undefined;
  readonly consent?: Consent | null | undefined;
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

/** A face to enroll. */
export interface NewFace {
  /** UUID that no face in the gallery has, for whoever writes it down before. @defaultValue a new one */
  readonly id?: string | undefined;
  /** float32, length of the gallery's embedder. */
  readonly embedding: Float32Array;
  /** Who made the embedding; refused unless it is the gallery's embedder. @defaultValue not checked */
  readonly embedder?: EmbedderIdentity | undefined;
  /** What is known of the photo, for the review and the record. */
  readonly quality?: FaceQualityFacts | null | undefined;
  /** Where the face comes from, such as a file name or a camera; at most 1,000 characters. */
  readonly source?: string | null | undefined;
  /** Encoded picture of the face, at most 1 MiB; refused unless the gallery keeps thumbnails. */
  readonly thumbnail?: Uint8Array | null | undefined;
}

/** A face that stands for a person. */
export interface Face {
  /** UUID. */
  readonly id: string;
  readonly personId: string;
  readonly embedder: EmbedderIdentity;
  readonly quality: FaceQualityFacts | null;
  readonly source: string | null;
  readonly hasThumbnail: boolean;
  readonly createdAt: Date;
  /** Only where it was asked for. */
  readonly embedding?: Float32Array | undefined;
}

/** How faces are enrolled. */
export interface AddFacesOptions {
  /** How strictly the quality facts are judged. @defaultValue 'standard' */
  readonly review?: ReviewLevel | undefined;
  /** What becomes of a photo that the person has already: nothing, or a second face. @defaultValue 'skip' */
  readonly duplicates?: 'skip' | 'keep' | undefined;
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
  readonly limit?: number | undefined;
  /** Leaves out people further away. @defaultValue nobody is left out */
  readonly maxDistance?: number | undefined;
  /** Leaves out people who are less probable, 0 .. 1. @defaultValue 0 */
  readonly minProbability?: number | undefined;
  /** Who made the probe's embedding; refused unless it is the gallery's embedder. @defaultValue not checked */
  readonly embedder?: EmbedderIdentity | undefined;
}

/** A person whom a probe may show, as a search of a gallery finds them: with their nearest face. */
export interface GalleryMatch {
  readonly person: { readonly id: string; readonly name: string };
  /** From the probe to the nearest face of the person. */
  readonly distance: number;
  /** 0 .. 1: against the other candidates and against nobody of them. */
  readonly probability: number;
  /** The face that is nearest to the probe. */
  readonly face: { readonly id: string; readonly source: string | null };
}

/** @deprecated called {@link GalleryMatch} */
export type GalleryCandidate = GalleryMatch;

/** "This is not X": an embedding that looks like a person and is somebody else. */
export interface NegativeExample {
  readonly id: string;
  readonly personId: string;
  readonly source: string | null;
  readonly createdAt: Date;
  readonly embedding?: Float32Array | undefined;
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
  readonly limit?: number | undefined;
  /** `nextCursor` of the page before. */
  readonly cursor?: string | null | undefined;
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
  readonly embedder: GalleryEmbedder;
  readonly metric: MetricName;
  /** What is known of the licenses of its models. Absent: nothing, or the gallery is older. */
  readonly ledger?: readonly LedgerEntry[] | undefined;
  /** The models that its faces are found and embedded with. Absent: nobody said, or the gallery is older. */
  readonly pack?: GalleryPack | undefined;
  /**
   * 'exact' compares with every face; 'graph' is approximate and used for large galleries; 'pgvector' is approximate too,
   * in the database.
   */
  readonly index: 'exact' | 'graph' | 'pgvector';
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
      readonly embedder: GalleryEmbedder;
      readonly metric: MetricName;
      /** What its distances mean, where the gallery knows. */
      readonly distances?: EmbedderDistances | undefined;
      /** What is known of the licenses of its models, where the gallery knows. */
      readonly ledger?: readonly LedgerEntry[] | undefined;
      /** The models that its faces are found and embedded with, where the gallery knows. */
      readonly pack?: GalleryPack | undefined;
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
      readonly embedder: EmbedderIdentity;
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

/** What an import brought. */
export interface ImportResult {
  readonly people: number;
  readonly faces: number;
  readonly negatives: number;
  /** Records that were not taken in: the sum of the next three. */
  readonly skipped: number;
  /** Those that the gallery has already. */
  readonly present: number;
  /** People whose time is over, and their faces. */
  readonly expired: number;
  /** Faces and negative examples of nobody in the file or in the gallery. */
  readonly withoutPerson: number;
}

/** Which part of a list of faces or negative examples. */
export interface OwnedListOptions extends PageOptions {
  /** Only of this person. */
  readonly personId?: string | undefined;
  /** Also gives the embeddings. */
  readonly withEmbeddings?: boolean | undefined;
}
