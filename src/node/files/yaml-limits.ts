import { Lexer } from 'yaml';

// A hand-written file has some hundreds of each; the reader's time grows with the square of some of these numbers.
const MAX_LEVELS = 64;
const MAX_KEYS = 10_000;
const MAX_ANCHORS = 100;
const MAX_PIECES = 200_000;

const TOO_DEEP = 'is nested too deeply';

/** What the lexer puts before the text of a value. */
const VALUE_FOLLOWS = '\u001f';

/**
 * Why a YAML text must not come to the reader; null where nothing speaks against it.
 *
 * @remarks Looks at the pieces of the text one by one, in time that grows with its length. The reader calls itself for
 * each level, and where the stack ends the engine can end the process.
 */
export function yamlExcess(content: string): string | null {
  if (levelsOfLines(content) > MAX_LEVELS) return TOO_DEEP;
  const count = { pieces: 0, keys: 0, anchors: 0, open: 0, run: 0 };
  let isValue = false;
  for (const piece of new Lexer().lex(content)) {
    countPiece(count, isValue ? 'value' : piece);
    isValue = piece === VALUE_FOLLOWS;
    if (count.open > MAX_LEVELS || count.run > MAX_LEVELS) return TOO_DEEP;
    if (count.anchors > MAX_ANCHORS) return `has more than ${MAX_ANCHORS} anchors and aliases`;
    if (count.keys > MAX_KEYS) return `has more than ${MAX_KEYS} keys`;
    if (count.pieces > MAX_PIECES) return `has more than ${MAX_PIECES} words and signs`;
  }
  return null;
}

/** How many lines stand each further to the right than the one above it that they belong to. */
function levelsOfLines(content: string): number {
  const open: number[] = [];
  let most = 0;
  for (const line of content.split('\n')) {
    const indent = line.search(/[^ \r]/);
    if (indent < 0) continue;
    while (open.length > 0 && open.at(-1)! >= indent) open.pop();
    open.push(indent);
    most = Math.max(most, open.length);
  }
  return most;
}

interface Count {
  pieces: number;
  keys: number;
  anchors: number;
  /** Brackets that are open. */
  open: number;
  /** Signs in a row that each begin a level of a block: "- - ? x". */
  run: number;
}

function countPiece(count: Count, piece: string): void {
  count.pieces++;
  switch (piece[0]) {
    case '[':
    case '{':
      count.open++;
      break;
    case ']':
    case '}':
      count.open = Math.max(0, count.open - 1);
      break;
    case '&':
    case '*':
      count.anchors++;
      return;
    case '?':
    case ':':
      count.keys++;
      count.run++;
      return;
    case '-':
      count.run++;
      return;
    // What may stand between such signs.
    case '!':
    case ' ':
    case '\t':
    case VALUE_FOLLOWS:
      return;
  }
  count.run = 0;
}
