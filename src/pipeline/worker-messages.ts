import type { Detection } from '../core/detect/face-detector.ts';
import type { Image } from '../core/image/image.ts';
import type { Face } from '../core/pipeline/face.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import type { CarriedError } from '../node/runtime/carried-error.ts';
import type { FacePipelineOptions } from './face-pipeline.ts';

/** What a worker is started with. */
export interface WorkerSettings extends FacePipelineOptions {
  /** False: faces get boxes, scores and landmarks only, and no embedder is loaded. @defaultValue true */
  readonly embeddings?: boolean | undefined;
}

/** What goes to a worker; `null` asks it to free its models and end. */
export type WorkerMessage = WorkerRequest | null;

export interface WorkerRequest {
  readonly image: Image;
  readonly detections: readonly Detection[] | null;
  readonly options: AnalyzeOptions;
}

/** What comes back: about its start, that the worker has its models or why not; then about each job. */
export interface WorkerReply {
  readonly about: 'start' | 'job';
  readonly faces?: Face[] | undefined;
  readonly error?: CarriedError | undefined;
}
