import type { Command } from 'commander';
import { EVALUATE } from '../../jobs/kinds/evaluate-kind.ts';
import type { CommandContext } from '../command-context.ts';
import { integerAtLeast } from '../options/number-option.ts';
import { Output } from '../output/output.ts';
import { type JobsOptions, jobJson, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

interface EvaluateJobOptions extends JobsOptions {
  readonly sample: number;
}

/** Adds `jobs evaluate`. */
export function addEvaluateJobCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'evaluate', 'have a worker say how right the gallery is about its own faces')
    .option(
      '--sample <n>',
      'faces that are tried, drawn at random where there are more',
      integerAtLeast(1),
      5000,
    )
    .action(async (options: EvaluateJobOptions) => {
      const { sample, json } = options;
      const output = new Output('', context);
      await withJobs(options, async (queue) => {
        const tasks = [{ what: 'the gallery', data: {} }];
        const job = await queue.add({ kind: EVALUATE, parameters: { sample }, tasks });
        if (json) await output.json(jobJson(job));
        else await output.line(`job ${job.id}; "worker" does it, "jobs show" has the result`);
      });
    });
}
