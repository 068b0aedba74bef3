import type { FaceMatrix } from './face-matrix.ts';

/**
 * Faces that were put together, as weighted sums: the mean squared distance between two clumps, over all pairs of
 * their faces, takes a single product of vectors, however many faces they have.
 *
 * @remarks E|x - y|² = E|x|² + E|y|² - 2 E x · E y. A merged clump gets a number of its own, so a number never means
 * two things.
 */
export class Clumps {
  readonly #columns: number;
  /** Sum of the weighted vectors, in the slot of each living clump. */
  readonly #sums: Float32Array;
  readonly #slots: Int32Array;
  /** The clump that a clump became part of; itself while it lives. */
  readonly #became: Int32Array;
  readonly #weights: Float64Array;
  /** Weighted mean of the squared lengths. */
  readonly #squares: Float64Array;
  /** See {@link Clumps.reachOf}. */
  readonly #reach: Float64Array;
  readonly #members: (number[] | null)[];
  #count: number;

  /** @param parts - rows of the matrix, each in exactly one part; the parts are numbered from 0 in this order */
  constructor(matrix: FaceMatrix, weights: Float64Array, parts: readonly (readonly number[])[]) {
    const { columns, data } = matrix;
    const most = Math.max(1, 2 * parts.length);
    this.#columns = columns;
    this.#sums = new Float32Array(parts.length * columns);
    this.#slots = Int32Array.from({ length: most }, (_, i) => (i < parts.length ? i : -1));
    this.#became = Int32Array.from({ length: most }, (_, i) => i);
    this.#weights = new Float64Array(most);
    this.#squares = new Float64Array(most);
    this.#reach = new Float64Array(most);
    this.#members = parts.map((rows) => [...rows]);
    this.#count = parts.length;
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

  /** Numbers given so far: every clump's is smaller. */
  get count(): number {
    return this.#count;
  }

  /** The living clumps, in the order of their numbers. */
  alive(): number[] {
    const alive: number[] = [];
    for (let clump = 0; clump < this.#count; clump++) if (this.isAlive(clump)) alive.push(clump);
    return alive;
  }

  isAlive(clump: number): boolean {
    return this.#became[clump] === clump;
  }

  /** The living clump that holds what this one held. */
  find(clump: number): number {
    let root = clump;
    while (this.#became[root] !== root) root = this.#became[root]!;
    while (this.#became[clump] !== root) {
      const next = this.#became[clump]!;
      this.#became[clump] = root;
      clump = next;
    }
    return root;
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
    let i = this.#slots[a]! * columns;
    let j = this.#slots[b]! * columns;
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
      const from = this.#slots[clump]! * columns;
      for (let i = 0; i < columns; i++)
        data[row * columns + i] = this.#sums[from + i]! / this.#weights[clump]!;
    }
    return { rows: clumps.length, columns, data };
  }

  /** Puts two living clumps together. @returns the number of what they are now */
  merge(a: number, b: number): number {
    const columns = this.#columns;
    const merged = this.#count++;
    const to = this.#slots[a]! * columns;
    const from = this.#slots[b]! * columns;
    for (let i = 0; i < columns; i++) this.#sums[to + i]! += this.#sums[from + i]!;
    const weight = this.#weights[a]! + this.#weights[b]!;
    this.#slots[merged] = this.#slots[a]!;
    this.#reach[merged] =
      (this.#reach[a]! * this.#weights[a]! + this.#reach[b]! * this.#weights[b]!) / weight;
    this.#weights[merged] = weight;
    this.#squares[merged] =
      (this.#squares[a]! * this.#weights[a]! + this.#squares[b]! * this.#weights[b]!) / weight;
    const [more, fewer] =
      this.#members[a]!.length < this.#members[b]!.length
        ? [this.#members[b]!, this.#members[a]!]
        : [this.#members[a]!, this.#members[b]!];
    for (const row of fewer) more.push(row);
    this.#members[merged] = more;
    this.#members[a] = null;
    this.#members[b] = null;
    this.#became[a] = merged;
    this.#became[b] = merged;
    return merged;
  }
}
