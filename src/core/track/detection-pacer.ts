/** Options of {@link DetectionPacer}. */
export interface DetectionPacerOptions {
  /** Look at every n-th frame only, integer >= 1. @defaultValue 1 */
  readonly everyNthFrame?: number | undefined;
  /** Detections a second of the source's time while a face is followed. @defaultValue {@link DEFAULT_TRACK_FPS} */
  readonly trackFps?: number | undefined;
  /**
   * Detections a second in the whole frame while something moves. While a face is followed, those beyond it look
   * around the followed faces only. @defaultValue {@link DEFAULT_SEARCH_FPS}
   */
  readonly searchFps?: number | undefined;
  /** Detections a second in a still picture without faces. @defaultValue {@link DEFAULT_IDLE_FPS} */
  readonly idleFps?: number | undefined;
}

/** Default of {@link DetectionPacerOptions.trackFps}: a walking face moves less than its own size between two. */
export const DEFAULT_TRACK_FPS = 10;
/** Default of {@link DetectionPacerOptions.searchFps}: a new face is seen within a fifth of a second. */
export const DEFAULT_SEARCH_FPS = 5;
/** Default of {@link DetectionPacerOptions.idleFps}: what the motion gate overlooks is found within two seconds. */
export const DEFAULT_IDLE_FPS = 0.5;

// A face in a still picture, such as a photo on the wall, is confirmed twice a second.
const STILL_FACE_FPS = 2;

// Motion counts for this long after it was last seen.
const MOTION_HOLD_MS = 1000;

/** Where to look for faces in a frame: everywhere, near those that are followed, or not at all. */
export type DetectionScope = 'frame' | 'tracks' | 'none';

/**
 * Decides which frames are worth a detection, from the frames' own times: the same film is treated the same way on a
 * slow and on a fast machine.
 */
export class DetectionPacer {
  readonly #options: Required<{ [K in keyof DetectionPacerOptions]: number }>;
  #lastMs = Number.NEGATIVE_INFINITY;
  #lastWholeMs = Number.NEGATIVE_INFINITY;
  #movedMs = Number.NEGATIVE_INFINITY;

  constructor(options: DetectionPacerOptions = {}) {
    this.#options = {
      everyNthFrame: options.everyNthFrame ?? 1,
      trackFps: options.trackFps ?? DEFAULT_TRACK_FPS,
      searchFps: options.searchFps ?? DEFAULT_SEARCH_FPS,
      idleFps: options.idleFps ?? DEFAULT_IDLE_FPS,
    };
  }

  /** Takes the next frame. @returns where faces should be looked for in it */
  due(frame: {
    readonly index: number;
    readonly timeMs: number;
    readonly moving: boolean;
    readonly tracking: boolean;
  }): DetectionScope {
    const { everyNthFrame, trackFps, searchFps, idleFps } = this.#options;
    if (frame.moving) this.#movedMs = frame.timeMs;
    if (frame.index % everyNthFrame !== 0) return 'none';
    const moving = frame.timeMs - this.#movedMs <= MOTION_HOLD_MS;
    const fps = frame.tracking
      ? moving
        ? trackFps
        : Math.min(STILL_FACE_FPS, trackFps)
      : moving
        ? searchFps
        : idleFps;
    if (!isDue(frame.timeMs, this.#lastMs, fps)) return 'none';
    this.#lastMs = frame.timeMs;
    if (frame.tracking && !isDue(frame.timeMs, this.#lastWholeMs, searchFps)) return 'tracks';
    this.#lastWholeMs = frame.timeMs;
    return 'frame';
  }
}

// One millisecond of tolerance: frame times are sums of rounded steps.
function isDue(timeMs: number, lastMs: number, fps: number): boolean {
  return timeMs - lastMs >= 1000 / fps - 1;
}
