import type { NearMatch } from '../near-match.ts';
import type { ChangeCursor } from '../stores/change-cursor.ts';

/** A face near a probe; numbers are those of the store's rows. */
export interface NearFace {
  readonly face: number;
  readonly person: number;
  /** In the gallery's metric. */
  readonly distance: number;
}

/** What an index knows of somebody besides the faces near a probe. */
export interface PersonInIndex {
  /** How many faces stand for the person. */
  readonly faces: number;
  /** From the probe to the nearest "this is not X" example of the person; infinite where there is none. */
  readonly nearestNegative: number;
}

/** What every index tells of itself. */
export interface IndexFacts {
  /** 'exact' compares with every face; 'graph' is approximate, and so is 'pgvector', which the database has. */
  readonly mode: 'exact' | 'graph' | 'pgvector';
  /** People with at least one face, as of the last refresh; 'pgvector': as of some seconds ago. */
  readonly people: number;
  /** Milliseconds since the last refresh that ended well, as far as the index knows. Absent where it follows with each search alone. */
  readonly lagMs?: number | undefined;
  /** When it was made of all faces; since then it follows their changes. Absent: nobody knows. */
  readonly builtAt?: Date | undefined;
  /**
   * Takes in all that was committed before the call.
   *
   * @returns a number that is another one whenever something has changed
   */
  refresh(): Promise<number>;
  /**
   * Until the function that it returns is called, follows with each search alone: for whoever writes so much that taking
   * it in piece by piece would cost as much as the writing. Absent: it never follows by itself.
   */
  rest?(): () => void;
  /** Fulfils when nothing is being built. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}

/**
 * Finds the faces of a gallery that are near a probe.
 *
 * @remarks What it says is a hint: a gallery asks its store about each face before it answers. It follows the store
 * by itself, whoever changes it, and can be thrown away and made again at any time.
 */
export interface FaceIndex extends IndexFacts {
  /** Faces, as of the last refresh. */
  readonly faces: number;
  /**
   * A place in the changes of the store before which the index has taken in everything. Absent: a search calls
   * {@link IndexFacts.refresh} first, always.
   */
  readonly place?: ChangeCursor | undefined;
  /** The `count` nearest faces, nearest first; fewer where there are fewer. */
  nearest(probe: Float32Array, count: number): Promise<readonly NearFace[]>;
  /** What is known of people, in the order given. */
  about(people: readonly number[], probe: Float32Array): Promise<readonly PersonInIndex[]>;
}

/** An index that is part of a store: it finds people and says who they are as of one moment. */
export interface PeopleIndex extends IndexFacts {
  /** The `limit` nearest people who are alive, nearest first, without those whom a negative example excludes. */
  nearestPeople(
    probe: Float32Array,
    options: { readonly limit: number; readonly livingAt: number },
  ): Promise<readonly NearMatch[]>;
}
