import { parentPort, workerData } from 'node:worker_threads';
import type { Face } from '../core/pipeline/face.ts';
import { serveThread } from '../node/runtime/serve-thread.ts';
import { FaceFinder } from './face-finder.ts';
import { FacePipeline } from './face-pipeline.ts';
import type { WorkerRequest, WorkerSettings } from './worker-messages.ts';

// One pipeline in a thread of its own; PipelinePool talks to it.
const { embeddings = true, ...settings } = workerData as WorkerSettings;
const open: Promise<FacePipeline | FaceFinder> = embeddings
  ? FacePipeline.create(settings)
  : FaceFinder.create(settings);

serveThread(parentPort!, { open, answer: facesOf });

function facesOf(
  pipeline: FacePipeline | FaceFinder,
  { image, detections, options }: WorkerRequest,
): Promise<Face[]> | Face[] {
  if (pipeline instanceof FaceFinder)
    return detections ? pipeline.addLandmarks(image, detections, options) : pipeline.find(image, options);
  return detections ? pipeline.describe(image, detections, options) : pipeline.analyze(image, options);
}
