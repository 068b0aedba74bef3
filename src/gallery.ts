// `face-trigger/gallery`: enrolled people over a store, their search, review, export and training.
/// <reference lib="esnext.disposable" preserve="true" />

export type { Optional } from './core/options/optional.ts';
export {
  type CreateGalleryOptions,
  createGallery,
  deleteGallery,
  type ListedGallery,
  listGalleries,
} from './gallery/collection/gallery-collection.ts';
export { GalleryShelf } from './gallery/collection/gallery-shelf.ts';
export {
  type CopyGalleryOptions,
  type CopyGalleryResult,
  copyGallery,
  type GalleryRowCounts,
} from './gallery/copy/copy-gallery.ts';
export type { DistanceScale } from './gallery/distance-scale.ts';
export type { EnrolledOnce, EnrollOnce, OnceOutcome } from './gallery/enroll-once.ts';
export { Gallery } from './gallery/gallery.ts';
export {
  type ExportGalleryOptions,
  exportGallery,
  type ImportGalleryOptions,
  importGallery,
} from './gallery/gallery-file.ts';
export type { GalleryPack } from './gallery/gallery-pack.ts';
export type { GalleryParts } from './gallery/gallery-parts.ts';
export type {
  AddFacesOptions,
  Consent,
  Enrolled,
  EnrolledFace,
  Face as GalleryFace,
  GalleryCandidate,
  GalleryEmbedder,
  GalleryMatch,
  GalleryRecord,
  GalleryStats,
  ImportResult,
  Merge,
  NearerPerson,
  NegativeExample,
  NewFace,
  NewPerson,
  OwnedListOptions,
  Page,
  PageOptions,
  Person,
  SearchOptions,
  TrainingSet as GalleryTrainingSet,
} from './gallery/gallery-types.ts';
export { identifyInGallery } from './gallery/identify-in-gallery.ts';
export type {
  FaceIndex,
  IndexFacts,
  NearFace,
  PeopleIndex,
  PersonInIndex,
} from './gallery/index/face-index.ts';
export { type IndexSource, MemoryIndex, type MemoryIndexOptions } from './gallery/index/memory-index.ts';
export type { NearSlot, VectorEngine, VectorGraph } from './gallery/index/vector-engine.ts';
export type { MissingReason } from './gallery/migrate/face-pictures.ts';
export type { EmbeddingJudgment, VerificationFigures } from './gallery/migrate/judge-embeddings.ts';
export {
  type GalleryMigration,
  type MigrateGalleryOptions,
  migrateGallery,
  migrationBackups,
} from './gallery/migrate/migrate-gallery.ts';
export type { MigrationProgress } from './gallery/migrate/migrate-store.ts';
export type { MissingPictures } from './gallery/migrate/missing-pictures.ts';
export type { NearMatch } from './gallery/near-match.ts';
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
export type {
  ChangeCursor,
  FaceOwner,
  FaceRow,
  GallerySettings,
  GalleryStore,
  GalleryWrites,
  IndexedFace,
  IndexedNegative,
  KeyedEmbedding,
  LivingAt,
  MergedRows,
  MergeKey,
  MergeRow,
  NegativeRow,
  NewEmbeddingOf,
  OwnedPage,
  PersonKey,
  PersonRow,
  RowPage,
  StoreChanges,
  StoreConnections,
  Stored,
  StoredPerson,
  UnfinishedEmbeddings,
} from './gallery/stores/gallery-store.ts';
export { MemoryStore, type MemoryStoreOptions } from './gallery/stores/memory/memory-store.ts';
export {
  type TrainFromGalleryOptions,
  type TrainFromGalleryResult,
  trainFromGallery,
} from './gallery/train-from-gallery.ts';
