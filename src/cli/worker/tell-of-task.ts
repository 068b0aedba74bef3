import { printable } from '../../core/text/printable.ts';
import type { WorkerEvent } from '../../jobs/run-jobs.ts';
import { describeError, type Output } from '../output/output.ts';

/**
 * Says what became of a task.
 *
 * @param options.gallery - whose it is, where the worker has several
 */
export async function tellOfTask(
  event: WorkerEvent,
  output: Output,
  { json, gallery }: { readonly json?: true | undefined; readonly gallery?: string | undefined },
): Promise<void> {
  if (event.type === 'problem') {
    const error = describeError(event.error);
    if (json) return output.json({ event: 'problem', error });
    return output.note(`worker: ${error.message} (${error.code}); trying again`);
  }
  const { id: job, kind } = event.task.job;
  const { what, tries } = event.task;
  const task = { ...(gallery !== undefined && { gallery }), job, kind, what, tries };
  if (event.type === 'done') {
    if (json) await output.json({ event: 'done', ...task, outcome: event.how.outcome });
    return;
  }
  if (event.type === 'lost') {
    if (json) await output.json({ event: 'lost', ...task });
    return;
  }
  const { failure, again } = event;
  if (json) return output.json({ event: again ? 'retry' : 'failed', ...task, error: failure });
  const then = again ? `; tried again later (try ${tries})` : '; given up ("jobs failed" lists it)';
  output.note(`${printable(what)}: ${printable(failure.message)}${then}`);
}
