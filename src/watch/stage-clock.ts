/** Stages whose times a watch measures. */
export type Stage = 'motion' | 'detect' | 'align' | 'embed' | 'identify';

/** What a watch is doing. */
export interface WatchStats {
  /** Frames looked at. */
  readonly frames: number;
  /** Frames that a live source gave but nobody had time for: not taken, or replaced while they waited for their turn. */
  readonly dropped: number;
  /** Frames a second over the last seconds. */
  readonly fps: number;
  readonly detections: number;
  readonly embeddings: number;
  /** Faces cut out of the large stream, and of the small one as they were not in the large one in time; absent without. */
  readonly cut?: { readonly large: number; readonly small: number } | undefined;
  /** Milliseconds of each stage's last runs, smoothed; embed is for a whole batch. */
  readonly stageMs: Readonly<Partial<Record<Stage, number>>>;
}

// Weight of the newest run in the smoothed times.
const NEWEST = 0.1;

/** Measures stages and counts frames. */
export class StageClock {
  readonly #now: () => number;
  readonly #stageMs: Partial<Record<Stage, number>> = {};
  #recent: number[] = [];
  #frames = 0;
  #dropped = 0;
  #detections = 0;
  #embeddings = 0;
  #cut: { large: number; small: number } | null = null;
  #nextIndex = 0;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Runs a stage and notes how long it took. */
  async time<T>(stage: Stage, run: () => T | Promise<T>): Promise<T> {
    const start = this.#now();
    const result = await run();
    this.#note(stage, this.#now() - start);
    return result;
  }

  /** The same for a stage that does not wait. */
  timeSync<T>(stage: Stage, run: () => T): T {
    const start = this.#now();
    const result = run();
    this.#note(stage, this.#now() - start);
    return result;
  }

  /** A frame arrived. @param index - its number in the source; a gap means dropped frames */
  frame(index: number): void {
    this.#frames++;
    this.#dropped += Math.max(0, index - this.#nextIndex);
    this.#nextIndex = index + 1;
    this.#recent.push(this.#now());
    if (this.#recent.length > 60) this.#recent.shift();
  }

  /** The frame before the one that just arrived gave its place to that: nobody looked at it. */
  replaced(): void {
    this.#recent.splice(-2, 1);
    this.#frames--;
    this.#dropped++;
  }

  count(counts: {
    readonly detections?: number | undefined;
    readonly embeddings?: number | undefined;
  }): void {
    this.#detections += counts.detections ?? 0;
    this.#embeddings += counts.embeddings ?? 0;
  }

  /** A face was cut out of one of a camera's two streams. */
  cutFrom(stream: 'large' | 'small'): void {
    this.#cut ??= { large: 0, small: 0 };
    this.#cut[stream]++;
  }

  get stats(): WatchStats {
    const first = this.#recent[0] ?? 0;
    const span = this.#now() - first;
    return {
      frames: this.#frames,
      dropped: this.#dropped,
      fps: this.#recent.length > 1 && span > 0 ? ((this.#recent.length - 1) * 1000) / span : 0,
      detections: this.#detections,
      embeddings: this.#embeddings,
      ...(this.#cut && { cut: { ...this.#cut } }),
      stageMs: { ...this.#stageMs },
    };
  }

  #note(stage: Stage, ms: number): void {
    const before = this.#stageMs[stage];
    this.#stageMs[stage] = before === undefined ? ms : before + NEWEST * (ms - before);
  }
}
