import { InvalidArgumentError } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { parseDate } from '../../core/text/iso-date.ts';

/** Parser for an option that takes a day (its first moment in UTC) or a time that is still to come. */
export function dateToCome(text: string): Date {
  const date = readDate(text);
  if (date.getTime() > Date.now()) return date;
  throw new InvalidArgumentError(
    `Expected a time to come, but ${date.toISOString()} is over. To delete somebody now: gallery delete.`,
  );
}

function readDate(text: string): Date {
  try {
    return parseDate(text, 'it');
  } catch (error) {
    if (!(error instanceof FaceTriggerError)) throw error;
    throw new InvalidArgumentError(
      'Expected a day that exists, such as 2027-06-30 (its first moment in UTC), ' +
        'or a time with a zone, such as 2027-06-30T18:00+02:00.',
    );
  }
}
