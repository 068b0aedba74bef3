import { invalidArgument } from '../errors.ts';

const DATE = /^(\d{4})-(\d\d)-(\d\d)/;
// Zones as RFC 3339 writes them; "24:00" and leap seconds are other spellings of a time that can be written plainly.
const TIME = /^T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** What {@link parseDateTime} takes, for error messages. */
export const DATE_TIME_FORM = 'a date and time with a zone, such as 2027-06-30T18:00:00Z or ...T18:00+02:00';

/**
 * Whether a text is a time as ISO 8601 and RFC 3339 write it: a day of the calendar, a time of day, and a zone.
 *
 * @remarks Seconds may be left out. `Date` itself takes February 30 for March 2, 24:00 for the next day, and a time
 * without a zone for that of whichever machine reads it; none of these passes here.
 */
export function isDateTime(text: string): boolean {
  return isDay(text.slice(0, DAY_LENGTH)) && TIME.test(text.slice(DAY_LENGTH));
}

/**
 * Reads a time that {@link isDateTime} accepts.
 *
 * @param name - what error messages call it
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function parseDateTime(text: string, name: string): Date {
  if (typeof text !== 'string' || !isDateTime(text)) throw invalidArgument(DATE_TIME_FORM, name, text);
  return new Date(text);
}

/**
 * Reads a time, or a day alone, which means its first moment in UTC.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function parseDate(text: string, name: string): Date {
  if (typeof text === 'string' && isDay(text)) return new Date(`${text}T00:00:00Z`);
  if (typeof text === 'string' && isDateTime(text)) return new Date(text);
  throw invalidArgument(`a day that exists, such as 2027-06-30, or ${DATE_TIME_FORM}`, name, text);
}

const DAY_LENGTH = '2027-06-30'.length;

function isDay(text: string): boolean {
  const [all, year, month, day] = DATE.exec(text) ?? [];
  if (all !== text) return false;
  // The day 0 of the next month is the last one of this; months out of range lead into another year.
  const last = new Date(0);
  last.setUTCFullYear(Number(year), Number(month), 0);
  return last.getUTCFullYear() === Number(year) && Number(day) >= 1 && Number(day) <= last.getUTCDate();
}
