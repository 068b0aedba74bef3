import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import { resizeImage } from '../../core/image/resize-image.ts';
import { annotateImage } from '../../node/image/annotate.ts';
import { encodeImage } from '../../node/image/encode-image.ts';
import { frameMarks } from '../../watch/frame-marks.ts';
import type { FrameFace, FrameObserver, FrameView } from '../../watch/watch-engine.ts';
import type { WatchEvent } from '../../watch/watch-event.ts';

/** What a {@link CameraView} is of. */
export interface CameraViewOptions {
  readonly name: string;
  /** Name that cameras may share, such as "house". */
  readonly place: string;
  /** Live pictures a second at most. @defaultValue 8 */
  readonly maxFps?: number | undefined;
}

/** How a camera is at this moment. */
export interface CameraStatus {
  readonly name: string;
  readonly place: string;
  /** 'starting': no frame came yet; 'ended': a film is over, or the camera is watched no more. */
  readonly state: 'starting' | 'up' | 'lost' | 'ended';
  /** ISO 8601: since when it is in this state. */
  readonly since: string;
  /** Why it is lost or has ended; null elsewhere, and for a film that is over. */
  readonly reason: string | null;
  /** Frames a second of late; 0 unless it is up. */
  readonly fps: number;
  /** Size of the frames in pixels; null before the first one. */
  readonly frame: { readonly width: number; readonly height: number } | null;
  /** Faces in the last frame, in its pixels; empty unless it is up. */
  readonly faces: readonly FrameFace[];
}

/** Longest side of a live picture in pixels: sharp on a page that shows two side by side, and small to send. */
const LONGEST_SIDE = 960;
/** Of the longest side: names that are readable on a phone too. */
const FONT_SHARE = 1 / 30;
const JPEG_QUALITY = 75;

/**
 * What a camera shows and how it is, for whoever looks at it: give it to the watch as an observer, and its events.
 *
 * @remarks Pictures are made only while somebody waits for one, once for all who do, and never hold up the watch: who is
 * slow gets fewer.
 */
