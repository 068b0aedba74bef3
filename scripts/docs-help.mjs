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
    let page = readFileSync(this.path, 'utf8');
    // A new command gets a section at the end; words about it are for its author.
    for (const name of commandsIn(await help(''))) {
      if (!page.includes(`<!-- help: ${name} -->`)) page += `\n### ${name}\n\n${block(` ${name} `, '')}\n`;
    }
    const shown = [...page.matchAll(BLOCK)].map(([, name]) => name.trim());
    const helps = new Map(await Promise.all(shown.map(async (name) => [name, await helpWithCommands(name)])));
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

// A group's own help says little: those of its commands follow.
async function helpWithCommands(name) {
  const text = await help(name);
  if (name === '') return text;
  const parts = await Promise.all(commandsIn(text).map((command) => help(`${name} ${command}`)));
  return [text, ...parts].map((part) => part.trimEnd()).join('\n\n\n');
}

function commandsIn(text) {
  const section = text.split(/^Commands:\n/m)[1]?.split(/^\S/m)[0] ?? '';
  return [...section.matchAll(/^ {2}([a-z][a-z-]*)/gm)]
    .map(([, name]) => name)
    .filter((name) => name !== 'help');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(CommandLinePage.path, await CommandLinePage.render());
}
