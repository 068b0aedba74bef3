import type { FormText } from '../read-form.ts';
import { CompreFaceError } from './compreface-error.ts';

/** A query as it was parsed: a parameter that came several times is an array. */
export type RawQuery = Readonly<Record<string, string | readonly string[] | undefined>>;

/** What a request to one of CompreFace's routes asks for. */
export interface CompreFaceParameters {
  /** Most faces that are looked at, the largest first. 0: all. */
  readonly limit: number;
  /** 0 .. 1. */
  readonly detProbThreshold: number;
  /** Most subjects for each face. */
  readonly predictionCount: number;
  /** Lower case. */
  readonly facePlugins: ReadonlySet<string>;
  readonly status: boolean;
  /** From 0. */
  readonly page: number;
  readonly size: number;
}

/** What a request can say beside its pictures. */
const NAMES: readonly string[] = [
  'limit',
  'det_prob_threshold',
  'prediction_count',
  'face_plugins',
  'status',
  'detect_faces',
  'subject',
];
/** Most subjects for each face, however many are asked for. */
const MAX_PREDICTIONS = 100;
/** Examples on a page where none or nonsense is asked for, and the most there can be. Source: Spring Data's Pageable. */
const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 2000;

/**
 * The parameters of a request: those of its address, then those that are parts of its form.
 *
 * @remarks Source: Spring, where a request's parameters are of both.
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a part that is too long for a parameter
 */
export function withTexts(query: RawQuery, texts: readonly FormText[]): RawQuery {
  const all: Record<string, string | readonly string[] | undefined> = { ...query };
  for (const { name, value, cut } of texts) {
    if (!NAMES.includes(name)) continue;
    if (cut) throw new CompreFaceError('INCORRECT_ARGUMENT', `The value of ${name} is too long`);
    all[name] = [all[name] ?? [], value].flat();
  }
  return all;
}

/**
 * Reads the parameters as leniently as CompreFace does.
 *
 * @remarks An empty parameter is one that was not given; blanks around values do not count; booleans are those of
 * Spring (true, on, yes, 1 and their opposites, in any case); plugins are parted by commas or blanks; a page that is no
 * number is the first. Sources: Spring, StringToBooleanConverter and PageableHandlerMethodArgumentResolverSupport;
 * CompreFace, embedding-calculator.
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for a value that CompreFace refuses too, and for `detect_faces=false`,
 * which is not supported
 */
export function readParameters(query: RawQuery): CompreFaceParameters {
  if (!toBoolean(query, 'detect_faces', true)) {
    throw new CompreFaceError(
      'INCORRECT_ARGUMENT',
      'detect_faces=false is not supported: faces are always detected, even in pictures that are cropped to a face',
    );
  }
  return {
    limit: toInteger(query, 'limit', { fallback: 0, min: 0 }),
    detProbThreshold: toShare(query, 'det_prob_threshold'),
    predictionCount: Math.min(MAX_PREDICTIONS, toInteger(query, 'prediction_count', { fallback: 1, min: 1 })),
    facePlugins: new Set((textOf(query, 'face_plugins', 'all') ?? '').toLowerCase().match(/[^\s,]+/g)),
    status: toBoolean(query, 'status', false),
    page: toPageNumber(query, 'page') ?? 0,
    size: Math.min(MAX_PAGE_SIZE, toPageNumber(query, 'size') || DEFAULT_PAGE_SIZE),
  };
}

/**
 * The subject that a request names.
 *
 * @returns `undefined` where none is named, or only blanks and `blank` is 'absent'
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for blanks where `blank` is 'refused'
 */
export function readSubject(
  query: RawQuery,
  { blank }: { readonly blank: 'absent' | 'refused' },
): string | undefined {
  const given = query.subject;
  const subject = textOf(query, 'subject', 'first');
  if (subject === undefined && given !== undefined && blank === 'refused') {
    throw new CompreFaceError('VALIDATION_CONSTRAINT_VIOLATION', 'Subject name cannot be empty');
  }
  return subject;
}

/** A parameter that came several times: lists are joined by commas, as Spring does; of others the first that is not blank. */
function textOf(query: RawQuery, name: string, which: 'first' | 'all'): string | undefined {
  const values = [query[name] ?? []].flat().map((value) => value.trim());
  const text = which === 'all' ? values.join(',') : values.find((value) => value !== '');
  return text || undefined;
}

function toInteger(
  query: RawQuery,
  name: string,
  { fallback, min }: { readonly fallback: number; readonly min: number },
): number {
  const text = textOf(query, name, 'first');
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!/^[+-]?\d+$/.test(text) || Math.abs(value) > 2 ** 31 - 1) {
    throw new CompreFaceError('INCORRECT_ARGUMENT', `Expected a whole number for ${name}`);
  }
  if (value >= min) return value;
  throw new CompreFaceError(
    'VALIDATION_CONSTRAINT_VIOLATION',
    `${name} should be equal or greater than ${min}`,
  );
}

function toShare(query: RawQuery, name: string): number {
  const text = textOf(query, name, 'first');
  const value = text === undefined ? 0 : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new CompreFaceError('INCORRECT_ARGUMENT', `Expected a number of 0 .. 1 for ${name}`);
}

function toBoolean(query: RawQuery, name: string, fallback: boolean): boolean {
  const text = textOf(query, name, 'first')?.toLowerCase();
  if (text === undefined) return fallback;
  if (['true', 'on', 'yes', '1'].includes(text)) return true;
  if (['false', 'off', 'no', '0'].includes(text)) return false;
  throw new CompreFaceError('INCORRECT_ARGUMENT', `Expected true or false for ${name}`);
}

function toPageNumber(query: RawQuery, name: string): number | undefined {
  const text = textOf(query, name, 'first');
  return text !== undefined && /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}
