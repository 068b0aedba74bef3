import { readFile } from 'node:fs/promises';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { FaceTriggerError } from '../../errors.ts';
import { type Trigger, triggerFileSchema } from './trigger-schema.ts';

/** A checked triggers file. */
export interface Triggers {
  readonly triggers: readonly Trigger[];
  /** For the hours; null: that of this machine. */
  readonly timeZone: string | null;
}

// A hand-written file is a few kilobytes; more than this is a mistake.
const MAX_BYTES = 1_000_000;
// The schema has eight levels.
const MAX_LEVELS = 64;

/**
 * Reads a triggers file, YAML or JSON.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`; `ERR_FILE_FORMAT` with a line for each mistake: file, line, column,
 * path and what was expected there
 */
export async function readTriggers(path: string): Promise<Triggers> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new FaceTriggerError(missing ? 'ERR_FILE_NOT_FOUND' : 'ERR_FILE_READ', `Could not read ${path}`, {
      cause,
    });
  }
  return parseTriggers(content, { path });
}

/**
 * Checks the text of a triggers file.
 *
 * @param options.path - the file's name in messages
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function parseTriggers(content: string, options: { readonly path: string }): Triggers {
  const { path } = options;
  if (content.length > MAX_BYTES)
    throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is larger than 1 MB`);
  if (isTooDeep(content)) throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} is nested too deeply`);
  const lines = new LineCounter();
  // JSON is a part of YAML, so one reader does for both.
  const document = parseDocument(content, { lineCounter: lines, prettyErrors: false, version: '1.2' });
  const mistakes = document.errors.map((error) => at(path, lines, error.pos[0], error.message));
  if (mistakes.length === 0) {
    let value: unknown;
    try {
      // The limit stops files that multiply their own parts.
      value = document.toJS({ maxAliasCount: 100 });
    } catch (cause) {
      throw new FaceTriggerError('ERR_FILE_FORMAT', `${path}: ${(cause as Error).message}`, { cause });
    }
    const result = triggerFileSchema.safeParse(value);
    if (result.success) return { triggers: result.data.triggers, timeZone: result.data.timeZone ?? null };
    for (const issue of flatten(result.error.issues, [])) {
      const offset = offsetOf(document, issue.path);
      const where = issue.path.length > 0 ? `${formatPath(issue.path)}: ` : '';
      mistakes.push(at(path, lines, offset, `${where}${issue.message}`));
    }
  }
  throw new FaceTriggerError('ERR_FILE_FORMAT', mistakes.join('\n'));
}

/**
 * Whether a text has more levels than any triggers file.
 *
 * @remarks The reader calls itself for each level, and where the stack ends the engine can end the process: such a text
 * must not come to it. Brackets in quotes count too, which does no harm where so many may be open.
 */
function isTooDeep(content: string): boolean {
  let open = 0;
  for (const [bracket] of content.matchAll(/[[{}\]]/g)) {
    open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
    if (open > MAX_LEVELS) return true;
  }
  // Several levels of a block can begin in one line: "- - ? x".
  return content.split('\n').some((line) => {
    const [start] = /^[\s?:-]*/.exec(line)!;
    return start.length > 2 * MAX_LEVELS;
  });
}

type Path = readonly PropertyKey[];

// A union reports each alternative's mistakes; those of the alternative that came furthest say what is wrong.
function flatten(issues: readonly z.core.$ZodIssue[], base: Path): { path: Path; message: string }[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const depth = (list: readonly z.core.$ZodIssue[]) => Math.max(0, ...list.map((one) => one.path.length));
      const deepest = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
      return flatten(deepest, path);
    }
    return [{ path, message: issue.message }];
  });
}

function offsetOf(document: ReturnType<typeof parseDocument>, path: Path): number {
  for (let length = path.length; length >= 0; length--) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function at(path: string, lines: LineCounter, offset: number, message: string): string {
  const { line, col } = lines.linePos(offset);
  return `${path}:${Math.max(1, line)}:${Math.max(1, col)}: ${message}`;
}

function formatPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}
