import { compileGlob, expandBraces, type Matcher } from './glob-pattern.ts';

/** A pattern of paths, ready for use. */
export interface PathGlob {
  /** The leading folders that are plain names; all matches lie below. Empty: the current folder. */
  readonly base: string;
  /** Levels below the base where matches can lie; Infinity with `**`. */
  readonly depth: number;
  /** @param path - below the base, with `/` */
  matches(path: string): boolean;
}

/**
 * Makes a matcher of a pattern of paths: each part between slashes is a pattern of its own as in {@link compileGlob},
 * and the part `**` stands for any number of folders. Names that begin with a dot are matched only by parts that do.
 *
 * @throws Error if it cannot be understood; the message says why
 * @remarks The time is at most the product of both lengths, whatever the pattern.
 */
export function compilePathGlob(pattern: string): PathGlob {
  const variants = expandBraces(pattern).map((variant) => variant.split('/'));
  const fixed = commonFixedParts(variants);
  const wild = variants.map((parts) =>
    parts.slice(fixed.length).filter((part, at) => part !== '' || at === 0),
  );
  const matchers = wild.map((parts) => parts.map(compilePart));
  const base = fixed.map((part) => part.replace(/\\(.)/gs, '$1')).join('/');
  return {
    base: base === '' && fixed.length > 0 ? '/' : base,
    depth: wild.some((parts) => parts.includes('**'))
      ? Infinity
      : Math.max(...wild.map(({ length }) => length)),
    matches: (path) => {
      const names = path.split('/');
      return matchers.some((parts) => matchParts(parts, names));
    },
  };
}

const ANY_FOLDERS = Symbol('any number of folders');
type Part = typeof ANY_FOLDERS | Matcher;

function compilePart(part: string): Part {
  if (part === '**') return ANY_FOLDERS;
  const matches = compileGlob(part);
  const dotted = part.startsWith('.') || part.startsWith('\\.');
  return (name) => (dotted || !name.startsWith('.')) && matches(name);
}

// As with the stars of a name: only the last `**` ever has to take more.
function matchParts(parts: readonly Part[], names: readonly string[]): boolean {
  let part = 0;
  let any = -1;
  let anyEnd = 0;
  for (let at = 0; at < names.length; ) {
    const wanted = parts[part];
    if (wanted === ANY_FOLDERS) {
      any = part++;
      anyEnd = at;
    } else if (wanted?.(names[at]!)) {
      part++;
      at++;
    } else if (any >= 0 && !names[anyEnd]!.startsWith('.')) {
      part = any + 1;
      at = ++anyEnd;
    } else {
      return false;
    }
  }
  return parts.slice(part).every((rest) => rest === ANY_FOLDERS);
}

function commonFixedParts(variants: readonly (readonly string[])[]): readonly string[] {
  const [first = []] = variants;
  // The last part is the name of a file, never a folder.
  const limit = Math.min(...variants.map((parts) => parts.length - 1));
  let count = 0;
  while (count < limit && isPlain(first[count]!) && variants.every((parts) => parts[count] === first[count]))
    count++;
  return first.slice(0, count);
}

function isPlain(part: string): boolean {
  return !/[*?[\]{}!]/.test(part.replace(/\\./gs, ''));
}
