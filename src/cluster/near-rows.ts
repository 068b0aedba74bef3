import type { FaceMatrix } from './face-matrix.ts';

/** The nearest rows of each row, as far as they were found: -1 where there are fewer. */
export interface NearRows {
  readonly count: number;
  /** [rows, count], nearest first. */
  readonly rows: Int32Array;
  /** Their squared distances; infinite where there are fewer. */
  readonly squared: Float32Array;
}

/** Which near rows are wanted. */
export interface NearQuery {
  /** At most so many for each. */
  readonly count: number;
  /** Only those within this squared distance. @defaultValue any */
  readonly limit?: number | undefined;
  /** Up to this many rows every pair is compared. @defaultValue as many as take some seconds */
  readonly exactRows?: number | undefined;
}

/** Finds near rows. */
export interface NearSearch extends AsyncDisposable {
  /** The nearest other rows of each row; of many rows some are missed. */
  nearRows(matrix: FaceMatrix, query: NearQuery): Promise<NearRows>;
  /** The rows of one matrix that are nearest to each row of another. @returns [probes.rows, count] */
  nearestAmong(probes: FaceMatrix, matrix: FaceMatrix, query: NearQuery): Promise<NearRows>;
}

/** The nearest rows found so far, in order, each once. */
export class NearestSoFar {
  readonly rows: Int32Array;
  readonly squared: Float32Array;
  readonly #count: number;

  constructor(rows: number, count: number) {
    this.rows = new Int32Array(rows * count).fill(-1);
    this.squared = new Float32Array(rows * count).fill(Number.POSITIVE_INFINITY);
    this.#count = count;
  }

  /** What is farther away is not wanted. */
  bound(row: number): number {
    return this.squared[(row + 1) * this.#count - 1]!;
  }

  /** Takes a row in if it is nearer than the farthest there; one that is there stays as it is. */
  offer(row: number, other: number, squared: number): void {
    const start = row * this.#count;
    let place = start + this.#count - 1;
    if (squared >= this.squared[place]!) return;
    // The lists of two pivots may hold the same pair.
    for (let i = start; i <= place; i++) if (this.rows[i] === other) return;
    for (; place > start && this.squared[place - 1]! >= squared; place--) {
      this.squared[place] = this.squared[place - 1]!;
      this.rows[place] = this.rows[place - 1]!;
    }
    this.squared[place] = squared;
    this.rows[place] = other;
  }
}
