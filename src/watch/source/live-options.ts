import type { SourceFrame } from './frame-source.ts';

/** Options of live sources. */
export interface LiveSourceOptions {
  readonly ffmpegPath?: string | undefined;
  /** Wider frames are scaled down to so many pixels. @defaultValue {@link DEFAULT_LIVE_WIDTH} */
  readonly maxWidth?: number | undefined;
  /**
   * Milliseconds without a frame after which the source counts as lost; three times that for the first frame of a stream.
   *
   * @defaultValue {@link DEFAULT_STALL_MS}
   */
  readonly stallMs?: number | undefined;
  /** First pause before a new try, in milliseconds; it doubles from try to try. @defaultValue 1000 */
  readonly reconnectMinMs?: number | undefined;
  /** Longest pause, in milliseconds. @defaultValue 30000 */
  readonly reconnectMaxMs?: number | undefined;
  /** Give up after so many tries in a row without a frame. @defaultValue never */
  readonly reconnectAttempts?: number | undefined;
}

/** Default of {@link LiveSourceOptions.maxWidth}: full HD is brought down to what faces at a door need. */
export const DEFAULT_LIVE_WIDTH = 1280;

/** Default of {@link LiveSourceOptions.stallMs}: some cameras take 8 seconds to their first key frame. */
export const DEFAULT_STALL_MS = 10_000;

/** What goes on through all runs of a live source. */
export interface LiveRun {
  readonly signal: AbortSignal;
  /** Milliseconds since the source was opened. */
  clock(): number;
  /** 0, 1, 2 ...: the number of the next frame, dropped ones counted. */
  nextIndex(): number;
}

/** One way to read a live source, until it ends or fails. */
export type OpenLive = (run: LiveRun) => AsyncGenerator<SourceFrame, void, void>;