export class CameraView implements FrameObserver {
  readonly name: string;
  readonly place: string;
  readonly #leastMs: number;
  #state: Pick<CameraStatus, 'state' | 'since' | 'reason'>;
  #last: Pick<FrameView, 'faces' | 'stats'> & { readonly frame: NonNullable<CameraStatus['frame']> } = {
    faces: [],
    stats: { frames: 0, dropped: 0, fps: 0, detections: 0, embeddings: 0, stageMs: {} },
    frame: { width: 0, height: 0 },
  };
  #waiting: ((view: FrameView | null) => void)[] = [];
  #picture: Promise<Uint8Array | null> | null = null;
  #pictureWanted: ((view: FrameView | null) => void) | null = null;
  #pictureAt = Number.NEGATIVE_INFINITY;

  constructor({ name, place, maxFps = 8 }: CameraViewOptions) {
    this.name = name;
    this.place = place;
    this.#leastMs = 1000 / maxFps;
    this.#state = { state: 'starting', since: new Date().toISOString(), reason: null };
  }

  get status(): CameraStatus {
    const { frame, faces, stats } = this.#last;
    const isUp = this.#state.state === 'up';
    return {
      ...{ name: this.name, place: this.place, ...this.#state },
      fps: isUp ? stats.fps : 0,
      frame: frame.width === 0 ? null : frame,
      faces: isUp ? faces : [],
    };
  }

  observe(view: FrameView): void {
    if (this.#state.state === 'ended') return;
    const { image, large, faces, stats } = view;
    this.#last = { faces, stats, frame: { width: image.width, height: image.height } };
    if (this.#state.state !== 'up') this.#become('up');
    const isDue = this.#pictureWanted !== null && performance.now() - this.#pictureAt >= this.#leastMs;
    if (this.#waiting.length === 0 && !isDue) return;
    // The frame's memory is used again as soon as this returns.
    const copy = { ...view, image: copyOf(image), large: undefined };
    const frame = this.#waiting.length > 0 && large ? { ...copy, large: copyOf(large) } : copy;
    for (const give of this.#waiting.splice(0)) give(frame);
    if (!isDue) return;
    this.#pictureAt = performance.now();
    this.#pictureWanted?.(copy);
    this.#pictureWanted = null;
  }

  /** Takes what the watch tells of the camera; other events change nothing. */
  event(event: WatchEvent): void {
    if (event.type === 'source.lost') this.#become('lost', event.reason);
    if (event.type === 'source.back') this.#become('up');
  }

  /** The camera is watched no more. @param reason - what went wrong; null where a film is over */
  end(reason: string | null = null): void {
    this.#become('ended', reason);
    for (const give of this.#waiting.splice(0)) give(null);
    this.#pictureWanted?.(null);
    this.#pictureWanted = null;
  }

  /**
   * The next frame as it comes from the camera, with its faces.
   *
   * @returns a copy; null where the camera has ended
   * @throws the signal's reason
   */
  nextFrame(signal: AbortSignal): Promise<FrameView | null> {
    return unlessAborted(signal, (give) => {
      if (this.#state.state === 'ended') {
        give(null);
        return () => undefined;
      }
      this.#waiting.push(give);
      return () => {
        this.#waiting = this.#waiting.filter((other) => other !== give);
      };
    });
  }

  /**
   * The next live picture, with boxes and names.
   *
   * @returns JPEG; null where the camera has ended
   * @throws the signal's reason
   */
  async nextPicture(signal: AbortSignal): Promise<Uint8Array | null> {
    if (this.#state.state === 'ended') return null;
    this.#picture ??= this.#makePicture().finally(() => {
      this.#picture = null;
    });
    const picture = this.#picture;
    return unlessAborted(signal, (give, fail) => {
      picture.then(give, fail);
      return () => undefined;
    });
  }

  async #makePicture(): Promise<Uint8Array | null> {
    const view = await new Promise<FrameView | null>((resolve) => {
      this.#pictureWanted = resolve;
    });
    return view && drawPicture(view);
  }

  #become(state: CameraStatus['state'], reason: string | null = null): void {
    if (this.#state.state === 'ended') return;
    if (this.#state.state === state && this.#state.reason === reason) return;
    this.#state = { state, since: new Date().toISOString(), reason };
  }
}

function copyOf(image: Image): Image {
  return { ...image, data: image.data.slice() };
}

async function drawPicture(view: FrameView): Promise<Uint8Array> {
  const longest = Math.max(view.image.width, view.image.height);
  const scale = Math.min(1, LONGEST_SIDE / longest);
  const image: Image = scale < 1 ? resizeImage(view.image, { scale }) : view.image;
  const marks = frameMarks(view).map((mark) => {
    const { left, top, width, height } = mark.box;
    const box = { left: left * scale, top: top * scale, width: width * scale, height: height * scale };
    return { ...mark, box };
  });
  const fontSize = Math.max(13, Math.round(longest * scale * FONT_SHARE));
  const drawn = await annotateImage(image, marks, { fontSize });
  return encodeImage(drawn, { format: 'jpeg', quality: JPEG_QUALITY });
}

/** Waits for what `wait` gives, which also returns how to wait no more. */
async function unlessAborted<Value>(
  signal: AbortSignal,
  wait: (give: (value: Value) => void, fail: (error: unknown) => void) => () => void,
): Promise<Value> {
  signal.throwIfAborted();
  let onAbort: (() => void) | undefined;
  try {
    return await new Promise<Value>((resolve, reject) => {
      const stop = wait(resolve, reject);
      onAbort = () => {
        stop();
        reject(signal.reason as Error);
      };
      signal.addEventListener('abort', onAbort);
    });
  } finally {
    signal.removeEventListener('abort', onAbort!);
  }
}

/**
 * The camera of a name.
 *
 * @throws FaceTriggerError `ERR_NOT_FOUND`, with the names that there are
 */
export function cameraNamed(cameras: readonly CameraView[], name: string): CameraView {
  const found = cameras.find((camera) => camera.name === name);
  if (found) return found;
  const names = cameras.map((camera) => camera.name).join(', ');
  throw new FaceTriggerError('ERR_NOT_FOUND', `There is no camera with this name; there are: ${names}`);
}
