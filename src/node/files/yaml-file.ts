import { createReadStream } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { decodeUtf8 } from '../../core/text/decode-utf8.ts';
import { whyNotRead } from './why-not-read.ts';
import { yamlExcess } from './yaml-limits.ts';

// A hand-written file is a few kilobytes; more than this is a mistake.
const MAX_BYTES = 1_000_000;
const TOO_LARGE = 'is larger than 1 MB';
// More are no help, and a file can have as many as letters.
const MAX_MISTAKES = 20;
const MAX_MESSAGE = 500;

/**
 * Reads a file that people write, YAML or JSON, of a schema.
 *
 * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`; `ERR_FILE_FORMAT` with a line for each mistake: file,
 * line, column, path and what was expected there
 */
export async function readYamlFile<Schema extends z.ZodType>(
  path: string,
  schema: Schema,
): Promise<z.output<Schema>> {
  return parseYaml(await readText(path), schema, { path });
}

/**
 * Checks a text as {@link readYamlFile} does.
 *
 * @param options.path - the file's name in messages
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function parseYaml<Schema extends z.ZodType>(
  content: string,
  schema: Schema,
  options: { readonly path: string },
): z.output<Schema> {
  const { path } = options;
  const excess = content.length > MAX_BYTES ? TOO_LARGE : yamlExcess(content);
  if (excess !== null) throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} ${excess}`);
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
    const result = schema.safeParse(value);
    if (result.success) return result.data;
    for (const issue of flatten(result.error.issues, [])) {
      const offset = offsetOf(document, issue.path);
      const where = issue.path.length > 0 ? `${formatPath(issue.path)}: ` : '';
      mistakes.push(at(path, lines, offset, `${where}${issue.message}`));
    }
  }
  const more = mistakes.length - MAX_MISTAKES;
  const shown = more > 0 ? [...mistakes.slice(0, MAX_MISTAKES), `and ${more} more mistakes`] : mistakes;
  throw new FaceTriggerError('ERR_FILE_FORMAT', shown.join('\n'));
}

async function readText(path: string): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    // A pipe is read as well, and a file without end is not.
    for await (const chunk of createReadStream(path, { end: MAX_BYTES })) chunks.push(chunk as Buffer);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    const message = `Could not read ${path}: ${whyNotRead(cause)}`;
    throw new FaceTriggerError(missing ? 'ERR_FILE_NOT_FOUND' : 'ERR_FILE_READ', message, { cause });
  }
  const bytes = Buffer.concat(chunks);
  if (bytes.length > MAX_BYTES) throw new FaceTriggerError('ERR_FILE_FORMAT', `${path} ${TOO_LARGE}`);
  return decodeUtf8(bytes, path);
}

type Path = readonly PropertyKey[];

// A union reports each alternative's mistakes; those of the alternative that came furthest say what is wrong.
function flatten(issues: readonly z.core.$ZodIssue[], base: Path): { path: Path; message: string }[] {
  return issues.flatMap((issue) => {
    const path = [...base, ...issue.path];
    if (issue.code === 'invalid_union' && issue.errors.length > 0) {
      const depth = (list: readonly z.core.$ZodIssue[]) =>
        list.reduce((most, one) => Math.max(most, one.path.length), 0);
      const deepest = issue.errors.reduce((a, b) => (depth(b) > depth(a) ? b : a));
      return flatten(deepest, path);
    }
    if (issue.code === 'invalid_key') return flatten(issue.issues, path);
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
  const text = message.length > MAX_MESSAGE ? `${message.slice(0, MAX_MESSAGE)}...` : message;
  // Each mistake has one line, whatever the names in it hold.
  return `${path}:${Math.max(1, line)}:${Math.max(1, col)}: ${text}`.replace(/\s*[\r\n]+\s*/g, ' ');
}

function formatPath(path: Path): string {
  return path
    .map((part, i) => (typeof part === 'number' ? `[${part}]` : `${i > 0 ? '.' : ''}${String(part)}`))
    .join('');
}
