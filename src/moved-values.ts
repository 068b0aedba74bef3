// What stood in `face-trigger` before there were subpaths. Nothing heavy is loaded before it is called.

type Gallery = typeof import('./gallery.ts');
type Watch = typeof import('./watch.ts');
type Datasets = typeof import('./dataset.ts');

const gallery = () => import('./gallery.ts');
const watches = () => import('./watch.ts');
const datasets = () => import('./dataset.ts');

export {
  /** @deprecated import it from 'face-trigger/import' */
  convertModel,
} from './convert/convert-model.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_IDLE_FPS,
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_SEARCH_FPS,
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_TRACK_FPS,
} from './core/track/detection-pacer.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_LOST_MS,
} from './core/track/face-tracker.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_CHANGE_SHARE,
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_MIN_SHARE,
} from './core/track/track-identity.ts';
export {
  /** @deprecated import it from 'face-trigger/dataset' */
  Dataset,
} from './dataset/dataset.ts';
export {
  /** @deprecated import it from 'face-trigger/dataset' */
  findProblems,
} from './dataset/find-problems.ts';
export {
  /** @deprecated import it from 'face-trigger/dataset' */
  parsePairs,
} from './dataset/pairs-file.ts';
export {
  /** @deprecated import it from 'face-trigger/evaluate' */
  crossValidateThreshold,
} from './evaluate/fold-protocol.ts';
export {
  /** @deprecated import it from 'face-trigger/evaluate' */
  evaluateIdentification,
} from './evaluate/identification.ts';
export {
  /** @deprecated import it from 'face-trigger/evaluate' */
  recommendThreshold,
} from './evaluate/recommend-threshold.ts';
export {
  /** @deprecated import it from 'face-trigger/evaluate' */
  searchGallery,
} from './evaluate/search-outcome.ts';
export {
  /** @deprecated import it from 'face-trigger/evaluate' */
  evaluateVerification,
} from './evaluate/verification.ts';
export {
  /** @deprecated import it from 'face-trigger/import' */
  exportLegacyClassifier,
} from './extras/pickle/export-legacy-classifier.ts';
export {
  /** @deprecated import it from 'face-trigger/import' */
  readLegacyClassifier,
} from './extras/pickle/legacy-classifier.ts';
export {
  /** @deprecated import it from 'face-trigger/import' */
  readLegacyEncodings,
} from './extras/pickle/legacy-encodings.ts';
export {
  /** @deprecated import it from 'face-trigger/import' */
  readLegacyLabelMap,
} from './extras/pickle/legacy-label-map.ts';
export {
  /** @deprecated import it from 'face-trigger/gallery' */
  REVIEW_LIMITS,
  /** @deprecated import it from 'face-trigger/gallery' */
  reviewFace,
} from './gallery/review-face.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  createFaceAnalyzer,
} from './watch/create-face-analyzer.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  PreviewServer,
} from './watch/preview-server.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_STALL_MS,
} from './watch/source/live-options.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  VideoRecorder,
} from './watch/video-recorder.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_MIN_FACE_SIZE,
  /** @deprecated import it from 'face-trigger/watch' */
  DEFAULT_MIN_QUALITY,
} from './watch/watch-engine.ts';
export {
  /** @deprecated import it from 'face-trigger/watch' */
  WATCH_EVENT_VERSION,
} from './watch/watch-event.ts';

/** @deprecated import it from 'face-trigger/gallery' */
export const SqliteGallery: Gallery['SqliteGallery'] = {
  /** @deprecated call `openGallery` of 'face-trigger/gallery' */
  create: async (options) => (await gallery()).SqliteGallery.create(options),
};

/** @deprecated import it from 'face-trigger/gallery' */
export const exportGallery: Gallery['exportGallery'] = async (...args) =>
  (await gallery()).exportGallery(...args);

/** @deprecated import it from 'face-trigger/gallery' */
export const importGallery: Gallery['importGallery'] = async (...args) =>
  (await gallery()).importGallery(...args);

/** @deprecated import it from 'face-trigger/gallery' */
export const identifyInGallery: Gallery['identifyInGallery'] = async (...args) =>
  (await gallery()).identifyInGallery(...args);

/** @deprecated import it from 'face-trigger/gallery' */
export const readNewFace: Gallery['readNewFace'] = async (...args) => (await gallery()).readNewFace(...args);

/** @deprecated import it from 'face-trigger/gallery' */
export const trainFromGallery: Gallery['trainFromGallery'] = async (...args) =>
  (await gallery()).trainFromGallery(...args);

/** @deprecated import it from 'face-trigger/dataset' */
export const readPeopleFolder: Datasets['readPeopleFolder'] = async (...args) =>
  (await datasets()).readPeopleFolder(...args);

/** @deprecated import it from 'face-trigger/dataset' */
export const scanPeopleFolder: Datasets['scanPeopleFolder'] = async (...args) =>
  (await datasets()).scanPeopleFolder(...args);

/** @deprecated import it from 'face-trigger/watch' */
export const createSource: Watch['createSource'] = async (...args) => (await watches()).createSource(...args);

/** @deprecated import it from 'face-trigger/watch' */
export const findFfmpeg: Watch['findFfmpeg'] = async (...args) => (await watches()).findFfmpeg(...args);

/** @deprecated import it from 'face-trigger/watch' */
export const openTriggers: Watch['openTriggers'] = async (...args) => (await watches()).openTriggers(...args);

/** @deprecated import it from 'face-trigger/watch' */
export const readVideoFrames: Watch['readVideoFrames'] = async function* (...args) {
  yield* (await watches()).readVideoFrames(...args);
};

/** @deprecated import it from 'face-trigger/watch' */
export const watch: Watch['watch'] = async function* (...args) {
  yield* (await watches()).watch(...args);
};
