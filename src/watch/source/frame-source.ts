import type { Image } from '../../core/image/image.ts';

/** One picture from a source. */
export interface SourceFrame {
  readonly image: Image;
  /** Milliseconds since the source's first frame: of the film for files, of the clock for live sources. */
  readonly timeMs: number;
  /** Number of the frame in the source, counting dropped ones. */
  readonly index: number;
  /**
   * About the same moment in a larger stream of the same camera, until the frame is released; null where there was none
   * in time, absent where there is no such stream.
   */
  readonly large?: LargePicture | null | undefined;
  /** The pixels are read no more and their memory may hold the next frame. */
  readonly release: () => void;
}

/** A picture of a camera's larger stream. */
export interface LargePicture {
  readonly image: Image;
  /** As the frame's time. */
  readonly timeMs: number;
}

/** What a source says, in order. */
export type SourceItem =
  | { readonly type: 'frame'; readonly frame: SourceFrame }
  /** The source stopped giving frames; it is tried again. */
  | { readonly type: 'lost'; readonly timeMs: number; readonly reason: string; readonly retryInMs: number }
  /** It gives frames again. */
  | { readonly type: 'back'; readonly timeMs: number; readonly downMs: number };

/** Where frames come from. */
export interface FrameSource {
  /** For people and events; passwords are hidden already. */
  readonly name: string;
  /** Whether old frames are dropped when they are not taken in time. */
  readonly live: boolean;
  /**
   * Whether the frames are single pictures, seconds or hours apart, and not a film: asked once the first one is there.
   *
   * @defaultValue false
   */
  readonly sparse?: boolean | undefined;
  /**
   * Opens the source.
   *
   * @returns its items; leaving the iteration frees everything
   * @throws FaceTriggerError `ERR_VIDEO_SOURCE`, `ERR_FFMPEG_NOT_FOUND`, `ERR_ABORTED`
   */
  open(signal: AbortSignal): AsyncGenerator<SourceItem, void, void>;
}
