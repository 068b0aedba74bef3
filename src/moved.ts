// Types that stood in `face-trigger` before there were subpaths; moved-values.ts has what runs.

export type {
  /** @deprecated import it from 'face-trigger/import' */
  ConvertedModel,
} from './convert/convert-model.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  MotionGateOptions,
} from './core/track/motion-gate.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  TrackCandidate,
} from './core/track/track-identity.ts';
export type {
  /** @deprecated import it from 'face-trigger/dataset' */
  Dataset,
  /** @deprecated import it from 'face-trigger/dataset' */
  DatasetSplit,
  /** @deprecated import it from 'face-trigger/dataset' */
  SplitOptions,
} from './dataset/dataset.ts';
export type {
  /** @deprecated import it from 'face-trigger/dataset' */
  CheckedPhoto,
  /** @deprecated import it from 'face-trigger/dataset' */
  DatasetProblem,
} from './dataset/find-problems.ts';
export type {
  /** @deprecated import it from 'face-trigger/dataset' */
  PairsFile,
  /** @deprecated import it from 'face-trigger/dataset' */
  PhotoPair,
  /** @deprecated import it from 'face-trigger/dataset' */
  PhotoReference,
} from './dataset/pairs-file.ts';
export type {
  /** @deprecated import it from 'face-trigger/dataset' */
  PeopleScan,
  /** @deprecated import it from 'face-trigger/dataset' */
  PersonPhotos,
  /** @deprecated import it from 'face-trigger/dataset' */
  SkippedPath,
} from './dataset/people-folder.ts';
export type {
  /** @deprecated import it from 'face-trigger/dataset' */
  SkippedFile,
  /** @deprecated import it from 'face-trigger/dataset' */
  SkipReason,
} from './dataset/skipped-file.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  ErrorRates,
  /** @deprecated import it from 'face-trigger/evaluate' */
  TarAtFar,
} from './evaluate/error-rates.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  FoldProtocolResult,
  /** @deprecated import it from 'face-trigger/evaluate' */
  FoldResult,
  /** @deprecated import it from 'face-trigger/evaluate' */
  FoldSummary,
  /** @deprecated import it from 'face-trigger/evaluate' */
  ScoredPair,
} from './evaluate/fold-protocol.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  IdentificationOptions,
  /** @deprecated import it from 'face-trigger/evaluate' */
  IdentificationResult,
  /** @deprecated import it from 'face-trigger/evaluate' */
  OpenSetPoint,
} from './evaluate/identification.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  RateEstimate,
} from './evaluate/intervals.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  PairScores,
} from './evaluate/pair-scores.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  RecommendThresholdOptions,
  /** @deprecated import it from 'face-trigger/evaluate' */
  ThresholdRecommendation,
} from './evaluate/recommend-threshold.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  EqualErrorRate,
} from './evaluate/roc.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  NamedFace,
  /** @deprecated import it from 'face-trigger/evaluate' */
  SearchOutcome,
} from './evaluate/search-outcome.ts';
export type {
  /** @deprecated import it from 'face-trigger/evaluate' */
  VerificationOptions,
  /** @deprecated import it from 'face-trigger/evaluate' */
  VerificationPair,
  /** @deprecated import it from 'face-trigger/evaluate' */
  VerificationResult,
} from './evaluate/verification.ts';
export type {
  /** @deprecated now MetricJudgment */ MetricJudgment as MetricJudgement,
} from './extras/metric-learning/judge-model.ts';
export type {
  /** @deprecated import it from 'face-trigger/import' */
  LegacyClassifier,
} from './extras/pickle/legacy-classifier.ts';
export type {
  /** @deprecated import it from 'face-trigger/import' */
  LegacyPerson,
} from './extras/pickle/legacy-encodings.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  Gallery,
} from './gallery/gallery.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  ExportGalleryOptions,
  /** @deprecated import it from 'face-trigger/gallery' */
  ImportGalleryOptions,
} from './gallery/gallery-file.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  GalleryParts,
} from './gallery/gallery-parts.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  AddFacesOptions,
  /** @deprecated import it from 'face-trigger/gallery' */
  Consent,
  /** @deprecated import it from 'face-trigger/gallery' */
  Enrolled,
  /** @deprecated import it from 'face-trigger/gallery' */
  EnrolledFace,
  /** @deprecated import it from 'face-trigger/gallery' */
  Face as GalleryFace,
  /** @deprecated import it from 'face-trigger/gallery' */
  GalleryCandidate,
  /** @deprecated import it from 'face-trigger/gallery' */
  GalleryEmbedder,
  /** @deprecated import it from 'face-trigger/gallery' */
  GalleryRecord,
  /** @deprecated import it from 'face-trigger/gallery' */
  GalleryStats,
  /** @deprecated import it from 'face-trigger/gallery' */
  ImportResult,
  /** @deprecated import it from 'face-trigger/gallery' */
  Merge,
  /** @deprecated import it from 'face-trigger/gallery' */
  NearerPerson,
  /** @deprecated import it from 'face-trigger/gallery' */
  NegativeExample,
  /** @deprecated import it from 'face-trigger/gallery' */
  NewFace,
  /** @deprecated import it from 'face-trigger/gallery' */
  NewPerson,
  /** @deprecated import it from 'face-trigger/gallery' */
  Page,
  /** @deprecated import it from 'face-trigger/gallery' */
  PageOptions,
  /** @deprecated import it from 'face-trigger/gallery' */
  Person,
  /** @deprecated import it from 'face-trigger/gallery' */
  SearchOptions,
  /** @deprecated import it from 'face-trigger/gallery' */
  TrainingSet as GalleryTrainingSet,
} from './gallery/gallery-types.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  FaceIndex,
  /** @deprecated import it from 'face-trigger/gallery' */
  NearFace,
  /** @deprecated import it from 'face-trigger/gallery' */
  PersonInIndex,
} from './gallery/index/face-index.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  MemoryIndex,
  /** @deprecated import it from 'face-trigger/gallery' */
  MemoryIndexOptions,
} from './gallery/index/memory-index.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  OpenGalleryOptions,
} from './gallery/open-gallery.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  ReadFace,
  /** @deprecated import it from 'face-trigger/gallery' */
  ReadNewFaceOptions,
} from './gallery/read-new-face.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  FaceQualityFacts,
  /** @deprecated import it from 'face-trigger/gallery' */
  ReviewLevel,
  /** @deprecated import it from 'face-trigger/gallery' */
  ReviewReason,
  /** @deprecated import it from 'face-trigger/gallery' */
  ReviewResult,
} from './gallery/review-face.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  SharedFace,
} from './gallery/shared-faces.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  SqliteGallery,
  /** @deprecated import it from 'face-trigger/gallery' */
  SqliteGalleryOptions,
} from './gallery/sqlite-gallery.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  GalleryStore,
} from './gallery/stores/gallery-store.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  MemoryStore,
  /** @deprecated import it from 'face-trigger/gallery' */
  MemoryStoreOptions,
} from './gallery/stores/memory/memory-store.ts';
export type {
  /** @deprecated import it from 'face-trigger/gallery' */
  TrainFromGalleryOptions,
  /** @deprecated import it from 'face-trigger/gallery' */
  TrainFromGalleryResult,
} from './gallery/train-from-gallery.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  FaceAnalyzerOptions,
} from './watch/create-face-analyzer.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  FaceAnalyzer,
  /** @deprecated import it from 'face-trigger/watch' */
  FaceIdentity,
} from './watch/face-analyzer.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  FindFfmpegOptions,
} from './watch/find-ffmpeg.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  OpenTriggersOptions,
} from './watch/open-triggers.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  PreviewServer,
  /** @deprecated import it from 'face-trigger/watch' */
  PreviewServerOptions,
} from './watch/preview-server.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  SourceOptions,
} from './watch/source/create-source.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  FrameSource,
  /** @deprecated import it from 'face-trigger/watch' */
  SourceFrame,
  /** @deprecated import it from 'face-trigger/watch' */
  SourceItem,
} from './watch/source/frame-source.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  Stage,
  /** @deprecated import it from 'face-trigger/watch' */
  WatchStats,
} from './watch/stage-clock.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  Triggers,
} from './watch/triggers/read-triggers.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  TriggerRunner,
  /** @deprecated import it from 'face-trigger/watch' */
  TriggerRunnerOptions,
} from './watch/triggers/trigger-runner.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  VideoFrame,
  /** @deprecated import it from 'face-trigger/watch' */
  VideoFramesOptions,
} from './watch/video-frames.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  VideoRecorder,
  /** @deprecated import it from 'face-trigger/watch' */
  VideoRecorderOptions,
} from './watch/video-recorder.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  WatchOptions,
} from './watch/watch.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  FrameFace,
  /** @deprecated import it from 'face-trigger/watch' */
  FrameObserver,
  /** @deprecated import it from 'face-trigger/watch' */
  FrameView,
} from './watch/watch-engine.ts';
export type {
  /** @deprecated import it from 'face-trigger/watch' */
  FaceEvent,
  /** @deprecated import it from 'face-trigger/watch' */
  IdentityReason,
  /** @deprecated import it from 'face-trigger/watch' */
  SourceBackEvent,
  /** @deprecated import it from 'face-trigger/watch' */
  SourceLostEvent,
  /** @deprecated import it from 'face-trigger/watch' */
  WatchEvent,
} from './watch/watch-event.ts';
