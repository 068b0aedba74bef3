import { type FaceInView, FaceWatch, type FaceWatchOptions } from './face-watch.ts';

/** How a video is watched. */
export interface WatchVideoOptions extends FaceWatchOptions {
  /** Frames a second at most. @defaultValue 15 */
  readonly framesPerSecond?: number | undefined;
  /** Ends the watch. */
  readonly signal?: AbortSignal | undefined;
}

/** What was seen in one frame of a video. */
export interface SeenFrame {
  /** When, in milliseconds of `performance.now()`. */
  readonly timeMs: number;
  /** How long it took to find and name the faces. */
  readonly tookMs: number;
  readonly faces: readonly FaceInView[];
}

/** Default of {@link WatchVideoOptions.framesPerSecond}: a face moves less than its own size between two. */
export const DEFAULT_FRAMES_PER_SECOND = 15;

/**
 * Watches a video or webcam: for each frame, the faces in it and who they are.
 *
 * @param video - plays already
 * @returns frames until the video ends, the signal says so, or the loop over them is left
 * @throws FaceTriggerError what {@link FaceWatch.look} throws
 *
 * @example
 * for await (const { faces } of watchVideo(video, { pipeline, gallery })) {
 *   for (const { decision } of faces) console.log(decision?.label);
 * }
 */
export async function* watchVideo(
  video: HTMLVideoElement,
  { framesPerSecond = DEFAULT_FRAMES_PER_SECOND, signal, ...options }: WatchVideoOptions,
): AsyncGenerator<SeenFrame, void> {
  const watch = new FaceWatch(options);
  let lastMs = Number.NEGATIVE_INFINITY;
  while (!video.ended && !signal?.aborted) {
    await nextFrame(video);
    const timeMs = performance.now();
    // One millisecond of tolerance: frames come at times that are rounded.
    if (timeMs - lastMs < 1000 / framesPerSecond - 1) continue;
    lastMs = timeMs;
    const faces = await watch.look(video, timeMs);
    yield { timeMs, tookMs: performance.now() - timeMs, faces };
  }
}

/** Waits for a new picture, at most so long: a video that ended or was paused gives none. */
const LONGEST_WAIT_MS = 250;

function nextFrame(video: HTMLVideoElement): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, LONGEST_WAIT_MS);
    const frame = video.requestVideoFrameCallback?.(done);
    function done(): void {
      clearTimeout(timer);
      if (frame !== undefined) video.cancelVideoFrameCallback(frame);
      resolve();
    }
  });
}
