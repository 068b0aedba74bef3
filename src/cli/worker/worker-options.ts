import type { DetectionMode } from '../../node/models/open-models.ts';

/** Options of `worker`. */
export interface WorkerOptions {
  readonly gallery: string;
  readonly concurrency: number;
  readonly untilEmpty?: true | undefined;
  readonly threads?: number | undefined;
  readonly detection: DetectionMode;
  readonly models?: string | undefined;
  readonly commercial?: true | undefined;
  readonly thumbnails?: true | undefined;
  readonly allowInternal: string[];
  readonly json?: true | undefined;
}
