import { setTimeout as pause } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { printable } from '../../core/text/printable.ts';
import { addressIn } from '../../gallery/collection/gallery-collection.ts';
import { JobShelf } from '../../jobs/job-shelf.ts';
import { ENROLL } from '../../jobs/kinds/enroll-kind.ts';
import { EVALUATE } from '../../jobs/kinds/evaluate-kind.ts';
import { MIGRATE } from '../../jobs/kinds/migrate-kind.ts';
import type { CommandContext } from '../command-context.ts';
import { describeError } from '../output/output.ts';
import { type WorkerTools, workOnGallery } from './work-on-gallery.ts';
import type { WorkerOptions } from './worker-options.ts';

/** How long one gallery is worked for while others wait: opening one takes a second or two. */
const TURN_MS = 30_000;
const IDLE_MS = 500;
const PROBLEM_MS = 5000;
const KINDS = [ENROLL, EVALUATE, MIGRATE];

/** Does the jobs of all galleries of a folder or a database, which take turns. */
export async function workOnGalleries(
  options: WorkerOptions,
  tools: WorkerTools,
  context: CommandContext,
): Promise<void> {
  const { output, signal } = tools;
  const where = options.gallery;
  await using queues = await JobShelf.open(where);
  output.note('worker: ready');
  const settled = new Map<string, string[]>();
  /** Galleries that can't be worked on, and why, which is told once. */
  const refused = new Map<string, string>();
  while (!signal.aborted) {
    let names: readonly string[];
    try {
      names = await queues.withWork(KINDS);
    } catch (error) {
      output.note(`worker: ${describeError(error).message}; trying again`);
      await pause(PROBLEM_MS, undefined, { signal }).catch(() => undefined);
      continue;
    }
    let isDone = false;
    for (const name of names) {
      if (signal.aborted) return;
      const marks = settled.get(name) ?? [];
      settled.set(name, marks);
      try {
        const queue = await queues.of(name);
        const gallery = { address: addressIn(where, name), name, queue, settled: marks, turnMs: TURN_MS };
        await workOnGallery(gallery, { ...options, untilEmpty: undefined }, tools);
        isDone = true;
        refused.delete(name);
      } catch (error) {
        // Deleted meanwhile, or of models that are not here: the others go on.
        if (!(error instanceof FaceTriggerError)) throw error;
        const { message, code } = describeError(error);
        if (refused.get(name) !== code) output.note(`worker: ${name}: ${printable(message)} (${code})`);
        refused.set(name, String(code));
      }
    }
    if (isDone) continue;
    if (options.untilEmpty) {
      const { waiting, running } = await queues.counts();
      if (waiting + running === 0) return;
      if (running === 0 && names.length > 0) {
        output.note('worker: what is left cannot be done here');
        context.setExitStatus(1);
        return;
      }
    }
    await pause(IDLE_MS, undefined, { signal }).catch(() => undefined);
  }
}
