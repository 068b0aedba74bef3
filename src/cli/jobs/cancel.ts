import type { Command } from 'commander';
import { removeUnpacked } from '../../jobs/photos/remove-unpacked.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { describeJob, type JobsOptions, jobJson, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

/** Adds `jobs cancel`. */
export function addCancelJobCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'cancel', 'end a job; what is enrolled stays')
    .argument('<id>', 'of the job')
    .action(async (id: string, options: JobsOptions) => {
      const output = new Output('', context);
      await withJobs(options, async (queue) => {
        const job = await queue.cancel(id);
        await removeUnpacked(queue, job);
        if (options.json) await output.json(jobJson(job));
        else await output.line(describeJob(job));
      });
    });
}
