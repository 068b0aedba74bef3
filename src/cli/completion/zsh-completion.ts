import { type CompletedCommand, type CompletedOption, everyCommand } from './completed-command.ts';

/** A script for zsh. @param root - of the program */
export function zshCompletion(root: CompletedCommand): string {
  const commands = everyCommand(root);
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => path);
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap((option) => {
      if (option.value === null) return [];
      const cases = option.flags.map((flag) => `"${path} ${flag}"`).join('|');
      return [`    ${cases}) ${offer(option)}; return ;;`];
    }),
  );
  const flags = commands.map(({ path, options }) => {
    const entries = options.flatMap((option) => option.flags.map((flag) => entry(flag, option.description)));
    return `      "${path}") list=(${entries.join(' ')}) ;;`;
  });
  const names = commands.flatMap(({ path, commands: subs, choices }) => {
    const entries =
      subs.length > 0
        ? subs.map((sub) => entry(sub.name, sub.description))
        : choices.map((one) => entry(one, ''));
    return entries.length > 0
      ? [`    "${path}") list=(${entries.join(' ')}); _describe command list; return ;;`]
      : [];
  });
  return `#compdef face-trigger
# Completion of face-trigger for zsh. In ~/.zshrc, after compinit: source <(face-trigger completion zsh)
_face_trigger() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at="" word
  local -a list
  for word in \${words[2,CURRENT-1]}; do
    case "$at/$word" in
      ${paths.join('|')}) at="$at/$word" ;;
    esac
  done
  if [[ $cur == --*=* ]]; then
    prev=\${cur%%=*}
    compset -P '*='
  fi
  case "$at $prev" in
${values.join('\n')}
  esac
  if [[ $cur == -* ]]; then
    case "$at" in
${flags.join('\n')}
    esac
    _describe -o option list
    return
  fi
  case "$at" in
${names.join('\n')}
  esac
  _files
}
if [[ "$funcstack[1]" == "_face-trigger" ]]; then
  _face_trigger "$@"
else
  compdef _face_trigger face-trigger
fi
`;
}

function offer({ value, choices }: CompletedOption): string {
  if (choices.length > 0) return `compadd -- ${choices.map(quoted).join(' ')}`;
  return { file: '_files', folder: '_files -/', other: '_message value' }[value ?? 'other'];
}

/** A word and what it means, as _describe takes them. */
function entry(word: string, description: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${description}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
