import type { Command } from 'commander';
import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../src/cli/create-program.ts';

let commands: readonly { readonly path: string; readonly command: Command }[];
beforeAll(async () => {
  const program = await createProgram([], { signal: new AbortController().signal, setExitStatus: () => {} });
  const below = (command: Command, path: string): { path: string; command: Command }[] => [
    { path, command },
    ...command.commands.flatMap((each) => below(each, `${path} ${each.name()}`)),
  ];
  commands = program.commands
    .filter((command) => command.name() !== 'help')
    .flatMap((command) => below(command, command.name()));
});

function helpOf(command: Command): string {
  let text = '';
  command.configureOutput({ writeOut: (part) => (text += part) });
  command.outputHelp();
  return text;
}

/** The words of the examples in a help text, without remarks, redirections and variables set before them. */
function examplesIn(help: string): string[][] {
  const lines = (help.split(/^Examples:$/m)[1] ?? '').split('\n');
  return lines.flatMap((line) => {
    const words = /^ {2}.*?face-trigger (.*?)(?: {3,}\(.*)?$/.exec(line)?.[1];
    return words === undefined ? [] : [words.match(/"[^"]*"|'[^']*'|[^\s]+/g) ?? []];
  });
}

describe('the help of every command', () => {
  it('ends with an example of that command', () => {
    expect(commands.length).toBeGreaterThan(30);
    const without = commands.filter(({ path, command }) => {
      const first = path.split(' ');
      return !examplesIn(helpOf(command)).some((words) => first.every((word, i) => words[i] === word));
    });
    expect(without.map(({ path }) => path)).toEqual([]);
  });

  it('shows only commands and options that there are', () => {
    const wrong: string[] = [];
    for (const { path, command } of commands) {
      for (const words of examplesIn(helpOf(command))) {
        const shown = commands.findLast(({ path: name }) => `${words.join(' ')} `.startsWith(`${name} `));
        const known = shown?.command.options.flatMap(({ long }) => long ?? []) ?? [];
        const unknown = words.filter((word) => word.startsWith('--') && !known.includes(word));
        if (shown === undefined || unknown.length > 0) wrong.push(`${path}: ${words.join(' ')}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});
