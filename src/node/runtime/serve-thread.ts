import type { MessagePort } from 'node:worker_threads';
import { packError } from '../../core/carried-error.ts';
import type { ThreadMessage, ThreadReply } from './worker-thread.ts';

/**
 * What a worker's file does: answers the jobs that its `WorkerThread` sends, until it is asked to end.
 *
 * @param port - the thread's `parentPort`
 * @param options.open - what jobs are done with; disposed of at the end
 * @param options.facts - what the thread says of itself once that is open
 */
export function serveThread<Open extends { dispose(): Promise<void> }, Job, Result, Facts = undefined>(
  port: MessagePort,
  options: {
    readonly open: Promise<Open>;
    readonly answer: (open: Open, job: Job) => Promise<Result> | Result;
    readonly facts?: ((open: Open) => Facts) | undefined;
  },
): void {
  const { open, answer, facts } = options;
  const reply = (message: ThreadReply<Result, Facts | undefined>) => port.postMessage(message);
  open.then(
    (opened) => reply({ about: 'start', facts: facts?.(opened) }),
    (error) => reply({ about: 'start', error: packError(error) }),
  );
  const work = async (job: Job) => {
    try {
      reply({ about: 'job', result: await answer(await open, job) });
    } catch (error) {
      reply({ about: 'job', error: packError(error) });
    }
  };
  const end = async () => {
    await open.then((opened) => opened.dispose()).catch(() => undefined);
    port.close();
  };
  port.on('message', (message: ThreadMessage<Job>) => void (message === null ? end() : work(message.job)));
}
