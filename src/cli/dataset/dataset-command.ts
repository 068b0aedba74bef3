import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addCheckCommand } from './check.ts';
import { addFilterCommand } from './filter.ts';
import { addNormalizeCommand } from './normalize.ts';
import { addSplitCommand } from './split.ts';

/** Adds `dataset filter`, `normalize`, `split` and `check`. */
export function addDatasetCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('dataset')
    .description('prepare folders of photos of people')
    .helpCommand(false);
  const subcommands = [addFilterCommand, addNormalizeCommand, addSplitCommand, addCheckCommand];
  for (const add of subcommands) add(group, context);
}
