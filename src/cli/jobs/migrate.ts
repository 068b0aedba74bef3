import type { Command } from 'commander';
import { FaceTriggerError } from '../../core/errors.ts';
import { MIGRATE } from '../../jobs/kinds/migrate-kind.ts';
import type { MigrateParameters } from '../../jobs/kinds/task-schemas.ts';
import type { ModelPrecision } from '../../models/model-pack.ts';
import type { CommandContext } from '../command-context.ts';
import { addNetworkOptions, precisionOption } from '../options/network-options.ts';
import { refuseUnused } from '../options/refuse-unused.ts';
import { Output } from '../output/output.ts';
import { type JobsOptions, jobJson, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

interface MigrateJobOptions extends JobsOptions {
  readonly models?: string | undefined;
  readonly precision?: ModelPrecision | undefined;
  readonly commercial?: true | undefined;
  readonly sources?: string | undefined;
  readonly dropMissing?: true | undefined;
  readonly judge?: true | undefined;
  readonly force?: true | undefined;
}

/** Adds `jobs migrate`. */
export function addMigrateJobCommand(group: Command, context: CommandContext): void {
  const command = jobsSubcommand(group, 'migrate', 'have a worker change the gallery to other models')
    .addOption(precisionOption())
    .option('--sources <dir>', 'photos that the faces came from, for those whose picture is not kept')
    .option('--drop-missing', 'leave out faces of which no picture is left')
    .option('--judge', "refuse models that tell the gallery's people apart less well than its own")
    .option('--force', 'with --judge: change even if the new models do worse');
  addNetworkOptions(command, 'none: it has to be said').action((options: MigrateJobOptions) => {
    if (!options.judge) refuseUnused(command, ['force'], 'without --judge, whose answer it overrules');
    return migrate(options, context);
  });
}

async function migrate(options: MigrateJobOptions, context: CommandContext): Promise<void> {
  const { models, precision, commercial, sources, dropMissing, judge, force, json } = options;
  if (models === undefined)
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', 'Expected --models and a pack');
  const parameters: MigrateParameters = { models, precision, commercial, sources, dropMissing, judge, force };
  const output = new Output('', context);
  await withJobs(options, async (queue) => {
    const tasks = [{ what: `the gallery to ${models}`, data: {} }];
    // What stands in its way is the same a moment later, but for a worker that ended.
    const job = await queue.add({ kind: MIGRATE, parameters, tasks });
    if (json) await output.json(jobJson(job));
    else await output.line(`job ${job.id}; "worker" does it`);
  });
}
