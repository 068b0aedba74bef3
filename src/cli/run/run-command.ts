import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import { checkHome } from './check-home.ts';
import { runHome } from './run-home.ts';

/** Adds `run`. */
export function addRunCommand(program: Command, context: CommandContext): void {
  const command = program
    .command('run')
    .description(
      'watch all cameras of a home, with its gallery, page, triggers and what tells others, in one',
    )
    .argument('<config>', 'YAML or JSON file that says what there is; it is read again when it changes')
    .option('--check', 'only check the file, what it refers to, and what it needs of this machine')
    .option('--json', 'print each event as a line of JSON')
    .addHelpText('after', HELP)
    .action(async (config: string, options: { check?: true | undefined; json?: true | undefined }) => {
      if (options.check) {
        refuseUnused(command, ['json'], 'with --check, which tells of no events');
        await checkHome(config, context);
      } else await runHome(config, options, context);
    });
}

const HELP = `
Examples:
  face-trigger run home.yaml --check
  face-trigger run home.yaml
  kill -HUP PID                      (reads home.yaml again; saving the file does so too)`;
