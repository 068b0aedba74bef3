// Puts what `face-trigger COMMAND --help` prints into docs/guide/command-line.md, between its markers.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './stamp.mjs';

/** The page about the command line; text outside the markers is written by hand. */
export const CommandLinePage = {
  path: join(ROOT, 'docs/guide/command-line.md'),
  script: 'scripts/docs-help.mjs',
  async render() {
    let page = readFileSync(this.path, 'utf8');
    // A new command gets a section at the end; words about it are for its author.
    const texts = await helpTexts();
    for (const name of commandsIn(texts.get(''))) {
      if (!page.includes(`<!-- help: ${name} -->`)) page += `\n### ${name}\n\n${block(` ${name} `, '')}\n`;
    }
    return page.replace(BLOCK, (_, name) => block(name, withCommands(texts, name.trim())));
  },
};

const BLOCK = /<!-- help:(.*?)-->[\s\S]*?<!-- \/help -->/g;

function block(name, text) {
  return `<!-- help:${name}-->\n\`\`\`text\n${text.trimEnd()}\n\`\`\`\n<!-- /help -->`;
}

// In one process: some seventy commands that each start one would take most of a minute.
async function helpTexts() {
  const { createProgram } = await import(pathToFileURL(join(ROOT, 'dist/cli/create-program.js')).href);
  const program = await createProgram([], { signal: new AbortController().signal, setExitStatus() {} });
  const texts = new Map();
  const visit = (command, name) => {
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part), getOutHelpWidth: () => 80 });
    command.outputHelp();
    texts.set(name, text);
    for (const each of command.commands) visit(each, `${name} ${each.name()}`.trim());
  };
  visit(program, '');
  return texts;
}

// A group's own help says little: those of its commands follow.
function withCommands(texts, name) {
  const text = texts.get(name);
  if (name === '') return text;
  const parts = commandsIn(text).map((command) => texts.get(`${name} ${command}`));
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
