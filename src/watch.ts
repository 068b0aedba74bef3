// `face-trigger/watch`: cameras, streams and films; tracks and votes; events and what they trigger.
/// <reference lib="esnext.disposable" preserve="true" />
export { DEFAULT_IDLE_FPS, DEFAULT_SEARCH_FPS, DEFAULT_TRACK_FPS } from './core/track/detection-pacer.ts';
export { DEFAULT_LOST_MS } from './core/track/face-tracker.ts';
export type { MotionGateOptions } from './core/track/motion-gate.ts';
export {
  DEFAULT_CHANGE_SHARE,
  DEFAULT_MIN_SHARE,
  type TrackCandidate,
} from './core/track/track-identity.ts';
export type { CameraZonesOptions, Zone } from './watch/camera-zones.ts';
export { createFaceAnalyzer, type FaceAnalyzerOptions } from './watch/create-face-analyzer.ts';
export { createGalleryAnalyzer } from './watch/create-gallery-analyzer.ts';
export type { DetectionWish, FaceAnalyzer, FaceIdentity } from './watch/face-analyzer.ts';
export { type FindFfmpegOptions, findFfmpeg } from './watch/find-ffmpeg.ts';
export { type OpenTriggersOptions, openTriggers } from './watch/open-triggers.ts';
export { PreviewServer, type PreviewServerOptions } from './watch/preview-server.ts';
export { createSource, type SourceOptions } from './watch/source/create-source.ts';
export type { FrameSource, LargePicture, SourceFrame, SourceItem } from './watch/source/frame-source.ts';
export { DEFAULT_STALL_MS } from './watch/source/live-options.ts';
export { DEFAULT_PAIR_MS, type PairOptions, pairSources } from './watch/source/pair-sources.ts';
export type { Stage, WatchStats } from './watch/stage-clock.ts';
export type { StrangerResolver, UnknownFace, UnknownFaceContext } from './watch/stranger-resolver.ts';
export type { EventPicture } from './watch/triggers/event-picture.ts';
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
  type RecognizedFace,
} from './watch/watch-engine.ts';
export {
  type FaceEvent,
  type IdentityReason,
  type LeaveReason,
  type PresenceEvent,
  type SourceBackEvent,
  type SourceLostEvent,
  WATCH_EVENT_VERSION,
  type WatchEvent,
  type WatchEventType,
} from './watch/watch-event.ts';
