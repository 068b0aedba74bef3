import { FaceTriggerError } from '../../../core/errors.ts';
import type { LivingAt } from '../gallery-store.ts';
import { rowReader } from '../row-reader.ts';

export const {
  textIn,
  textOrNullIn,
  wholeIn,
  bytesOrNullIn,
  embeddingIn,
  storedPersonIn,
  mergeIn,
  negativeIn,
  qualityIn,
} = rowReader(damagedRows);

/** Keeps people who are alive at the moment of a parameter, which {@link livingParameter} makes. */
export const alive = (parameter: string): string =>
  `(person.expires_at IS NULL OR person.expires_at > ${parameter}::bigint)`;

/** The value for {@link alive}. */
export function livingParameter(livingAt: LivingAt): number {
  return livingAt ?? Number.MIN_SAFE_INTEGER;
}

/** The error for rows that are not as they were written. */
export function damagedRows(what: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The gallery's tables in PostgreSQL were changed by somebody else: ${what}; go back to an export or a backup`,
  );
}
