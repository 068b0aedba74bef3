import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addConvertCommand } from './convert.ts';
import { addListCommand } from './list.ts';
import { addVerifyCommand } from './verify.ts';

/** Adds `models list`, `models verify` and `models convert`. */
export function addModelsCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('models')
    .description('show, check and convert model files')
    .helpCommand(false);
  for (const add of [addListCommand, addVerifyCommand, addConvertCommand]) add(group, context);
}
