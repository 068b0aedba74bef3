import { invalidArgument } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';
import type { Optional } from '../core/options/optional.ts';
import { canonicalName } from '../core/text/person-name.ts';
import type { Consent, NewPerson } from './gallery-types.ts';
import type { PersonRow } from './stores/gallery-store.ts';

/** Longest name of a person, longest source of a face and longest text of a consent, in characters. */
export const TEXT_LIMITS = { name: 200, source: 1000, consent: 10_000 } as const;

/**
 * Checks a name and brings it into the one form that names are compared in, see {@link canonicalName}.
 *
 * @remarks Names are data and nothing else: no file is ever called by one, and every query binds them.
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function checkName(name: string): string {
  const expected = `text of 1 .. ${TEXT_LIMITS.name} characters without control characters`;
  if (typeof name !== 'string') throw invalidArgument(expected, 'name', name);
  const clean = canonicalName(name);
  if (clean === '' || clean.length > TEXT_LIMITS.name || /\p{Cc}/u.test(clean) || !clean.isWellFormed()) {
    throw invalidArgument(expected, 'name', name);
  }
  return clean;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** The id of something new: the one that is wished for, or any. @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function newId(wished: string | undefined): string {
  if (wished === undefined) return crypto.randomUUID();
  if (typeof wished !== 'string' || !UUID.test(wished))
    throw invalidArgument('a UUID in small letters', 'id', wished);
  return wished;
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkText(text: string | null | undefined, name: 'source' | 'consent'): string | null {
  if (text === null || text === undefined) return null;
  if (typeof text !== 'string' || text.length > TEXT_LIMITS[name] || !text.isWellFormed()) {
    throw invalidArgument(`text of at most ${TEXT_LIMITS[name]} characters`, name, text);
  }
  return text;
}

/**
 * Checks when somebody is to be deleted.
 *
 * @returns `null` for never
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, also for a time that is over: it would be a mistake in the year, or
 * a way to delete somebody that leaves no trace of having been asked for
 */
export function checkExpiry(date: Date | null | undefined): Date | null {
  const expiresAt = checkDate(date, 'expiresAt');
  if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
    throw invalidArgument('a time to come (to delete somebody now, delete the person)', 'expiresAt', date);
  }
  return expiresAt;
}

/** @throws FaceTriggerError `ERR_INVALID_ARGUMENT` */
export function checkConsent(consent: Consent | null | undefined): Consent | null {
  if (consent === null || consent === undefined) return null;
  const text = checkText(consent.text, 'consent');
  const at = checkDate(consent.at, 'consent.at');
  if (text === null || text === '' || at === null)
    throw invalidArgument('a text and a date', 'consent', consent);
  return { text, at };
}

/**
 * Checks what is wished to be said of a person, and leaves out what is not given.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function checkChanges(
  changes: Optional<NewPerson>,
): Partial<Pick<PersonRow, 'name' | 'expiresAt' | 'consent'>> {
  return {
    ...(changes.name !== undefined && { name: checkName(changes.name) }),
    ...(changes.expiresAt !== undefined && { expiresAt: checkExpiry(changes.expiresAt) }),
    ...(changes.consent !== undefined && { consent: checkConsent(changes.consent) }),
  };
}

function checkDate(date: Date | null | undefined, name: string): Date | null {
  if (date === null || date === undefined) return null;
  if (!isKind(date, 'Date') || Number.isNaN(date.getTime()))
    throw invalidArgument('a valid Date', name, date);
  // A copy: the caller may change theirs, and a Date of another realm is another class.
  return new Date(date.getTime());
}
