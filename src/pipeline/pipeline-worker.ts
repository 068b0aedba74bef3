import { parentPort, workerData } from 'node:worker_threads';
import type { Face } from '../core/pipeline/face.ts';
import { packError } from '../node/runtime/carried-error.ts';
import { FaceFinder } from './face-finder.ts';
import { FacePipeline } from './face-pipeline.ts';
import type { WorkerMessage, WorkerReply, WorkerRequest, WorkerSettings } from './worker-messages.ts';

// One pipeline in a thread of its own; PipelinePool talks to it.
const port = parentPort!;
const { embeddings = true, ...settings } = workerData as WorkerSettings;
const pipeline: Promise<FacePipeline | FaceFinder> = embeddings
  ? FacePipeline.create(settings)
  : FaceFinder.create(settings);
pipeline.then(
  () => reply({ about: 'start' }),
  (error) => reply({ about: 'start', error: packError(error) }),
);

port.on('message', (message: WorkerMessage) => void (message === null ? end() : answer(message)));

async function answer(request: WorkerRequest): Promise<void> {
  try {
    reply({ about: 'job', faces: await facesOf(await pipeline, request) });
  } catch (error) {
    reply({ about: 'job', error: packError(error) });
  }
}

function facesOf(
  open: FacePipeline | FaceFinder,
  { image, detections, options }: WorkerRequest,
): Promise<Face[]> | Face[] {
  if (open instanceof FaceFinder)
    return detections ? open.addLandmarks(image, detections, options) : open.find(image, options);
  return detections ? open.describe(image, detections, options) : open.analyze(image, options);
}

async function end(): Promise<void> {
  await pipeline.then((open) => open.dispose()).catch(() => undefined);
  port.close();
}

function reply(message: WorkerReply): void {
  port.postMessage(message);
}
