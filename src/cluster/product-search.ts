import type { Runtime, RuntimeSession } from '../core/runtime/runtime.ts';
import { GraphBuilder } from '../onnx/graph-builder.ts';
import { type FaceMatrix, rowsOf, squaredWithin } from './face-matrix.ts';
import { choosePivots, listsOf } from './near-faces.ts';
import { NearestSoFar, type NearQuery, type NearRows, type NearSearch } from './near-rows.ts';

/** Rows of a block: its products with another take a megabyte. */
const BLOCK = 512;
/** Up to this many rows every pair is compared, in some seconds. */
const EXACT_ROWS = 30_000;
/** Pivots for each square root of the rows, and lists that a row stands in: most neighbors are found. */
const PIVOTS = { factor: 1, lists: 6 } as const;
/** A product of floats is off by no more than this share of what it is made of. */
const SLACK = 1e-5;

/**
 * Finds near rows by products of matrices, |a - b|² = |a|² + |b|² - 2 a · b, which a runtime computes many times as fast
 * as a loop does.
 */
export class ProductSearch implements NearSearch {
  readonly #session: RuntimeSession;

  private constructor(session: RuntimeSession) {
    this.#session = session;
  }

  /** @param columns - of all matrices */
  static async open(runtime: Runtime, columns: number): Promise<ProductSearch> {
    const graph = new GraphBuilder('products');
    const ends = [graph.input('a', 'float32', ['n', columns]), graph.input('b', 'float32', ['m', columns])];
    graph.node('Gemm', ends, { transB: 1 }, { outputs: ['products'] });
    graph.output('products', 'float32', ['n', 'm']);
    return new ProductSearch(await runtime.createSession(graph.toModel()));
  }

  async nearRows(
    matrix: FaceMatrix,
    { count, limit = Number.POSITIVE_INFINITY, exactRows = EXACT_ROWS }: NearQuery,
  ): Promise<NearRows> {
    const near = new NearestSoFar(matrix.rows, count);
    const collect = { near, limit, bothWays: true };
    const whole = normed(matrix);
    if (matrix.rows <= exactRows) await this.#comparePairs(whole, collect);
    else {
      const pivots = choosePivots(matrix, PIVOTS.factor);
      const lists = await this.nearestAmong(matrix, pivots, { count: PIVOTS.lists });
      for (const list of listsOf(lists, pivots.rows)) await this.#comparePairs(part(whole, list), collect);
    }
    return measured(near, { probes: matrix, matrix, count, limit });
  }

  async nearestAmong(
    probes: FaceMatrix,
    matrix: FaceMatrix,
    { count, limit = Number.POSITIVE_INFINITY }: NearQuery,
  ): Promise<NearRows> {
    const near = new NearestSoFar(probes.rows, count);
    const collect = { near, limit, bothWays: false };
    const to = blocksOf(normed(matrix));
    for (const from of blocksOf(normed(probes)))
      for (const block of to) await this.#compare(from, block, collect);
    return measured(near, { probes, matrix, count, limit });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#session.dispose();
  }

  /** Compares every two rows of a part once. */
  async #comparePairs(rows: NormedRows, collect: Collection): Promise<void> {
    const blocks = blocksOf(rows);
    for (const [i, from] of blocks.entries())
      for (const to of blocks.slice(i)) await this.#compare(from, to, collect);
  }

  async #compare(from: NormedRows, to: NormedRows, { near, limit, bothWays }: Collection): Promise<void> {
    const { products } = await this.#session.run({ a: tensorOf(from), b: tensorOf(to) });
    const values = products!.data as Float32Array;
    const { ids, norms, rows } = to;
    // Beside each other, for a loop that runs a billion times.
    const bounds = new Float64Array(rows);
    if (bothWays) for (let b = 0; b < rows; b++) bounds[b] = Math.min(limit, near.bound(ids[b]!));
    for (let a = 0; a < from.rows; a++) {
      const own = from.ids[a]!;
      const norm = from.norms[a]!;
      let bound = Math.min(limit, near.bound(own));
      const first = from === to ? a + 1 : 0;
      for (let b = first, at = a * rows + first; b < rows; b++, at++) {
        const squared = norm + norms[b]! - 2 * values[at]!;
        if (squared < bound) {
          near.offer(own, ids[b]!, squared);
          bound = Math.min(limit, near.bound(own));
        }
        if (squared < bounds[b]!) {
          near.offer(ids[b]!, own, squared);
          bounds[b] = Math.min(limit, near.bound(ids[b]!));
        }
      }
      // Its own bound as a column: what it was offered as a row has lowered it.
      if (bothWays && from === to) bounds[a] = bound;
    }
  }
}

/** Rows with their squared lengths and their numbers in the matrix that they are of. */
interface NormedRows extends FaceMatrix {
  /** Less what products of floats may be off by: what is found is measured exactly. */
  readonly norms: Float64Array;
  readonly ids: Int32Array;
}

interface Collection {
  readonly near: NearestSoFar;
  readonly limit: number;
  readonly bothWays: boolean;
}

function normed(matrix: FaceMatrix): NormedRows {
  const { rows, columns, data } = matrix;
  const norms = new Float64Array(rows);
  for (let row = 0, i = 0; row < rows; row++) {
    let sum = 0;
    for (const end = i + columns; i < end; i++) sum += data[i]! ** 2;
    norms[row] = sum * (1 - SLACK);
  }
  return { ...matrix, norms, ids: Int32Array.from({ length: rows }, (_, row) => row) };
}

function part(whole: NormedRows, ids: readonly number[]): NormedRows {
  return {
    ...rowsOf(whole, ids),
    norms: Float64Array.from(ids, (id) => whole.norms[id]!),
    ids: Int32Array.from(ids),
  };
}

function blocksOf({ rows, columns, data, norms, ids }: NormedRows): NormedRows[] {
  const blocks: NormedRows[] = [];
  for (let low = 0; low < rows; low += BLOCK) {
    const high = Math.min(rows, low + BLOCK);
    blocks.push({
      ...{ rows: high - low, columns, data: data.subarray(low * columns, high * columns) },
      norms: norms.subarray(low, high),
      ids: ids.subarray(low, high),
    });
  }
  return blocks;
}

function tensorOf({ rows, columns, data }: NormedRows) {
  return { type: 'float32', dims: [rows, columns], data } as const;
}

/** Exact distances of what was found, in their order. */
function measured(
  near: NearestSoFar,
  of: {
    readonly probes: FaceMatrix;
    readonly matrix: FaceMatrix;
    readonly count: number;
    readonly limit: number;
  },
): NearRows {
  const { probes, matrix, count, limit } = of;
  const exact = new NearestSoFar(probes.rows, count);
  for (let probe = 0; probe < probes.rows; probe++) {
    for (let place = probe * count; place < (probe + 1) * count && near.rows[place] !== -1; place++) {
      const row = near.rows[place]!;
      const squared = squaredWithin(probes, probe, { matrix, row, limit: Number.POSITIVE_INFINITY });
      if (squared <= limit) exact.offer(probe, row, squared);
    }
  }
  return { count, rows: exact.rows, squared: exact.squared };
}
