import type { CarriedError } from '../core/carried-error.ts';
import type { Detection } from '../core/detect/face-detector.ts';
import type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
import type { LedgerEntry } from '../models/licence-ledger.ts';
import type { ModelProgress } from './fetch-source.ts';
import type { JudgedFace, PictureOptions } from './judge-faces.ts';
import type { OpenOptions } from './open-pipeline.ts';
import type { SentPicture } from './picture.ts';

/** Version of what page and worker say to each other: the worker lies in the folder of the models, which may be old. */
export const PROTOCOL = 2;

/** Name of the worker's file in the folder of the models. */
export const WORKER_FILE = 'face-trigger-worker.js';

/** What a worker is told to open. */
export interface CreateCall {
  readonly protocol: number;
  /** Absolute address of the folder. */
  readonly models: string;
  readonly keep: boolean;
  readonly threads: number | undefined;
  readonly options: OpenOptions;
}

/** What is known of a pipeline once it is open. */
export interface PipelineFacts {
  readonly profile: EmbedderProfile;
  readonly ledger: readonly LedgerEntry[];
  /** Threads that WebAssembly uses. */
  readonly threads: number;
}

/** What a worker can be asked. */
export interface Calls {
  readonly create: { readonly given: CreateCall; readonly answer: PipelineFacts };
  readonly analyze: {
    readonly given: { readonly picture: SentPicture; readonly options: PictureOptions };
    readonly answer: JudgedFace[];
  };
  readonly find: Calls['analyze'];
  readonly describe: {
    readonly given: Calls['analyze']['given'] & { readonly detections: readonly Detection[] };
    readonly answer: JudgedFace[];
  };
}

/** From the page to the worker. */
export type Request = {
  [Name in keyof Calls]: { readonly id: number; readonly call: Name; readonly given: Calls[Name]['given'] };
}[keyof Calls];

/** From the worker to the page. */
export type Response =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: CarriedError }
  | { readonly id: number; readonly progress: ModelProgress };
