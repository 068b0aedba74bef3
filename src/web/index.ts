// `face-trigger/web`: face-trigger in a browser. Needs no package; the rest lies in the folder of the models.
/// <reference lib="dom" preserve="true" />
/// <reference lib="esnext.disposable" preserve="true" />
export type { Detection } from '../core/detect/face-detector.ts';
export type { EmbedderProfile } from '../core/embed/embedder-profile.ts';
export { ERROR_CODES, FaceTriggerError, type FaceTriggerErrorCode } from '../core/errors.ts';
export type { Box } from '../core/geometry/box.ts';
export type { Image } from '../core/image/image.ts';
export type { Landmarks } from '../core/landmark/landmarks.ts';
export type { Face } from '../core/pipeline/face.ts';
export type { FindOptions } from '../core/pipeline/face-finder.ts';
export type { AnalyzeOptions } from '../core/pipeline/face-pipeline.ts';
export type { FaceQuality } from '../core/quality/face-quality.ts';
export type { LedgerEntry } from '../models/licence-ledger.ts';
export { FacePipeline, type FacePipelineOptions } from './face-pipeline.ts';
export type { ModelProgress } from './fetch-source.ts';
export type { JudgedFace, PictureOptions } from './judge-faces.ts';
export { forgetModels, MODEL_CACHE } from './model-cache.ts';
export type { OpenOptions } from './open-pipeline.ts';
export type { PictureSource } from './picture.ts';
export { type FaceVerification, verifyFaces } from './verify-faces.ts';
