import { invalidArgument } from '../core/errors.ts';
import type { PageOptions } from './gallery-types.ts';

/** Items on a page where the caller does not say, and at most. */
export const PAGE_LIMITS = { default: 100, maximum: 1000 } as const;

/**
 * Reads the options of a page.
 *
 * @returns the number of items and the sequence number after which the page starts
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function readPage({ limit = PAGE_LIMITS.default, cursor }: PageOptions): {
  readonly limit: number;
  readonly after: number;
} {
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_LIMITS.maximum) {
    throw invalidArgument(`an integer of 1 .. ${PAGE_LIMITS.maximum}`, 'options.limit', limit);
  }
  if (cursor === null || cursor === undefined) return { limit, after: 0 };
  const after =
    typeof cursor === 'string' ? Number(/^after:(\d{1,15})$/.exec(decode(cursor))?.[1]) : Number.NaN;
  if (!Number.isInteger(after)) throw invalidArgument('the nextCursor of a page', 'options.cursor', cursor);
  return { limit, after };
}

/**
 * Makes a page of rows that were asked for one more than fits.
 *
 * @param rows - at most limit + 1, in the order of `seq`
 */
export function cutPage<Row extends { readonly seq: number }>(
  rows: readonly Row[],
  limit: number,
): { readonly rows: readonly Row[]; readonly nextCursor: string | null } {
  if (rows.length <= limit) return { rows, nextCursor: null };
  const kept = rows.slice(0, limit);
  return { rows: kept, nextCursor: encode(`after:${kept.at(-1)!.seq}`) };
}

// base64url: cursors stand in addresses. What they are made of is nobody's business but ours.
function encode(text: string): string {
  return btoa(text).replace(/=+$/, '');
}

function decode(cursor: string): string {
  return /^[A-Za-z0-9]{1,40}$/.test(cursor) && cursor.length % 4 !== 1 ? atob(cursor) : '';
}
