import type { Command } from 'commander';
import { removeUnpackedFolder } from '../../jobs/photos/remove-unpacked.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { type JobsOptions, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

/** Adds `jobs remove`. */
export function addRemoveJobCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'remove', 'forget a job that is over, with its list of failures')
    .argument('<id>', 'of the job')
    .action(async (id: string, options: JobsOptions) => {
      const output = new Output('', context);
      await withJobs(options, async (queue) => {
        const { parameters } = await queue.get(id);
        await queue.remove(id);
        await removeUnpackedFolder(parameters);
        if (options.json) await output.json({ removed: id });
        else await output.line(`job ${id} removed`);
      });
    });
}
