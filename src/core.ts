// `face-trigger/core`: what needs no Node: images, geometry, landmarks, alignment, quality, metrics, tracks, the ports.
/// <reference lib="esnext.disposable" preserve="true" />
export { type AlignedFace, alignFace, detachFace } from './core/align/aligned-face.ts';
export { type ChipTemplate, landmarksFor, layoutsOf, type OtherPlaces } from './core/align/chip-template.ts';
export { type ChipPlace, cutFaceChip, locateFaceChip } from './core/align/face-chip.ts';
export {
  SMALL_PICTURE_PIXELS,
  SMALLEST_DEFAULT_FACE,
  searchedFaceSize,
} from './core/detect/default-face-size.ts';
export type {
  Detection,
  DetectLargestOptions,
  DetectOptions,
  FaceDetector,
} from './core/detect/face-detector.ts';
export { DEFAULT_MAX_PIXELS, MAX_SCALED_PIXELS } from './core/detect/plan-scale.ts';
export type { AveragingOptions } from './core/embed/chip-variants.ts';
export type { EmbedderDistances } from './core/embed/distance-facts.ts';
export type {
  DistanceFacts,
  EmbedderIdentity,
  EmbedderProfile,
  LengthRule,
} from './core/embed/embedder-profile.ts';
export {
  DEFAULT_QUALITY,
  EMBEDDING_QUALITIES,
  type EmbeddingOptions,
  type EmbeddingQuality,
  type EmbeddingRecipe,
} from './core/embed/embedding-quality.ts';
export type { Activations, FaceEmbedder, TrainableEmbedder } from './core/embed/face-embedder.ts';
export {
  ERROR_CODES,
  type ErrorDetails,
  FaceTriggerError,
  type FaceTriggerErrorCode,
} from './core/errors.ts';
export { type Box, iou } from './core/geometry/box.ts';
export { type SuppressionOptions, suppressOverlaps } from './core/geometry/non-maximum-suppression.ts';
export type { Point } from './core/geometry/point.ts';
export { fitSimilarityTransform, type SimilarityTransform } from './core/geometry/similarity-transform.ts';
export type { Classifier, ClassifierResult } from './core/identify/classifier.ts';
export type { FaceNamer } from './core/identify/face-namer.ts';
export {
  type Candidate,
  defaultMinProbability,
  type Identification,
  type IdentifyOptions,
} from './core/identify/identification.ts';
export { type GrayMethod, type ToGrayOptions, toGray, toRgb } from './core/image/convert-color.ts';
export { cropImage } from './core/image/crop-image.ts';
export { equalizeHistogram } from './core/image/equalize-histogram.ts';
export { flipHorizontal } from './core/image/flip-image.ts';
export type { Image } from './core/image/image.ts';
export type { ImageShrink } from './core/image/image-shrink.ts';
export { type ResizeOptions, resizeImage, type ShrinkMethod } from './core/image/resize-image.ts';
export type {
  LandmarkDetector,
  LandmarkOptions,
  LandmarkProfile,
  LocatedLandmarks,
} from './core/landmark/landmark-detector.ts';
export {
  asLandmarks,
  eyeCenters,
  eyeSpan,
  type LandmarkLayout,
  type Landmarks,
  mapLandmarks,
  nosePoint,
} from './core/landmark/landmarks.ts';
export { type HeadView, hasRelief, headView } from './core/liveness/head-view.ts';
export type { Liveness, LivenessDetector } from './core/liveness/liveness-detector.ts';
export {
  TURN_LIMITS,
  TurnCheck,
  type TurnDirection,
  type TurnHint,
  type TurnProgress,
  type TurnState,
  type TurnStep,
} from './core/liveness/turn-check.ts';
export {
  COSINE,
  cosineSimilarity,
  EUCLIDEAN,
  euclideanDistance,
  type Metric,
  type MetricName,
  meanEmbedding,
  metricOf,
  normalizeEmbedding,
} from './core/metric/metric.ts';
export type { Face } from './core/pipeline/face.ts';
export { FaceFinder, type FinderParts, type FindOptions } from './core/pipeline/face-finder.ts';
export { type AnalyzeOptions, FacePipeline, type PipelineParts } from './core/pipeline/face-pipeline.ts';
export { mainFaces } from './core/pipeline/main-faces.ts';
export { type FacePose, type FaceQuality, faceQuality, QUALITY_SCALE } from './core/quality/face-quality.ts';
export type {
  RunLimits,
  Runtime,
  RuntimeSession,
  SessionOptions,
  TensorValue,
} from './core/runtime/runtime.ts';
export { DEFAULT_IDLE_FPS, DEFAULT_SEARCH_FPS, DEFAULT_TRACK_FPS } from './core/track/detection-pacer.ts';
export {
  DEFAULT_LOST_MS,
  FaceTracker,
  type FaceTrackerOptions,
  type Track,
  type TrackUpdate,
} from './core/track/face-tracker.ts';
export type { MotionGateOptions } from './core/track/motion-gate.ts';
export {
  DEFAULT_CHANGE_SHARE,
  DEFAULT_MIN_SHARE,
  type Sighting,
  type TrackCandidate,
  type TrackDecision,
  TrackIdentity,
  type TrackIdentityOptions,
} from './core/track/track-identity.ts';
