import type { Command } from 'commander';
import type { CommandContext } from '../command-context.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type JobsOptions, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

/** Adds `jobs retry`. */
export function addRetryJobCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'retry', 'put back what was given up')
    .argument('<id>', 'of the job')
    .option('--task <id>', 'only this one, as "jobs failed" tells it')
    .action(async (id: string, options: JobsOptions & { readonly task?: string | undefined }) => {
      const output = new Output('', context);
      await withJobs(options, async (queue) => {
        const putBack = await queue.retry(id, { taskId: options.task });
        if (options.json) await output.json({ id, putBack });
        else await output.line(`${counted(putBack, 'task')} put back`);
      });
    });
}
