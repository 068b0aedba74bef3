import type { DetectionScope } from '../core/track/detection-pacer.ts';
import type { SourceFrame } from './source/frame-source.ts';

/** A frame of a live source in which faces are to be looked for. */
export interface FrameToLookAt {
  readonly frame: SourceFrame;
  readonly scope: Exclude<DetectionScope, 'none'>;
}

/**
 * The one frame of a live source that waits to be looked at: a newer one takes its place, so that what is looked at
 * when the turn comes is what is there then.
 */
export class NewestFrame {
  readonly #onReplaced: () => void;
  #waiting: FrameToLookAt | null = null;
  #isBusy = false;
  #isEnded = false;
  #wake: (() => void)[] = [];

  /** @param options.onReplaced - told of each frame that gave its place to a newer one */
  constructor(options: { readonly onReplaced: () => void }) {
    this.#onReplaced = options.onReplaced;
  }

  /**
   * Takes the next frame of the source.
   *
   * @param scope - where faces are due in it. One in which none are due replaces one that waits too: it is newer
   */
  put(frame: SourceFrame, scope: DetectionScope): void {
    const before = this.#waiting;
    if (before) {
      before.frame.release();
      this.#onReplaced();
    }
    const wanted = before?.scope === 'frame' || scope === 'none' ? (before?.scope ?? 'none') : scope;
    if (wanted === 'none' || this.#isEnded) {
      frame.release();
      return;
    }
    this.#waiting = { frame, scope: wanted };
    this.#tell();
  }

  /** Waits until a frame waits. @returns false after the end */
  async arrives(): Promise<boolean> {
    while (this.#waiting === null && !this.#isEnded) await this.#change();
    return this.#waiting !== null;
  }

  /** Takes the frame out; whoever does releases it and calls {@link NewestFrame.done}. @returns null: none waits */
  take(): FrameToLookAt | null {
    const taken = this.#waiting;
    this.#waiting = null;
    this.#isBusy ||= taken !== null;
    return taken;
  }

  /** What was taken out has been looked at. */
  done(): void {
    this.#isBusy = false;
    this.#tell();
  }

  /** Settles when no frame waits and none is looked at. */
  async idle(): Promise<void> {
    while (this.#waiting !== null || this.#isBusy) await this.#change();
  }

  /** No more frames come; the one that waits is still looked at. */
  end(): void {
    this.#isEnded = true;
    this.#tell();
  }

  /** Ends it and lets the frame that waits go. */
  close(): void {
    this.#waiting?.frame.release();
    this.#waiting = null;
    this.#isBusy = false;
    this.end();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake.push(resolve);
    });
  }

  #tell(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}
