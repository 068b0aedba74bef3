import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, ROOT } from './stamp.mjs';

/**
 * Every ```ts and ```js block of README.md and docs/guide.
 *
 * @returns {{ origin: string, language: 'ts' | 'js', code: string, notRun: string | null, call: string,
 * needs: string | null, replacements: [string, string][] }[]} `code` holds the blocks that it continues too
 *
 * A block that goes on where the one before it ended says so: ```ts continued. The lines before a block can be
 * comments that readers do not see:
 *   <!-- not run: REASON -->        it is compiled only
 *   <!-- needs: PROGRAM -->         it is compiled only where the machine does not have the program
 *   <!-- then: CODE -->             runs behind the block, to call what the block declares
 *   <!-- with: A = B; C = D -->     runs with B in place of A
 */
export function docsCodeBlocks() {
  const pages = [join(ROOT, 'README.md'), ...filesBelow(join(ROOT, 'docs/guide'), '.md')];
  return pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    const name = relative(ROOT, page);
    let previous = '';
    return [...text.matchAll(BLOCK)].map(({ index, groups }) => {
      const line = text.slice(0, index).split('\n').length + groups.comments.split('\n').length - 1;
      const code = groups.continued ? `${previous}\n${groups.code}` : groups.code;
      previous = code;
      return {
        origin: `${name}:${line}`,
        language: groups.language.startsWith('t') ? 'ts' : 'js',
        code,
        ...readComments(groups.comments, `${name}:${line}`),
      };
    });
  });
}

/** @returns {{ origin: string, command: string }[]} lines of the ```sh blocks and what units start, without comments */
export function docsCommands() {
  const pages = [join(ROOT, 'README.md'), ...filesBelow(join(ROOT, 'docs'), '.md')];
  return pages.flatMap((page) => {
    const text = readFileSync(page, 'utf8');
    const name = relative(ROOT, page);
    return [...text.matchAll(/^```(?:sh|bash|ini)\n([\s\S]*?)^```/gm)].flatMap(({ index, 1: block }) => {
      const first = text.slice(0, index).split('\n').length + 1;
      return block
        .replace(/\\\n/g, '  ')
        .split('\n')
        .map((command, i) => ({
          origin: `${name}:${first + i}`,
          command: withoutComment(command).replace(/^ExecStart=/, ''),
        }))
        .filter(({ command }) => command !== '');
    });
  });
}

const BLOCK =
  /(?<comments>(?:^<!-- (?:not run|needs|then|with): .* -->\n)*)^```(?<language>ts|js|typescript|javascript)(?<continued> continued)?\n(?<code>[\s\S]*?)^```/gm;

function readComments(text, origin) {
  const comments = new Map();
  for (const [, kind, content] of text.matchAll(/^<!-- ([a-z ]+): (.*) -->$/gm)) comments.set(kind, content);
  return {
    notRun: comments.get('not run') ?? null,
    needs: comments.get('needs') ?? null,
    call: comments.get('then') ?? '',
    replacements: (comments.get('with')?.split('; ') ?? []).map((pair) => replacement(pair, origin)),
  };
}

function replacement(pair, origin) {
  const parts = pair.split(' = ');
  if (parts.length !== 2) throw new Error(`${origin}: expected A = B in its comment but found ${pair}`);
  return parts;
}

function withoutComment(line) {
  const quoted = line.replace(/'[^']*'|"[^"]*"/g, (text) => '_'.repeat(text.length));
  const at = quoted.search(/(^|\s)#/);
  return (at < 0 ? line : line.slice(0, at)).trim();
}
