// `face-trigger/web/watch`: faces of a video or webcam, followed and named.
/// <reference lib="dom" preserve="true" />
export type { TrackDecision } from '../core/track/track-identity.ts';
export { type FaceInView, FaceWatch, type FaceWatchOptions } from './watch/face-watch.ts';
export {
  DEFAULT_FRAMES_PER_SECOND,
  type SeenFrame,
  type WatchVideoOptions,
  watchVideo,
} from './watch/watch-video.ts';
