import type { DistanceFacts } from '../core/embed/embedder-profile.ts';
import type { EmbeddingQuality } from '../core/embed/embedding-quality.ts';
import type { Runtime } from '../core/runtime/runtime.ts';
import type { ClusterState } from './cluster-state.ts';

/** A face to be grouped. */
export interface ClusterFace {
  /** No two faces have the same. */
  readonly id: string;
  /** All of one embedder and one length. */
  readonly embedding: Float32Array;
  /** How well the face can be recognized, 0 .. 1 (`faceQuality(...).score`): better faces weigh more. @defaultValue 1 */
  readonly quality?: number | undefined;
  /** Two faces of one photo are two people, unless somebody gave them one name. */
  readonly photoId?: string | undefined;
  /** Who somebody said it is: faces of one person are one group, faces of two are never. */
  readonly personId?: string | undefined;
  /** People whom somebody said it is not. */
  readonly not?: readonly string[] | undefined;
  /** Faces with the same are one person, whose name nobody knows: somebody said so. */
  readonly together?: string | undefined;
  /** By ids of divisions, the side that the face is on: faces on two sides are two people. Somebody said so. */
  readonly sides?: Readonly<Record<string, string>> | undefined;
}

/**
 * Finds faces near an embedding, such as an index over the same faces.
 *
 * @param count - how many are wanted, the embedding's own face among them
 * @returns ids, nearest first; those of faces that are not grouped are passed over
 */
export type FaceNeighbors = (
  embedding: Float32Array,
  count: number,
) => readonly string[] | Promise<readonly string[]>;

/** Options of `clusterFaces`. */
export interface ClusterOptions {
  /** What distances of the embedder mean: `pipeline.embedder.profile`, or a gallery's. */
  readonly profile: Pick<DistanceFacts, 'metric' | 'evidence'>;
  /** How the embeddings were made. @defaultValue `DEFAULT_QUALITY` */
  readonly embeddingQuality?: EmbeddingQuality | undefined;
  /** What an earlier call ended with: its groups stay, and faces that it did not know join them. @defaultValue none */
  readonly state?: ClusterState | undefined;
  /** @defaultValue every pair is compared among up to 10,000 faces, above that those near the same of some chosen faces */
  readonly neighbors?: FaceNeighbors | undefined;
  /**
   * Compares faces by products of matrices: ten times as fast, and among more than 10,000 faces with fewer neighbors
   * missed. @defaultValue none: loops, which run anywhere
   */
  readonly runtime?: Runtime | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Faces that are one person, as far as can be told. */
export interface FaceGroup {
  /** Stays the same in later calls, as long as most of the group does. */
  readonly id: string;
  /** At least two, or one that has a name; the most typical of good quality first. */
  readonly faceIds: readonly string[];
  /** Who it is, because at least one face was named; `null` where none was. */
  readonly personId: string | null;
  /** Of its faces, the share that is expected to be the same person, 0 .. 1. */
  readonly confidence: number;
}

/** A person with a name whom nameless faces may be. */
export interface PersonSuggestion {
  /** `null` for a face that stands alone. */
  readonly groupId: string | null;
  readonly faceIds: readonly string[];
  readonly personId: string;
  /** The probability that it is this person, 0 .. 1, the others and "nobody of them" in the count. */
  readonly confidence: number;
  /** The nearest pairs of a face and a named face, nearest first. */
  readonly evidence: readonly SuggestionEvidence[];
}

/** Why a person is suggested: two faces that are near. */
export interface SuggestionEvidence {
  readonly faceId: string;
  readonly namedFaceId: string;
  /** In the profile's metric. */
  readonly distance: number;
}

/** What `clusterFaces` found. */
export interface ClusterResult {
  /** Largest first. */
  readonly groups: readonly FaceGroup[];
  /** Faces that belong to no group, in the order given. */
  readonly outliers: readonly string[];
  /** For groups and outliers without a name, the most probable person first; at most three for each. */
  readonly suggestions: readonly PersonSuggestion[];
  /** Plain JSON: keep it and hand it to the next call. */
  readonly state: ClusterState;
}
