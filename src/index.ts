// What most programs need. More stands in face-trigger/gallery, /watch, /server, /evaluate, /dataset, /import, /core.
// Programs may be compiled for an older JavaScript than the types of `await using` belong to.
/// <reference lib="esnext.disposable" preserve="true" />
export type { CalibratedMember } from './classify/calibrated-classifier.ts';
export type { DistanceCalibration } from './classify/distance-calibration.ts';
export type { EmbeddingMatrix, Embeddings } from './classify/embedding-matrix.ts';
export type { GridScore } from './classify/grid-search.ts';
export type { ClassifierFacts } from './classify/inspect-classifier.ts';
export { type LabelMap, readLabelMap, writeLabelMap } from './classify/label-map.ts';
export type { LinearSvmModel } from './classify/linear-svm.ts';
export {
  MAX_CLASSIFIER_BYTES,
  OnnxClassifier,
  type OnnxClassifierOptions,
} from './classify/onnx-classifier.ts';
export type { ReferenceMode } from './classify/person-references.ts';
export type { SigmoidCalibration } from './classify/sigmoid-calibration.ts';
export {
  AUTO_SVM_MAX_PEOPLE,
  AUTO_SVM_MIN_PHOTOS,
  type TrainClassifierOptions,
  type TrainedClassifier,
  type TrainingReport,
  trainClassifier,
} from './classify/train-classifier.ts';
export type { AlignedFace } from './core/align/aligned-face.ts';
export type { ChipTemplate, OtherPlaces } from './core/align/chip-template.ts';
export {
  SMALL_PICTURE_PIXELS,
  SMALLEST_DEFAULT_FACE,
  searchedFaceSize,
} from './core/detect/default-face-size.ts';
export type {
  Detection,
  DetectLargestOptions,
  DetectOptions,
  DetectorProfile,
  FaceDetector,
} from './core/detect/face-detector.ts';
export { DEFAULT_MAX_PIXELS, MAX_SCALED_PIXELS } from './core/detect/plan-scale.ts';
export type { AveragingOptions } from './core/embed/chip-variants.ts';
export type { EmbedderDistances, MeasuredDistances } from './core/embed/distance-facts.ts';
export type {
  DistanceFacts,
  EmbedderIdentity,
  EmbedderIdentity as ClassifierEmbedder,
  EmbedderProfile,
  LengthRule,
} from './core/embed/embedder-profile.ts';
export {
  DEFAULT_QUALITY,
  DEFAULT_QUALITY as DEFAULT_PIPELINE_QUALITY,
  EMBEDDING_QUALITIES,
  type EmbeddingOptions,
  type EmbeddingQuality,
  type EmbeddingRecipe,
} from './core/embed/embedding-quality.ts';
export type { Activations, FaceEmbedder, TrainableEmbedder } from './core/embed/face-embedder.ts';
export type { DistanceEvidence } from './core/embed/person-probability.ts';
export {
  ERROR_CODES,
  type ErrorDetails,
  FaceTriggerError,
  type FaceTriggerErrorCode,
  type FaceTriggerErrorOptions,
} from './core/errors.ts';
export { type Box, iou } from './core/geometry/box.ts';
export type { Point } from './core/geometry/point.ts';
export type { Classifier, ClassifierResult } from './core/identify/classifier.ts';
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
export { eyeCenters, type LandmarkLayout, type Landmarks, nosePoint } from './core/landmark/landmarks.ts';
export type { Liveness, LivenessDetector } from './core/liveness/liveness-detector.ts';
export {
  cosineSimilarity,
  euclideanDistance,
  type Metric,
  type MetricName,
  meanEmbedding,
  metricOf,
  normalizeEmbedding,
} from './core/metric/metric.ts';
export type { Face } from './core/pipeline/face.ts';
export type { FindOptions } from './core/pipeline/face-finder.ts';
export type { AnalyzeOptions } from './core/pipeline/face-pipeline.ts';
export { type FacePose, type FaceQuality, faceQuality, QUALITY_SCALE } from './core/quality/face-quality.ts';
export type {
  RunLimits,
  Runtime,
  RuntimeSession,
  SessionOptions,
  TensorValue,
} from './core/runtime/runtime.ts';
export { DEFAULT_FIT, type FitOptions } from './extras/metric-learning/fit-model.ts';
export { JUDGED_FMR, type MetricJudgment } from './extras/metric-learning/judge-model.ts';
export {
  DEFAULT_AUGMENTATIONS,
  type MetricCandidate,
  type MetricDepth,
  type MetricOptions,
  type MetricReport,
  type MetricSample,
} from './extras/metric-learning/learn-metric.ts';
export type { SampleOptions } from './extras/metric-learning/train-metric.ts';
export {
  DEFAULT_CHIP_PADDING,
  DEFAULT_CHIP_SIZE,
  extractFaceChip,
  type FaceChipOptions,
} from './models/dlib/chip.ts';
export {
  DEFAULT_STRIP_PIXELS,
  MmodDetector,
  type MmodDetectorOptions,
  type MmodModels,
} from './models/dlib/detector/mmod-detector.ts';
export {
  DEFAULT_IDENTIFY_MAX_DISTANCE,
  DEFAULT_MAX_DISTANCE,
  DLIB_MEAN_LENGTH,
} from './models/dlib/dlib-facts.ts';
export {
  ResnetEmbedder,
  type ResnetEmbedderOptions,
  type ResnetModel,
} from './models/dlib/embedder/resnet-embedder.ts';
export { DLIB_FIVE_POINTS } from './models/dlib/five-points.ts';
export { RegressionTreeLandmarks } from './models/dlib/landmarks/regression-tree-landmarks.ts';
export type { RegressionTrees } from './models/dlib/landmarks/regression-trees.ts';
export type { LedgerEntry } from './models/licence-ledger.ts';
export type { EmbedderPart, ModelKind, ModelPack, ModelPart, ModelPrecision } from './models/model-pack.ts';
export type { ModelSource } from './models/model-source.ts';
export type * from './moved.ts';
export {
  convertModel,
  createFaceAnalyzer,
  createSource,
  crossValidateThreshold,
  Dataset,
  DEFAULT_CHANGE_SHARE,
  DEFAULT_IDLE_FPS,
  DEFAULT_LOST_MS,
  DEFAULT_MIN_FACE_SIZE,
  DEFAULT_MIN_QUALITY,
  DEFAULT_MIN_SHARE,
  DEFAULT_SEARCH_FPS,
  DEFAULT_STALL_MS,
  DEFAULT_TRACK_FPS,
  evaluateIdentification,
  evaluateVerification,
  exportGallery,
  exportLegacyClassifier,
  findFfmpeg,
  findProblems,
  identifyInGallery,
  importGallery,
  openTriggers,
  PreviewServer,
  parsePairs,
  REVIEW_LIMITS,
  readLegacyClassifier,
  readLegacyEncodings,
  readLegacyLabelMap,
  readNewFace,
  readPeopleFolder,
  readVideoFrames,
  recommendThreshold,
  reviewFace,
  SqliteGallery,
  scanPeopleFolder,
  searchGallery,
  trainFromGallery,
  VideoRecorder,
  WATCH_EVENT_VERSION,
  watch,
} from './moved-values.ts';
export { type AnnotateOptions, annotateImage, type FaceMark } from './node/image/annotate.ts';
export { type ContactSheetOptions, type ContactSheetTile, contactSheet } from './node/image/contact-sheet.ts';
export {
  type EncodedImageFormat,
  type EncodeImageOptions,
  encodeImage,
  writeImage,
} from './node/image/encode-image.ts';
export type { ImageFormat } from './node/image/image-format.ts';
export type { ImageSource } from './node/image/image-source.ts';
export type { MarkTone } from './node/image/mark-tone.ts';
export {
  DEFAULT_MAX_IMAGE_BYTES,
  DEFAULT_MAX_IMAGE_PIXELS,
  type ImageHeader,
  type ReadImageOptions,
  readImage,
  readImageHeader,
} from './node/image/read-image.ts';
export type { ModelChoice } from './node/models/load-model.ts';
export {
  type DetectionMode,
  type LivenessChoice,
  type OpenDetectorOptions,
  type OpenEmbedderOptions,
  type OpenLivenessOptions,
  openDetector,
  openEmbedder,
  openLandmarkDetector,
  openLiveness,
  type RunOptions,
} from './node/models/open-models.ts';
export { DEFAULT_PACK } from './node/models/pack-folders.ts';
export { type PackFolder, readPack } from './node/models/read-pack.ts';
export type { ClassifierDistances } from './people/classifier-distances.ts';
export { FaceRecognizer } from './people/face-recognizer.ts';
export type { RecognizerTrainingReport, TrainingSet, TrainOptions } from './people/learn-people.ts';
export {
  DEFAULT_INFER_THRESHOLD,
  type FaceRecognizerOptions,
  type InferOptions,
  type InferResult,
} from './people/recognizer-options.ts';
export { FaceFinder, type FaceFinderOptions } from './pipeline/face-finder.ts';
export { FacePipeline, type FacePipelineOptions } from './pipeline/face-pipeline.ts';
export { PipelinePool, type PipelinePoolOptions, type PoolTaskOptions } from './pipeline/pipeline-pool.ts';
