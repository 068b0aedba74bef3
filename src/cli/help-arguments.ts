import type { Command } from 'commander';

/**
 * Turns the words that ask for help into what the parser knows: `help train` is `train --help`, `gallery help add` is
 * `gallery add --help`, and `help` alone the help of the whole program. A command that does not exist keeps no
 * `--help`, so that it is told as a mistake.
 *
 * @param args - the arguments after the program's name
 * @param program - with the commands that `args` name
 */
export function helpArguments(args: readonly string[], program: Command): readonly string[] {
  const group = find(program, args[0]);
  const isGroup = (group?.commands.length ?? 0) > 0;
  const at = args[0] === 'help' ? 0 : isGroup && args[1] === 'help' ? 1 : -1;
  const asked = at === -1 ? args : [...args.filter((arg, i) => i !== at && !arg.startsWith('-')), '--help'];
  const [first, second] = asked;
  if (first === undefined || first.startsWith('-')) return asked;
  const command = find(program, first);
  if (command === undefined) return [first];
  const known = command.commands.length === 0 || second === undefined || second.startsWith('-');
  return known || find(command, second) ? asked : [first, second];
}

function find(parent: Command, name: string | undefined): Command | undefined {
  return parent.commands.find((command) => command.name() === name);
}
