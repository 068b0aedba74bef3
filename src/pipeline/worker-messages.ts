import type { Detection } from '../core/detect/face-detector.ts';
import type { Image } from '../core/image/image.ts';
import type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
import type { FacePipelineOptions } from './face-pipeline.ts';

/** What a worker is started with. */
export interface WorkerSettings extends FacePipelineOptions {
  /** False: faces get boxes, scores and landmarks only, and no embedder is loaded. @defaultValue true */
  readonly embeddings?: boolean | undefined;
}

/** What goes to a worker. */
export interface WorkerRequest {
  readonly image: Image;
  readonly detections: readonly Detection[] | null;
  readonly options: AnalyzeOptions;
}
