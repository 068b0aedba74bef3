import { Argument, type Command } from 'commander';
import { bashCompletion } from './bash-completion.ts';
import { completedCommand } from './completed-command.ts';
import { fishCompletion } from './fish-completion.ts';
import { zshCompletion } from './zsh-completion.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

/**
 * Adds `completion`.
 *
 * @param wholeProgram - gives the program with all its commands
 */
export function addCompletionCommand(program: Command, wholeProgram: () => Promise<Command>): void {
  program
    .command('completion')
    .description('print a script that completes commands, options and their values in a shell')
    .addArgument(new Argument('<shell>', 'for which shell').choices(Object.keys(SHELLS)))
    .addHelpText('after', HELP)
    .action(async (shell: keyof typeof SHELLS) => {
      process.stdout.write(SHELLS[shell](completedCommand(await wholeProgram())));
    });
}

const HELP = `
Examples:
  source <(face-trigger completion bash)       (in ~/.bashrc)
  source <(face-trigger completion zsh)        (in ~/.zshrc, after compinit)
  face-trigger completion fish > ~/.config/fish/completions/face-trigger.fish`;
