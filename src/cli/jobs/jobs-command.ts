import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { addAddJobCommand } from './add.ts';
import { addCancelJobCommand } from './cancel.ts';
import { addEvaluateJobCommand } from './evaluate.ts';
import { addFailedJobsCommand } from './failed.ts';
import { addListJobsCommand } from './list.ts';
import { addMigrateJobCommand } from './migrate.ts';
import { addRemoveJobCommand } from './remove.ts';
import { addRetryJobCommand } from './retry.ts';
import { addShowJobCommand } from './show.ts';

/** In the order of the help. */
const SUBCOMMANDS = [
  addAddJobCommand,
  addMigrateJobCommand,
  addEvaluateJobCommand,
  addListJobsCommand,
  addShowJobCommand,
  addCancelJobCommand,
  addFailedJobsCommand,
  addRetryJobCommand,
  addRemoveJobCommand,
];

/** Adds `jobs` and its subcommands, a file each. */
export function addJobsCommand(program: Command, context: CommandContext): void {
  const group = program
    .command('jobs')
    .description('give workers long work on a gallery: many photos, other models, an evaluation')
    .helpCommand(false);
  for (const add of SUBCOMMANDS) add(group, context);
}
