/**
 * SPDX identifiers of licenses that allow commercial use.
 *
 * @remarks Source: the licenses' texts, by their identifiers on spdx.org/licenses. Whatever is not listed counts as
 * unknown, and unknown counts as refused.
 */
const COMMERCIAL = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BSL-1.0',
  'CC-BY-4.0',
  'CC-BY-SA-4.0',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'MPL-2.0',
  'Unlicense',
  'Zlib',
] as const;

/** Others that models come with, whose names are written right but of which nothing is said here. */
const OTHERS = [
  'AGPL-3.0-only',
  'AGPL-3.0-or-later',
  'CC-BY-NC-4.0',
  'CC-BY-NC-ND-4.0',
  'CC-BY-NC-SA-4.0',
  'CC-BY-ND-4.0',
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
] as const;

/** SPDX compares identifiers without regard to case (specification 2.3, annex D.2). */
const CANONICAL: ReadonlyMap<string, string> = new Map(
  [...COMMERCIAL, ...OTHERS].map((id) => [id.toLowerCase(), id]),
);
const FREE: ReadonlySet<string> = new Set(COMMERCIAL);
/** A license that its own project names: SPDX gives no other way for what is not on its list. */
const OWN = /^(?:documentref-[a-z0-9.-]+:)?licenseref-[a-z0-9.-]+$/i;
/** Deeper expressions are nobody's license. */
const MAX_LENGTH = 1000;

/** What an SPDX expression says. */
export interface SpdxExpression {
  /** With the identifiers as SPDX writes them. */
  readonly text: string;
  /** Identifiers that are not known here, as they came. */
  readonly unknown: readonly string[];
  /** Whether the license is known to allow commercial use. */
  readonly isCommercial: boolean;
}

/**
 * Reads an SPDX expression, such as "MIT", "mit OR GPL-3.0-only" or "(Apache-2.0 AND BSD-3-Clause)".
 *
 * @returns null for what is none
 */
export function readSpdxExpression(expression: string): SpdxExpression | null {
  const tokens = expression.match(/[()]|[^\s()]+/g) ?? [];
  if (tokens.length === 0 || expression.length > MAX_LENGTH) return null;
  const unknown: string[] = [];
  let at = 0;
  const isNext = (word: string) => tokens[at]?.toLowerCase() === word;

  const joined = (word: 'or' | 'and', part: () => Read | null): Read | null => {
    let left = part();
    while (left !== null && isNext(word)) {
      at += 1;
      const right = part();
      if (right === null) return null;
      const isFree = word === 'or' ? left.isFree || right.isFree : left.isFree && right.isFree;
      left = { text: `${left.text} ${word.toUpperCase()} ${right.text}`, isFree };
    }
    return left;
  };
  const either = (): Read | null => joined('or', () => joined('and', one));
  const one = (): Read | null => {
    if (isNext('(')) {
      at += 1;
      const inner = either();
      if (inner === null || !isNext(')')) return null;
      at += 1;
      return { text: `(${inner.text})`, isFree: inner.isFree };
    }
    const id = tokens[at];
    if (id === undefined || /^(?:[()]|and|or|with)$/i.test(id)) return null;
    at += 1;
    const known = CANONICAL.get(id.toLowerCase());
    if (known === undefined && !OWN.test(id)) unknown.push(id);
    const read = { text: known ?? id, isFree: known !== undefined && FREE.has(known) };
    if (!isNext('with')) return read;
    // An exception only allows more.
    const exception = tokens[at + 1];
    if (exception === undefined || /^(?:[()]|and|or|with)$/i.test(exception)) return null;
    at += 2;
    return { text: `${read.text} WITH ${exception}`, isFree: read.isFree };
  };

  const read = either();
  return read === null || at < tokens.length ? null : { text: read.text, unknown, isCommercial: read.isFree };
}

interface Read {
  readonly text: string;
  readonly isFree: boolean;
}
