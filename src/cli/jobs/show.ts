import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import type { Job } from '../../jobs/job-queue.ts';
import type { CommandContext } from '../command-context.ts';
import { Output } from '../output/output.ts';
import { describeJob, type JobsOptions, jobJson, jobsSubcommand, withJobs } from './jobs-subcommand.ts';

interface ShowOptions extends JobsOptions {
  readonly follow?: true | undefined;
}

const LOOK_MS = 1000;

/** Adds `jobs show`. */
export function addShowJobCommand(group: Command, context: CommandContext): void {
  jobsSubcommand(group, 'show', 'tell how far a job is, and its result')
    .argument('<id>', 'of the job, as "jobs list" tells it')
    .option('--follow', 'tell it again each second until the job is over')
    .action((id: string, options: ShowOptions) => show(id, options, context));
}

async function show(id: string, options: ShowOptions, { signal }: CommandContext): Promise<void> {
  const { follow, json } = options;
  const output = new Output('', { signal });
  await withJobs(options, async (queue) => {
    for (;;) {
      const job = await queue.get(id);
      const isOver = job.state === 'done' || job.state === 'canceled';
      if (json) await output.json(jobJson(job));
      else await output.line(describeJob(job));
      if (follow && !isOver && !signal.aborted) {
        await pause(LOOK_MS, undefined, { signal }).catch(() => undefined);
        continue;
      }
      if (!json) await printRest(job, output);
      return;
    }
  });
}

async function printRest({ outcomes, failed, result }: Job, output: Output): Promise<void> {
  for (const [outcome, count] of Object.entries(outcomes)) await output.line(`  ${outcome}: ${count}`);
  if (failed > 0) output.note('"jobs failed" says what failed and why, "jobs retry" puts it back');
  if (result !== null) await output.line(JSON.stringify(result, null, 2));
}
