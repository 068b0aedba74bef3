import { invalidArgument } from '../../core/errors.ts';

/** Items on a page of a home's lists. */
export const HOME_PAGE = { default: 50, maximum: 200 } as const;

/**
 * Reads which part of a list is wanted.
 *
 * @returns how many, and the number in the cursor; 0 for the beginning
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function readHomePage({
  limit = HOME_PAGE.default,
  cursor,
}: {
  readonly limit?: number | undefined;
  readonly cursor?: string | null | undefined;
}): { readonly limit: number; readonly after: number } {
  if (!Number.isInteger(limit) || limit < 1 || limit > HOME_PAGE.maximum)
    throw invalidArgument(`an integer of 1 .. ${HOME_PAGE.maximum}`, 'limit', limit);
  if (cursor === null || cursor === undefined) return { limit, after: 0 };
  if (typeof cursor === 'string' && /^[1-9]\d{0,14}$/.test(cursor)) return { limit, after: Number(cursor) };
  throw invalidArgument('the nextCursor of a page', 'cursor', cursor);
}
