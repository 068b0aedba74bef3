import { FaceTriggerError } from '../../core/errors.ts';
import type { FrameSource, LargePicture, SourceFrame, SourceItem } from './frame-source.ts';

/** Options of {@link pairSources}. */
export interface PairOptions {
  /**
   * Pictures of the large stream that are further away in time than this are not taken for the same moment, in
   * milliseconds. @defaultValue {@link DEFAULT_PAIR_MS}
   */
  readonly withinMs?: number | undefined;
  /** Told when the large stream stops giving pictures, with the reason, and with null when it gives them again. */
  readonly onLarge?: ((reason: string | null) => void) | undefined;
}

/** Default of {@link PairOptions.withinMs}: two encoders of one camera are hardly further apart; a face is near then. */
export const DEFAULT_PAIR_MS = 500;

/** Pictures of the large stream that are kept: the one of the same moment may be a few older than the newest. */
const KEPT = 3;

/**
 * Two streams of one camera as one source: faces are looked for in the small one and cut out of the large one.
 *
 * @returns the small one's frames, each with the large picture of about the same moment, or null where there is none
 * @remarks What becomes of the large stream never ends or holds up the source. Live streams go by the clock, as each
 * tells its frames' times from when it was opened, which is the same moment for both.
 */
export function pairSources(small: FrameSource, large: FrameSource, options: PairOptions = {}): FrameSource {
  return {
    name: small.name,
    live: small.live,
    get sparse() {
      return small.sparse;
    },
    async *open(signal) {
      const stop = new AbortController();
      const recent = new RecentFrames(options.withinMs ?? DEFAULT_PAIR_MS);
      const items = large.open(AbortSignal.any([signal, stop.signal]));
      const reader = new LargeReader(items, recent, options.onLarge ?? (() => undefined));
      // A film waits to be read; a live stream goes on by itself.
      const reading = large.live ? reader.readUntil(Number.POSITIVE_INFINITY) : null;
      try {
        for await (const item of small.open(signal)) {
          if (item.type !== 'frame') {
            yield item;
            continue;
          }
          if (reading === null) await reader.readUntil(item.frame.timeMs);
          yield { type: 'frame', frame: withLarge(item.frame, recent) };
        }
      } finally {
        stop.abort();
        await reading;
        await items.return().catch(() => undefined);
        recent.clear();
      }
    },
  };
}

function withLarge(frame: SourceFrame, recent: RecentFrames): SourceFrame {
  const found = recent.lend(frame.timeMs);
  return {
    ...frame,
    large: found && { image: found.frame.image, timeMs: found.frame.timeMs },
    release() {
      frame.release();
      found?.giveBack();
    },
  };
}

/** Puts what comes of the large stream where it is looked for; its end and its failures end nothing. */
class LargeReader {
  readonly #items: AsyncGenerator<SourceItem, void, void>;
  readonly #recent: RecentFrames;
  readonly #onLarge: (reason: string | null) => void;
  #isOver = false;
  #isLost = false;

  constructor(
    items: AsyncGenerator<SourceItem, void, void>,
    recent: RecentFrames,
    onLarge: (reason: string | null) => void,
  ) {
    this.#items = items;
    this.#recent = recent;
    this.#onLarge = onLarge;
  }

  /** Reads until a frame of this time or a later one is there, or nothing more comes. */
  async readUntil(timeMs: number): Promise<void> {
    try {
      while (!this.#isOver && this.#recent.newestMs < timeMs) {
        const { done, value } = await this.#items.next();
        if (done) this.#isOver = true;
        else this.#take(value);
      }
    } catch (error) {
      this.#isOver = true;
      const isStop = error instanceof FaceTriggerError && error.code === 'ERR_ABORTED';
      if (!isStop) this.#onLarge((error as Error).message);
    }
  }

  #take(item: SourceItem): void {
    if (item.type === 'frame') {
      if (this.#isLost) this.#onLarge(null);
      this.#isLost = false;
      this.#recent.put(item.frame);
    } else if (item.type === 'lost') {
      this.#isLost = true;
      this.#onLarge(item.reason);
    }
  }
}

type LargeFrame = SourceFrame & LargePicture;

interface Held {
  readonly frame: LargeFrame;
  /** How many hold it, this place included. */
  holders: number;
}

/** The last few frames of a stream, which give their memory back once nobody holds them. */
class RecentFrames {
  readonly #withinMs: number;
  #frames: Held[] = [];

  constructor(withinMs: number) {
    this.#withinMs = withinMs;
  }

  get newestMs(): number {
    return this.#frames.at(-1)?.frame.timeMs ?? Number.NEGATIVE_INFINITY;
  }

  put(frame: LargeFrame): void {
    this.#frames.push({ frame, holders: 1 });
    if (this.#frames.length > KEPT) leave(this.#frames.shift()!);
  }

  /** Lends the frame that is nearest to a time; null where none is near. */
  lend(timeMs: number): { readonly frame: LargeFrame; readonly giveBack: () => void } | null {
    const away = ({ frame }: Held) => Math.abs(frame.timeMs - timeMs);
    const [nearest] = this.#frames.toSorted((a, b) => away(a) - away(b));
    if (!nearest || away(nearest) > this.#withinMs) return null;
    nearest.holders++;
    let isLent = true;
    const giveBack = () => {
      if (isLent) leave(nearest);
      isLent = false;
    };
    return { frame: nearest.frame, giveBack };
  }

  clear(): void {
    for (const held of this.#frames.splice(0)) leave(held);
  }
}

function leave(held: Held): void {
  held.holders--;
  if (held.holders === 0) held.frame.release();
}
