import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { Output } from '../output/output.ts';
import { describeJob, type JobsOptions, jobJson, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

/** Adds `jobs list`. */
export function addListJobsCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'list', 'list jobs, the newest first')
    .option('--limit <n>', 'at most this many', integerAtLeast(1), 100)
    .action(async (options: JobsOptions & { readonly limit: number }) => {
      const output = new Output('', context);
      await withJobs(options, async (queue) => {
        const jobs = await queue.list(options.limit);
        for (const job of jobs) {
          if (options.json) await output.json(jobJson(job));
          else await output.line(`${job.id}  ${job.kind.padEnd(8)}  ${describeJob(job)}`);
        }
        if (jobs.length === 0 && !options.json) output.note('There are no jobs');
      });
    });
}
