import { FaceTriggerError } from '../core/errors.ts';
import { sameName } from '../core/text/person-name.ts';

/** One photo as a pairs file names it: the `number`-th of a person. */
export interface PhotoReference {
  /** The person's folder. */
  readonly person: string;
  /** Which of the person's photos, integer >= 1. */
  readonly number: number;
}

/** One line of a pairs file. */
export interface PhotoPair {
  /** Integer >= 0, in the order of the file. */
  readonly fold: number;
  /** Whether the line is of the form `name i j`. */
  readonly same: boolean;
  readonly first: PhotoReference;
  readonly second: PhotoReference;
}

/** Content of a pairs file. */
export interface PairsFile {
  readonly pairs: readonly PhotoPair[];
  readonly folds: number;
  /** Pairs of each kind in each fold. */
  readonly pairsPerKind: number;
}

/** Largest pairs file that is read, in characters; LFW's own has 155,000. */
export const MAX_PAIRS_TEXT = 64 * 2 ** 20;

/**
 * Reads a list of comparisons in the format of Labeled Faces in the Wild.
 *
 * @param text - a header `folds pairs` (LFW's pairs.txt) or `pairs` alone (LFW's pairsDevTest.txt, one fold), then
 * for each fold `pairs` lines `name i j` and `pairs` lines `name1 i name2 j`; fields are separated by tabs, or by
 * spaces in a line without tabs
 * @throws FaceTriggerError `ERR_FILE_FORMAT` with the line's number; names that could leave the photos' folder
 * (`..`, slashes, control characters) are refused
 * @remarks Format: http://vis-www.cs.umass.edu/lfw/README.txt
 */
export function parsePairs(text: string): PairsFile {
  if (text.length > MAX_PAIRS_TEXT) {
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      `The pairs file has more than ${MAX_PAIRS_TEXT} characters`,
    );
  }
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  while (lines.length > 0 && lines.at(-1)!.trim() === '') lines.pop();
  const { folds, pairsPerKind } = parseHeader(lines[0] ?? '');
  const expected = folds * pairsPerKind * 2;
  if (lines.length - 1 !== expected) {
    throw bad(
      1,
      `announces ${folds} fold(s) of 2 x ${pairsPerKind} pairs, which is ${expected} lines, but ${lines.length - 1} follow`,
    );
  }
  const pairs = lines.slice(1).map((line, index) => {
    const fold = Math.floor(index / (2 * pairsPerKind));
    const same = index % (2 * pairsPerKind) < pairsPerKind;
    return parseLine(line, { lineNumber: index + 2, fold, same });
  });
  return { pairs, folds, pairsPerKind };
}

function parseHeader(line: string): { folds: number; pairsPerKind: number } {
  const fields = split(line);
  const numbers = fields.map((field) => (/^[1-9]\d{0,6}$/.test(field) ? Number(field) : Number.NaN));
  if (numbers.some(Number.isNaN) || numbers.length < 1 || numbers.length > 2) {
    throw bad(1, 'must be "folds pairs" or "pairs", both whole numbers from 1 to 9999999');
  }
  return numbers.length === 2
    ? { folds: numbers[0]!, pairsPerKind: numbers[1]! }
    : { folds: 1, pairsPerKind: numbers[0]! };
}

function parseLine(line: string, at: { lineNumber: number; fold: number; same: boolean }): PhotoPair {
  const fields = split(line);
  const { lineNumber, fold, same } = at;
  if (fields.length !== (same ? 3 : 4)) {
    const form = same ? '"name i j" (a pair of one person)' : '"name1 i name2 j" (a pair of two people)';
    throw bad(lineNumber, `must be ${form}`);
  }
  const [a, b, c, d] = fields as [string, string, string, string];
  const first = { person: personName(a, lineNumber), number: photoNumber(b, lineNumber) };
  const second = same
    ? { person: first.person, number: photoNumber(c, lineNumber) }
    : { person: personName(c, lineNumber), number: photoNumber(d, lineNumber) };
  if (!same && sameName(first.person, second.person))
    throw bad(lineNumber, 'names one person where two are due');
  return { fold, same, first, second };
}

function split(line: string): string[] {
  const trimmed = line.trim();
  return trimmed.includes('\t') ? trimmed.split('\t').map((field) => field.trim()) : trimmed.split(/ +/);
}

function personName(field: string, lineNumber: number): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  if (field === '' || field === '.' || field === '..' || /[/\\\u0000-\u001f\u007f]/.test(field)) {
    throw bad(lineNumber, 'has a name that is empty or not the name of a folder');
  }
  return field;
}

function photoNumber(field: string, lineNumber: number): number {
  if (!/^\d{1,7}$/.test(field) || Number(field) < 1) {
    throw bad(lineNumber, 'has a photo number that is not a whole number from 1 to 9999999');
  }
  return Number(field);
}

function bad(lineNumber: number, what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `Line ${lineNumber} of the pairs file ${what}`);
}
