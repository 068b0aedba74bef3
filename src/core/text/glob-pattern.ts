/** Whether a text matches a pattern. */
export type Matcher = (text: string) => boolean;

// Bounds on what {a,b} makes of a pattern, so that matching stays quick.
const MAX_VARIANTS = 64;
const MAX_VARIANT_CHARACTERS = 10_000;

/**
 * Makes a matcher of a pattern: `*` stands for any characters, `?` for one, `[a-z]` and `[!a-z]` for one of a set,
 * `{a,b}` and `{1..5}` for alternatives, a backslash takes the sense from the next character, and `!` at the start turns the
 * answer round.
 *
 * @throws Error if the pattern is none of that; the message says why
 * @remarks The time is at most the product of both lengths, whatever the pattern: no regular expression, and a star
 * never looks back beyond the star before it.
 */
export function compileGlob(pattern: string): Matcher {
  const negated = pattern.startsWith('!') && !pattern.startsWith('!(');
  const variants = expandBraces(negated ? pattern.slice(1) : pattern).map(parse);
  return (text) => {
    const characters = [...text];
    return variants.some((tokens) => matches(tokens, characters)) !== negated;
  };
}

const STAR = Symbol('any characters');
type Token = typeof STAR | ((character: string) => boolean);

function matches(tokens: readonly Token[], text: readonly string[]): boolean {
  let token = 0;
  let star = -1;
  let starEnd = 0;
  for (let at = 0; at < text.length; ) {
    const wanted = tokens[token];
    if (wanted === STAR) {
      star = token++;
      starEnd = at;
    } else if (wanted?.(text[at]!)) {
      token++;
      at++;
    } else if (star >= 0) {
      // The last star takes one character more; earlier ones need not, as it can take whatever they could.
      token = star + 1;
      at = ++starEnd;
    } else {
      return false;
    }
  }
  return tokens.slice(token).every((rest) => rest === STAR);
}

function parse(pattern: string): Token[] {
  const tokens: Token[] = [];
  const characters = [...pattern];
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at]!;
    if (characters[at + 1] === '(' && '*?+@!'.includes(character))
      throw new Error(`${character}(...) is not understood in a pattern; write {a,b} for alternatives`);
    if (character === '*') {
      if (tokens.at(-1) !== STAR) tokens.push(STAR);
    } else if (character === '?') {
      tokens.push(() => true);
    } else if (character === '[') {
      const end = characters.indexOf(']', at + (/[!^]/.test(characters[at + 1] ?? '') ? 3 : 2));
      if (end < 0) throw new Error('a [ in a pattern has no ]; write \\[ for the character');
      tokens.push(parseSet(characters.slice(at + 1, end)));
      at = end;
    } else {
      const literal = character === '\\' ? (characters[++at] ?? '\\') : character;
      tokens.push((one) => one === literal);
    }
  }
  return tokens;
}

function parseSet(characters: readonly string[]): Token {
  const negated = characters[0] === '!' || characters[0] === '^';
  const members = negated ? characters.slice(1) : characters;
  if (members[0] === '[' && members[1] === ':')
    throw new Error('[:...:] is not understood in a pattern; write the characters, such as [a-z]');
  const ranges: [string, string][] = [];
  for (let at = 0; at < members.length; at++) {
    const first = members[at]!;
    const isRange = members[at + 1] === '-' && at + 2 < members.length;
    ranges.push([first, isRange ? members[at + 2]! : first]);
    if (isRange) at += 2;
  }
  const code = (character: string) => character.codePointAt(0)!;
  return (one) => ranges.some(([from, to]) => code(one) >= code(from) && code(one) <= code(to)) !== negated;
}

/** All patterns that the braces of a pattern stand for. @throws Error if they are too many */
export function expandBraces(pattern: string): string[] {
  let variants = [''];
  for (let at = 0; at < pattern.length; ) {
    const end = pattern[at] === '{' ? closingBrace(pattern, at) : -1;
    const choices = end < 0 ? null : alternatives(pattern.slice(at + 1, end));
    if (choices === null) {
      const length = pattern[at] === '\\' ? 2 : 1;
      const piece = pattern.slice(at, at + length);
      variants = variants.map((variant) => variant + piece);
      at += length;
    } else {
      variants = variants.flatMap((variant) => choices.map((choice) => variant + choice));
      at = end + 1;
    }
    const size = variants.reduce((sum, variant) => sum + variant.length, 0);
    if (variants.length > MAX_VARIANTS || size > MAX_VARIANT_CHARACTERS)
      throw new Error(`a pattern's braces stand for more than ${MAX_VARIANTS} alternatives`);
  }
  return variants;
}

/** What stands between braces as a list; null: the braces are characters like others. */
function alternatives(content: string): string[] | null {
  const numbers = /^(\d{1,9})\.\.(\d{1,9})$/.exec(content);
  if (numbers) {
    const [from, to] = [Number(numbers[1]), Number(numbers[2])].sort((a, b) => a - b) as [number, number];
    if (to - from >= MAX_VARIANTS)
      throw new Error(`a pattern's braces stand for more than ${MAX_VARIANTS} alternatives`);
    return Array.from({ length: to - from + 1 }, (_, i) => String(from + i));
  }
  if (content.includes('{')) throw new Error('braces in braces are not understood in a pattern');
  const parts = content.split(/(?<!\\),/);
  return parts.length < 2 ? null : parts;
}

function closingBrace(pattern: string, open: number): number {
  let depth = 0;
  for (let at = open; at < pattern.length; at++) {
    if (pattern[at] === '\\') at++;
    else if (pattern[at] === '{') depth++;
    else if (pattern[at] === '}' && --depth === 0) return at;
  }
  return -1;
}
