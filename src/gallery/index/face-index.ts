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

/**
 * Finds the faces of a gallery that are near a probe.
 *
 * @remarks What it says is a hint: a gallery asks its store about each face before it answers. It follows the store
 * by itself, whoever changes it, and can be thrown away and made again at any time.
 */
export interface FaceIndex {
  /** 'exact' compares with every face; 'graph' is approximate. */
  readonly mode: 'exact' | 'graph';
  /** Faces, as of the last refresh. */
  readonly faces: number;
  /** People with at least one face, as of the last refresh. */
  readonly people: number;
  /**
   * Takes in all that was committed before the call.
   *
   * @returns a number that is another one whenever something has changed
   */
  refresh(): Promise<number>;
  /** The `count` nearest faces, nearest first; fewer where there are fewer. */
  nearest(probe: Float32Array, count: number): Promise<readonly NearFace[]>;
  /** What is known of people, in the order given. */
  about(people: readonly number[], probe: Float32Array): Promise<readonly PersonInIndex[]>;
  /** Fulfils when nothing is being built. */
  settled(): Promise<void>;
  dispose(): Promise<void>;
}
