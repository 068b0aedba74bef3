// Puts what `face-trigger COMMAND --help` prints into docs/guide/command-line.md, between its markers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

/** The page about the command line; text outside the markers is written by hand. */
export const CommandLinePage = {
  path: join(ROOT, 'docs/guide/command-line.md'),
  script: 'scripts/docs-help.mjs',
  async render() {
    const page = readFileSync(this.path, 'utf8');
    const shown = [...page.matchAll(BLOCK)].map(([, name]) => name.trim());
    const missing = (await commandNames()).filter((name) => !shown.includes(name));
    if (missing.length > 0) throw new Error(`${this.path} has no block for: ${missing.join(', ')}`);
    const helps = new Map(await Promise.all(shown.map(async (name) => [name, await help(name)])));
    return page.replace(BLOCK, (_, name) => block(name, helps.get(name.trim())));
  },
};

const BLOCK = /<!-- help:(.*?)-->[\s\S]*?<!-- \/help -->/g;

function block(name, text) {
  return `<!-- help:${name}-->\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n<!-- /help -->`;
}

function help(name) {
  const words = name === '' ? [] : name.split(' ');
  const bin = join(ROOT, 'bin/face-trigger.js');
  return run(process.execPath, [bin, ...words, '--help'], { env: { COLUMNS: '100', NO_COLOR: '1' } });
}

// The commands that the program itself lists, so that a new one cannot stay undocumented.
async function commandNames() {
  const section = (await help('')).split(/^Commands:\n/m)[1]?.split(/^\S/m)[0] ?? '';
  return [...section.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(CommandLinePage.path, await CommandLinePage.render());
}
