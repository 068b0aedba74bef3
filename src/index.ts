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
export { type ConvertedModel, convertModel } from './convert/convert-model.ts';
export type { AlignedFace } from './core/align/aligned-face.ts';
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
  EmbedderIdentity,
  EmbedderIdentity as ClassifierEmbedder,
} from './core/embed/embedder-profile.ts';
export {
  DEFAULT_QUALITY,
  EMBEDDING_QUALITIES,
  type EmbeddingOptions,
  type EmbeddingQuality,
  type EmbeddingRecipe,
} from './core/embed/embedding-quality.ts';
export type { Activations, FaceEmbedder } from './core/embed/face-embedder.ts';
export {
  ERROR_CODES,
  type ErrorDetails,
  FaceTriggerError,
  type FaceTriggerErrorCode,
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
export { type ResizeOptions, resizeImage } from './core/image/resize-image.ts';
export type {
  LandmarkDetector,
  LandmarkOptions,
  LocatedLandmarks,
} from './core/landmark/landmark-detector.ts';
export type { Landmarks } from './core/landmark/landmarks.ts';
export {
  cosineSimilarity,
  euclideanDistance,
  type MetricName,
  meanEmbedding,
  normalizeEmbedding,
} from './core/metric/metric.ts';
export type { Face } from './core/pipeline/face.ts';
export type { FindOptions } from './core/pipeline/face-finder.ts';
export type { AnalyzeOptions } from './core/pipeline/face-pipeline.ts';
export { type FacePose, type FaceQuality, faceQuality, QUALITY_SCALE } from './core/quality/face-quality.ts';
export { DEFAULT_IDLE_FPS, DEFAULT_SEARCH_FPS, DEFAULT_TRACK_FPS } from './core/track/detection-pacer.ts';
export { DEFAULT_LOST_MS } from './core/track/face-tracker.ts';
export type { MotionGateOptions } from './core/track/motion-gate.ts';
export {
  type Candidate as TrackCandidate,
  DEFAULT_CHANGE_SHARE,
  DEFAULT_MIN_SHARE,
} from './core/track/track-identity.ts';
export { Dataset, type DatasetSplit, type SplitOptions } from './dataset/dataset.ts';
export { type CheckedPhoto, type DatasetProblem, findProblems } from './dataset/find-problems.ts';
export { type PairsFile, type PhotoPair, type PhotoReference, parsePairs } from './dataset/pairs-file.ts';
export {
  type PeopleScan,
  type PersonPhotos,
  readPeopleFolder,
  type SkippedPath,
  scanPeopleFolder,
} from './dataset/people-folder.ts';
export type { SkippedFile, SkipReason } from './dataset/skipped-file.ts';
export type { ErrorRates, TarAtFar } from './evaluate/error-rates.ts';
export {
  crossValidateThreshold,
  type FoldProtocolResult,
  type FoldResult,
  type FoldSummary,
  type ScoredPair,
} from './evaluate/fold-protocol.ts';
export {
  evaluateIdentification,
  type IdentificationOptions,
  type IdentificationResult,
  type OpenSetPoint,
} from './evaluate/identification.ts';
export type { RateEstimate } from './evaluate/intervals.ts';
export type { PairScores } from './evaluate/pair-scores.ts';
export {
  type RecommendThresholdOptions,
  recommendThreshold,
  type ThresholdRecommendation,
} from './evaluate/recommend-threshold.ts';
export type { EqualErrorRate } from './evaluate/roc.ts';
export { type NamedFace, type SearchOutcome, searchGallery } from './evaluate/search-outcome.ts';
export {
  evaluateVerification,
  type VerificationOptions,
  type VerificationPair,
  type VerificationResult,
} from './evaluate/verification.ts';
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
export { exportLegacyClassifier } from './extras/pickle/export-legacy-classifier.ts';
export { type LegacyClassifier, readLegacyClassifier } from './extras/pickle/legacy-classifier.ts';
export { type LegacyPerson, readLegacyEncodings } from './extras/pickle/legacy-encodings.ts';
export { readLegacyLabelMap } from './extras/pickle/legacy-label-map.ts';
export { Gallery, type GalleryParts } from './gallery/gallery.ts';
export {
  type ExportGalleryOptions,
  exportGallery,
  type ImportGalleryOptions,
  importGallery,
} from './gallery/gallery-file.ts';
export type {
  AddFacesOptions,
  Candidate as GalleryCandidate,
  Consent,
  Enrolled,
  EnrolledFace,
  Face as GalleryFace,
  GalleryEmbedder,
  GalleryRecord,
  GalleryStats,
  ImportResult,
  Merge,
  NearerPerson,
  NegativeExample,
  NewFace,
  NewPerson,
  Page,
  PageOptions,
  Person,
  SearchOptions,
  TrainingSet as GalleryTrainingSet,
} from './gallery/gallery-types.ts';
export { identifyInGallery } from './gallery/identify-in-gallery.ts';
export type { FaceIndex, NearFace, PersonInIndex } from './gallery/index/face-index.ts';
export { MemoryIndex, type MemoryIndexOptions } from './gallery/index/memory-index.ts';
export { type OpenGalleryOptions, openGallery } from './gallery/open-gallery.ts';
export { type ReadFace, type ReadNewFaceOptions, readNewFace } from './gallery/read-new-face.ts';
export {
  type FaceQualityFacts,
  REVIEW_LIMITS,
  type ReviewLevel,
  type ReviewReason,
  type ReviewResult,
  reviewFace,
} from './gallery/review-face.ts';
export type { SharedFace } from './gallery/shared-faces.ts';
export { SqliteGallery, type SqliteGalleryOptions } from './gallery/sqlite-gallery.ts';
export type { GalleryStore } from './gallery/stores/gallery-store.ts';
export { MemoryStore, type MemoryStoreOptions } from './gallery/stores/memory/memory-store.ts';
export {
  type TrainFromGalleryOptions,
  type TrainFromGalleryResult,
  trainFromGallery,
} from './gallery/train-from-gallery.ts';
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
} from './models/dlib/detector/mmod-detector.ts';
export {
  DEFAULT_IDENTIFY_MAX_DISTANCE,
  DEFAULT_MAX_DISTANCE,
  DLIB_MEAN_LENGTH,
} from './models/dlib/dlib-facts.ts';
export { ResnetEmbedder, type ResnetEmbedderOptions } from './models/dlib/embedder/resnet-embedder.ts';
export { DLIB_FIVE_POINTS } from './models/dlib/five-points.ts';
export { RegressionTreeLandmarks } from './models/dlib/landmarks/regression-tree-landmarks.ts';
export type { RegressionTrees } from './models/dlib/landmarks/regression-trees.ts';
export type { ModelKind, ModelPack, ModelPart, ModelPrecision } from './models/model-pack.ts';
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
export {
  type DetectionMode,
  type OpenDetectorOptions,
  type OpenEmbedderOptions,
  openDetector,
  openEmbedder,
  openLandmarkDetector,
} from './node/models/open-models.ts';
export { readPack } from './node/models/read-pack.ts';
export { FaceRecognizer } from './people/face-recognizer.ts';
export type {
  RecognizerTrainingReport,
  TrainingSet,
  TrainOptions,
} from './people/learn-people.ts';
export {
  DEFAULT_INFER_THRESHOLD,
  type FaceRecognizerOptions,
  type InferOptions,
  type InferResult,
} from './people/recognizer-options.ts';
export { FaceFinder, type FaceFinderOptions } from './pipeline/face-finder.ts';
export { FacePipeline, type FacePipelineOptions } from './pipeline/face-pipeline.ts';
export { PipelinePool, type PipelinePoolOptions, type PoolTaskOptions } from './pipeline/pipeline-pool.ts';
export { createFaceAnalyzer, type FaceAnalyzerOptions } from './watch/create-face-analyzer.ts';
export type { FaceAnalyzer, FaceIdentity } from './watch/face-analyzer.ts';
export { type FindFfmpegOptions, findFfmpeg } from './watch/find-ffmpeg.ts';
export { type OpenTriggersOptions, openTriggers } from './watch/open-triggers.ts';
export { PreviewServer, type PreviewServerOptions } from './watch/preview-server.ts';
export { createSource, type SourceOptions } from './watch/source/create-source.ts';
export type { FrameSource, SourceFrame, SourceItem } from './watch/source/frame-source.ts';
export { DEFAULT_STALL_MS } from './watch/source/live-options.ts';
export type { Stage, WatchStats } from './watch/stage-clock.ts';
export type { Triggers } from './watch/triggers/read-triggers.ts';
export type { TriggerRunner, TriggerRunnerOptions } from './watch/triggers/trigger-runner.ts';
export { readVideoFrames, type VideoFrame, type VideoFramesOptions } from './watch/video-frames.ts';
export { VideoRecorder, type VideoRecorderOptions } from './watch/video-recorder.ts';
export { type WatchOptions, watch } from './watch/watch.ts';
export {
  DEFAULT_MIN_FACE_SIZE,
  DEFAULT_MIN_QUALITY,
  type FrameFace,
  type FrameObserver,
  type FrameView,
} from './watch/watch-engine.ts';
export {
  type FaceEvent,
  type IdentityReason,
  type SourceBackEvent,
  type SourceLostEvent,
  WATCH_EVENT_VERSION,
  type WatchEvent,
} from './watch/watch-event.ts';
