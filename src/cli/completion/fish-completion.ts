import { type CompletedCommand, type CompletedOption, everyCommand } from './completed-command.ts';

/** A script for fish 3 and later. @param root - of the program */
export function fishCompletion(root: CompletedCommand): string {
  const commands = everyCommand(root);
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => path);
  const lines = commands.flatMap(({ path, options, commands: subs, choices }) => {
    const start = `complete -c face-trigger -n "__face_trigger_at '${path}'"`;
    return [
      ...subs.map(({ name, description }) => `${start} -f -a ${name} -d ${quoted(description)}`),
      ...choices.map((choice) => `${start} -f -a ${quoted(choice)}`),
      ...options.map((option) => `${start} ${describeOption(option)}`),
    ];
  });
  return `# Completion of face-trigger for fish.
# Once: face-trigger completion fish > ~/.config/fish/completions/face-trigger.fish
function __face_trigger_at
    set -l at ''
    for word in (commandline -opc)[2..-1]
        contains -- "$at/$word" ${paths.join(' ')}; and set at "$at/$word"
    end
    test "$at" = "$argv[1]"
end
${lines.join('\n')}
`;
}

function describeOption({ flags, description, value, choices }: CompletedOption): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  return [...names, takes(value, choices), `-d ${quoted(description)}`]
    .filter((part) => part !== '')
    .join(' ');
}

function takes(value: CompletedOption['value'], choices: readonly string[]): string {
  if (value === null) return '';
  if (choices.length > 0) return `-x -a ${quoted(choices.join(' '))}`;
  return { file: '-r -F', folder: "-x -a '(__fish_complete_directories)'", other: '-x' }[value];
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
