import { type CompletedCommand, everyCommand } from './completed-command.ts';

/** A script for bash 3.2 and later. @param root - of the program */
export function bashCompletion(root: CompletedCommand): string {
  const commands = everyCommand(root);
  const paths = commands.filter(({ path }) => path !== '').map(({ path }) => path);
  const values = commands.flatMap(({ path, options }) =>
    options.flatMap(({ flags, value, choices }) => {
      if (value === null) return [];
      const cases = flags.map((flag) => `"${path} ${flag}"`).join('|');
      if (choices.length > 0) return [`    ${cases}) ${words(choices)} return ;;`];
      // Nothing to offer: bash takes files, except where a value is no file at all.
      return [`    ${cases}) ${value === 'other' ? 'compopt +o default 2>/dev/null; ' : ''}return ;;`];
    }),
  );
  const flags = commands.map(
    ({ path, options }) => `      "${path}") ${words(options.flatMap((option) => option.flags))} ;;`,
  );
  const names = commands.flatMap((command) => {
    const { path, choices } = command;
    const all = command.commands.length > 0 ? command.commands.map(({ name }) => name) : choices;
    return all.length > 0 ? [`    "${path}") ${words(all)} ;;`] : [];
  });
  return `# Completion of face-trigger for bash. In ~/.bashrc: source <(face-trigger completion bash)
_face_trigger() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="" path="" i
  [ "$COMP_CWORD" -gt 0 ] && prev="\${COMP_WORDS[COMP_CWORD-1]}"
  # bash cuts --option=value into three words.
  if [ "$cur" = "=" ]; then cur=""; elif [ "$prev" = "=" ]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$path/\${COMP_WORDS[i]}" in
      ${paths.join('|')}) path="$path/\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path $prev" in
${values.join('\n')}
  esac
  if [[ "$cur" == -* ]]; then
    case "$path" in
${flags.join('\n')}
    esac
    return
  fi
  case "$path" in
${names.join('\n')}
  esac
}
complete -o default -F _face_trigger face-trigger
`;
}

function words(list: readonly string[]): string {
  return `COMPREPLY=($(compgen -W "${list.join(' ')}" -- "$cur"));`;
}
