import type { FaceMatrix } from './face-matrix.ts';

/**
 * Faces that were put together, as weighted sums: the mean squared distance between two clumps, over all pairs of
 * their faces, takes a single product of vectors, however many faces they have.
 *
 * @remarks E|x - y|² = E|x|² + E|y|² - 2 E x · E y. A clump that became part of another is not alive any more.
 */
export class Clumps {
  readonly #columns: number;
  /** Sum of the weighted vectors of each clump. */
  readonly #sums: Float32Array;
  readonly #weights: Float64Array;
  /** Weighted mean of the squared lengths. */
  readonly #squares: Float64Array;
  /** See {@link Clumps.reachOf}. */
  readonly #reach: Float64Array;
  /** `null`: it became part of another. */
  readonly #members: (number[] | null)[];

  /** @param parts - rows of the matrix, each in exactly one part; the parts are numbered from 0 in this order */
  constructor(matrix: FaceMatrix, weights: Float64Array, parts: readonly (readonly number[])[]) {
    const { columns, data } = matrix;
    this.#columns = columns;
    this.#sums = new Float32Array(parts.length * columns);
    this.#weights = new Float64Array(parts.length);
    this.#squares = new Float64Array(parts.length);
    this.#reach = new Float64Array(parts.length);
    this.#members = parts.map((rows) => [...rows]);
    for (const [part, rows] of parts.entries()) {
      const start = part * columns;
      let squares = 0;
      for (const row of rows) {
        const weight = weights[row]!;
        let square = 0;
        for (let i = 0; i < columns; i++) {
          const value = data[row * columns + i]!;
          this.#sums[start + i]! += weight * value;
          square += value * value;
        }
        squares += weight * square;
        this.#weights[part]! += weight;
      }
      this.#squares[part] = squares / this.#weights[part]!;
    }
  }

  /** Every clump's number is smaller, whether it is alive or not. */
  get count(): number {
    return this.#members.length;
  }

  /** The living clumps, in the order of their numbers. */
  alive(): number[] {
    const alive: number[] = [];
    for (let clump = 0; clump < this.count; clump++) if (this.isAlive(clump)) alive.push(clump);
    return alive;
  }

  isAlive(clump: number): boolean {
    return this.#members[clump] !== null;
  }

  /** Rows of a living clump. */
  membersOf(clump: number): readonly number[] {
    return this.#members[clump]!;
  }

  sizeOf(clump: number): number {
    return this.#members[clump]!.length;
  }

  /** How far the faces about it are, in the metric: small where faces crowd. Merged clumps have the weighted mean. */
  reachOf(clump: number): number {
    return this.#reach[clump]!;
  }

  setReach(clump: number, reach: number): void {
    this.#reach[clump] = reach;
  }

  /** Mean squared distance between two living clumps, over all pairs of a face here and a face there. */
  meanSquared(a: number, b: number): number {
    const columns = this.#columns;
    const sums = this.#sums;
    let i = a * columns;
    let j = b * columns;
    const end = i + columns;
    let dot = 0;
    while (i < end) dot += sums[i++]! * sums[j++]!;
    const product = dot / (this.#weights[a]! * this.#weights[b]!);
    return Math.max(0, this.#squares[a]! + this.#squares[b]! - 2 * product);
  }

  /** Mean squared distance over all pairs of two faces of a living clump; 0 for a single face. */
  innerSquared(clump: number): number {
    const size = this.#members[clump]!.length;
    if (size < 2) return 0;
    // meanSquared counts each face's distance to itself, 0, among size² pairs.
    return (this.meanSquared(clump, clump) * size) / (size - 1);
  }

  /** The middle of a living clump, as a row of its own. */
  centers(clumps: readonly number[]): FaceMatrix {
    const columns = this.#columns;
    const data = new Float32Array(clumps.length * columns);
    for (const [row, clump] of clumps.entries()) {
      const from = clump * columns;
      for (let i = 0; i < columns; i++)
        data[row * columns + i] = this.#sums[from + i]! / this.#weights[clump]!;
    }
    return { rows: clumps.length, columns, data };
  }

  /** Puts a living clump into another. */
  merge(into: number, from: number): void {
    const columns = this.#columns;
    let to = into * columns;
    let source = from * columns;
    const end = to + columns;
    while (to < end) this.#sums[to++]! += this.#sums[source++]!;
    const own = this.#weights[into]!;
    const added = this.#weights[from]!;
    const weight = own + added;
    this.#reach[into] = (this.#reach[into]! * own + this.#reach[from]! * added) / weight;
    this.#squares[into] = (this.#squares[into]! * own + this.#squares[from]! * added) / weight;
    this.#weights[into] = weight;
    for (const row of this.#members[from]!) this.#members[into]!.push(row);
    this.#members[from] = null;
  }
}
