import { parentPort, workerData } from 'node:worker_threads';
import { FaceTriggerError } from '../errors.ts';
import { FacePipeline, type FacePipelineOptions } from './face-pipeline.ts';
import type { WorkerMessage, WorkerReply, WorkerRequest } from './pipeline-pool.ts';

// One pipeline in a thread of its own; PipelinePool talks to it.
const port = parentPort!;
const pipeline = FacePipeline.create(workerData as FacePipelineOptions);
pipeline.then(
  () => reply({ id: null }),
  (error) => reply({ id: null, error: plain(error) }),
);

port.on('message', (message: WorkerMessage) => void (message === null ? end() : answer(message)));

async function answer({ id, image, detections, options }: WorkerRequest): Promise<void> {
  try {
    const faces = detections
      ? await (await pipeline).describe(image, detections, options)
      : await (await pipeline).analyze(image, options);
    reply({ id, faces });
  } catch (error) {
    reply({ id, error: plain(error) });
  }
}

async function end(): Promise<void> {
  await pipeline.then((open) => open.dispose()).catch(() => undefined);
  port.close();
}

function reply(message: WorkerReply): void {
  port.postMessage(message);
}

function plain(error: unknown): NonNullable<WorkerReply['error']> {
  if (error instanceof FaceTriggerError) return { code: error.code, message: error.message };
  return { code: null, message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
