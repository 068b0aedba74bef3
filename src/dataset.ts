// `face-trigger/dataset`: folders of people, pairs, splits and what is wrong with them.
/// <reference lib="esnext.disposable" preserve="true" />
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
