import { invalidArgument } from '../../core/errors.ts';

/** A time from its beginning until before its end. */
export interface DayRange {
  readonly from: Date;
  readonly to: Date;
}

const DAY = /^(?<year>\d{4})(?:-(?<month>\d{2})(?:-(?<day>\d{2}))?)?$/;

/**
 * Reads a year, a month or a day, such as 2020, 2020-05 or 2020-05-17, as a camera's clock would show it.
 *
 * @param name - of what is read, for the error
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function dayRange(text: string, name: string): DayRange {
  const found = DAY.exec(text.trim())?.groups;
  if (!found) throw invalidArgument('a day such as 2020, 2020-05 or 2020-05-17', name, text);
  const [year, month, day] = [Number(found['year']), Number(found['month'] ?? 1), Number(found['day'] ?? 1)];
  const from = at(year, month - 1, day);
  if (from.getUTCMonth() !== month - 1 || from.getUTCDate() !== day)
    throw invalidArgument('a day that there is', name, text);
  if (found['day'] !== undefined) return { from, to: at(year, month - 1, day + 1) };
  return { from, to: found['month'] === undefined ? at(year + 1, 0, 1) : at(year, month, 1) };
}

/** Years before 100 too, which `Date.UTC` takes for those of the last century. */
function at(year: number, month: number, day: number): Date {
  const date = new Date(0);
  date.setUTCFullYear(year, month, day);
  return date;
}
