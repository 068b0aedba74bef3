import type { Command } from 'commander';
import { printable } from '../../core/text/printable.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { counted } from '../output/counted.ts';
import { Output } from '../output/output.ts';
import { type JobsOptions, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

/** Adds `jobs failed`. */
export function addFailedJobsCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'failed', 'list what was given up: which photo, why, when and after how many tries')
    .argument('[id]', 'of one job (default: of all)')
    .option('--limit <n>', 'at most this many', integerAtLeast(1), 1000)
    .action(async (jobId: string | undefined, options: JobsOptions & { readonly limit: number }) => {
      const output = new Output('', context);
      await withJobs(options, async (queue) => {
        const failures = await queue.failures({ jobId, limit: options.limit });
        for (const failure of failures) {
          if (options.json) await output.json(failure);
          else {
            const { what, message, code, failedAt, tries, id } = failure;
            await output.line(
              `${printable(what)}: ${printable(message)}${code === null ? '' : ` (${code})`}`,
            );
            await output.line(
              `  ${failedAt.toISOString()}, after ${counted(tries, 'try', 'tries')}, task ${id}`,
            );
          }
        }
        if (failures.length === 0 && !options.json) output.note('Nothing has failed');
      });
    });
}
