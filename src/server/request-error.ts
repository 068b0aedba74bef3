import type { z } from 'zod';
import { expectation, FaceTriggerError } from '../core/errors.ts';

/** Faults of one request that are told at once. */
const MAX_TOLD = 3;
/** Names of properties that are told. */
const MAX_NAMES = 5;

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'an integer',
  boolean: 'true or false',
  object: 'an object',
  array: 'a list',
};

/**
 * What is answered to a request that is not as its route describes it.
 *
 * @param options.part - of the request, such as "querystring"
 * @param options.known - names that the part may have
 * @returns an error `ERR_INVALID_ARGUMENT` whose details name the fields, such as "body/name"
 */
export function requestError(
  issues: readonly z.core.$ZodIssue[],
  { part, known }: { readonly part: string; readonly known: readonly string[] },
): FaceTriggerError {
  const told = issues.slice(0, MAX_TOLD).map((issue) => {
    const field = [part, ...issue.path].join('/');
    return { field, message: describe(issue, field, known) };
  });
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', told.map(({ message }) => message).join('; '), {
    details: { fields: told.map(({ field }) => field) },
  });
}

function describe(issue: z.core.$ZodIssue, field: string, known: readonly string[]): string {
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, MAX_NAMES).join(', ');
    return expectation(issue.path.length === 0 ? `only ${known.join(', ')}` : 'nothing else', field, names);
  }
  const expected = expectedOf(issue);
  if (issue.input === undefined) return `Expected ${expected} for ${field} but there is none`;
  return expectation(expected, field, issue.input);
}

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return TYPES[issue.expected] ?? issue.expected;
    case 'invalid_value':
      return issue.values
        .map((value) => JSON.stringify(value))
        .join(', ')
        .replace(/, (?!.*, )/, ' or ');
    case 'too_small':
      return bound(issue.origin, 'at least', issue.minimum);
    case 'too_big':
      return bound(issue.origin, 'at most', issue.maximum);
    // The schemas of ids and boxes say in their own words what they expect.
    default:
      return issue.message;
  }
}

function bound(origin: string, which: 'at least' | 'at most', limit: number | bigint): string {
  const many = Number(limit) === 1 ? '' : 's';
  if (origin === 'string') return `text of ${which} ${limit} character${many}`;
  if (origin === 'array') return `a list of ${which} ${limit} item${many}`;
  return `${TYPES[origin] ?? 'a number'} ${which === 'at least' ? '>=' : '<='} ${limit}`;
}
