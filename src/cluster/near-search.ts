import type { Runtime } from '../core/runtime/runtime.ts';
import { nearestAmong, nearRows } from './near-faces.ts';
import type { NearSearch } from './near-rows.ts';
import { ProductSearch } from './product-search.ts';

const PLAIN: NearSearch = {
  nearRows: async (matrix, query) => nearRows(matrix, query),
  nearestAmong: async (probes, matrix, query) => nearestAmong(probes, matrix, query),
  [Symbol.asyncDispose]: async () => undefined,
};

/**
 * @param runtime - multiplies matrices; without one, loops compare row by row
 * @param columns - of all matrices; 0 where there are no rows
 */
export async function openNearSearch(runtime: Runtime | undefined, columns: number): Promise<NearSearch> {
  return runtime && columns > 0 ? ProductSearch.open(runtime, columns) : PLAIN;
}
