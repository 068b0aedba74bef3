import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addAddCommand } from './add.ts';
import { addBenchCommand } from './bench.ts';
import { addConvertCommand } from './convert.ts';
import { addInfoCommand } from './info.ts';
import { addListCommand } from './list.ts';
import { addRemoveCommand } from './remove.ts';
import { addUseCommand } from './use.ts';
import { addVerifyCommand } from './verify.ts';
import { addWebCommand } from './web.ts';

/** Adds `models list`, `models info` and what else is done with packs of models. */
export function addModelsCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('models')
    .description('add, show, check, choose and convert models')
    .helpCommand(false);
  for (const add of [
    addListCommand,
    addInfoCommand,
    addAddCommand,
    addUseCommand,
    addRemoveCommand,
    addVerifyCommand,
    addBenchCommand,
    addConvertCommand,
    addWebCommand,
  ]) {
    add(group, context);
  }
}
