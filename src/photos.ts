// `face-trigger/photos`: collections of photos, who is in them, and what is kept of it.
/// <reference lib="esnext.disposable" preserve="true" />
export type {
  FaceKnowledgeRow,
  JoinedFaceRow,
  KeptLandmarks,
  PhotoDecisionChanges,
  PhotoDecisionKind,
  PhotoDecisionRow,
  PhotoFaceQuery,
  PhotoFaceRow,
  PhotoFailureRow,
  PhotoFileRow,
  PhotoGroupingRow,
  PhotoGroupRow,
  PhotoKind,
  PhotoPersonRow,
  PhotoQuery,
  PhotoReads,
  PhotoRow,
  PhotoStats,
  PhotoStore,
  PhotoWrites,
  StoredPhoto,
  StoredPhotoFace,
} from './gallery/stores/photos/photo-store.ts';
export { ignoreFaces, notPerson } from './photos/decide/decide-faces.ts';
export { mergeGroups, mergePeopleOfPhotos, splitGroup } from './photos/decide/merge-groups.ts';
export { type NamedFaces, nameFaces } from './photos/decide/name-faces.ts';
export { undoDecision } from './photos/decide/undo-decision.ts';
export { type ExportedAlbum, exportAlbum } from './photos/export/album/export-album.ts';
export { type ExportedLinks, exportLinks, type LinkKind } from './photos/export/export-links.ts';
export { csvLines, jsonLines } from './photos/export/export-rows.ts';
export {
  type FoundPerson,
  type FoundPhoto,
  findPhotos,
  type PhotoSearch,
} from './photos/find/find-photos.ts';
export { facesOfGroup } from './photos/group/faces-of-group.ts';
export {
  type GroupedPhotos,
  type GroupPhotosOptions,
  groupPhotos,
} from './photos/group/group-photos.ts';
export {
  type FacesToReview,
  nextQuestions,
  type PhotoQuestion,
  type SuggestedPerson,
  suggestionsFor,
} from './photos/group/next-questions.ts';
export { migratePhotos, type PhotosMigration } from './photos/migrate/migrate-photos.ts';
export type { MigratePhotosOptions } from './photos/migrate/migrate-photos-options.ts';
export { DEFAULT_LIBRARY, openPhotoLibrary, type PhotoLibrary } from './photos/photo-library.ts';
export type { AnalyzePhoto } from './photos/scan/read-faces.ts';
export {
  DEFAULT_FILM_STEP_MS,
  type ScannedFile,
  type ScanOptions,
  type ScanProgress,
  type ScanResult,
  type ScanTimes,
  scanPhotos,
} from './photos/scan/scan-photos.ts';
