import { setImmediate as nextTurn } from 'node:timers/promises';
import { PrincipalDirections } from './principal-directions.ts';
import type { VectorEngine } from './vector-engine.ts';

/**
 * HNSW parameters: neighbors kept per vector, vectors looked at when one is added, and when one is searched.
 *
 * @remarks usearch's own defaults (16 / 128 / 64) find too little among many people. The last number trades time for
 * recall: bench/sections/gallery.mjs tells of both among a million. A search waits for memory more than it computes, so
 * vectors are kept short: along few directions and in a byte a number. The byte is a float (five bits of exponent, two
 * of mantissa), because usearch 2.25 scales each vector of integers to one length, which bends Euclidean distances.
 */
const GRAPH = { connectivity: 32, expansionAdd: 128, expansionSearch: 320 } as const;

/**
 * Loads the native engine, usearch.
 *
 * @returns `null` where it has no binary for this machine: callers then use their plain loop
 */
export async function loadUsearch(): Promise<VectorEngine | null> {
  let usearch: typeof import('usearch');
  try {
    usearch = await import('usearch');
  } catch {
    return null;
  }
  const { exactSearch, Index, MetricKind, ScalarKind } = usearch;
  return {
    nearestRows(rows, query, count) {
      // exactSearch reads both arrays from the start of their buffers, whatever their byteOffset says.
      if (rows.byteOffset !== 0) rows = rows.slice();
      // Not slice(), which keeps the class: the engine does not take that of another realm.
      const own = Float32Array.from(query);
      const found = exactSearch(rows, own, own.length, count, MetricKind.L2sq, 1) as unknown as Neighbors;
      return Array.from(found.keys, (key, i) => ({ slot: Number(key), squared: found.distances[i]! }));
    },
    createGraph(sample) {
      const directions = new PrincipalDirections(sample);
      const graph = new Index({
        dimensions: directions.length,
        metric: MetricKind.L2sq,
        quantization: ScalarKind.E5M2,
        connectivity: GRAPH.connectivity,
        expansion_add: GRAPH.expansionAdd,
        expansion_search: GRAPH.expansionSearch,
        multi: false,
      });
      const project = (vectors: readonly Float32Array[]) => {
        const { length } = directions;
        const rows = new Float32Array(vectors.length * length);
        for (const [i, vector] of vectors.entries()) {
          directions.project(vector, rows.subarray(i * length, (i + 1) * length));
        }
        return rows;
      };
      return {
        // One thread: several lose links to each other, and then searches find as little as 98 % of what they should.
        add: (keys, vectors) => graph.add(BigUint64Array.from(keys, BigInt), project(vectors), 1),
        nearest: (query, count) => Array.from(graph.search(project([query]), count, 1).keys, Number),
      };
    },
    nextTurn: ({ background }) => nextTurn(undefined, { ref: !background }),
  };
}

interface Neighbors {
  readonly keys: BigUint64Array;
  readonly distances: Float32Array;
}
