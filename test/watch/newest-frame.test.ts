import { describe, expect, it } from 'vitest';
import { AsyncQueue } from '../../src/watch/async-queue.ts';
import { FairTurns } from '../../src/watch/fair-turns.ts';
import type { FrameSource, SourceItem } from '../../src/watch/source/frame-source.ts';
import { StageClock, type WatchStats } from '../../src/watch/stage-clock.ts';
import { watch } from '../../src/watch/watch.ts';
import type { WatchEvent } from '../../src/watch/watch-event.ts';
import { scriptedAnalyzer, scriptedSource } from './scripted-watch.ts';

const EMBEDDING = new Float32Array(8).fill(0.1);
const BOX = { left: 100, top: 100, width: 120, height: 120 };

describe('a live source that waits for its turn with others', () => {
  it('looks at the newest frame when its turn comes, and lets go of those that came before', async () => {
    await using home = new Camera();
    const other = home.otherCamera();
    await home.give(5);
    expect(home.looked).toEqual([]);
    // All but the newest were let go while it waited: they were never looked at, and nothing holds their memory.
    expect(home.released).toEqual([0, 200, 400, 600]);
    other.end();
    await expect.poll(() => home.looked).toEqual([800]);
    await expect.poll(() => home.released).toEqual([0, 200, 400, 600, 800]);
  });

  it('is never behind by more than a frame and a look, however long the others take', async () => {
    await using home = new Camera();
    for (let round = 0; round < 8; round++) {
      const other = home.otherCamera();
      await home.give(10);
      other.end();
      await expect.poll(() => home.looked.length).toBe(round + 1);
    }
    expect(home.looked).toEqual(Array.from({ length: 8 }, (_, round) => round * 2000 + 1800));
    const events = await home.end();
    const recognized = events.find((event) => event.type === 'person.recognized');
    expect(recognized).toMatchObject({ label: 'Ada', timeMs: expect.any(Number) });
    expect(home.looked).toContain(recognized!.timeMs);
  });

  it('counts what was not looked at as dropped', async () => {
    await using home = new Camera();
    const other = home.otherCamera();
    await home.give(5);
    other.end();
    await expect.poll(() => home.looked).toEqual([800]);
    await home.end();
    expect(home.stats).toMatchObject({ frames: 1, dropped: 4, detections: 1 });
  });

  it('has no frames a second from frames that nobody looked at', () => {
    let now = 0;
    const clock = new StageClock(() => now);
    for (let index = 0; index < 20; index++) {
      now = index * 100;
      clock.frame(index);
      // Every second one comes while the one before still waits.
      if (index % 2 === 1) clock.replaced();
    }
    expect(clock.stats).toMatchObject({ frames: 10, dropped: 10, fps: 5 });
  });

  it('looks at the last frame before it tells that the source is lost, and frees everything when it ends', async () => {
    await using home = new Camera();
    const other = home.otherCamera();
    await home.give(3);
    await home.items.push({ type: 'lost', timeMs: 700, reason: 'gone', retryInMs: 1000 });
    other.end();
    const events = await home.end();
    expect(home.looked).toEqual([400]);
    expect(events.map(({ type }) => type)).toContain('source.lost');
    expect(home.released).toEqual([0, 200, 400]);
  });

  it('lets go of the frame that waits when the watch is stopped', async () => {
    await using home = new Camera();
    const other = home.otherCamera();
    await home.give(3);
    home.stop();
    expect(home.released).toEqual([0, 200, 400]);
    other.end();
    await home.events;
    expect(home.looked).toEqual([]);
  });

  it('ends with what goes wrong in a look, also while no frame comes', async () => {
    await using home = new Camera({ fails: true });
    await home.give(1);
    await expect(home.events).rejects.toThrow('the network broke');
  });

  it('leaves a film alone: each frame that is due is looked at, whoever else waits', async () => {
    const { analyzer, looked } = turnTaking(new FairTurns({ width: 1 }));
    const events: WatchEvent[] = [];
    for await (const event of watch(scriptedSource(1000), { analyzer, trackFps: 25, searchFps: 25 }))
      events.push(event);
    expect(looked).toEqual([]);
    const alone: WatchEvent[] = [];
    const { detectNewest: _, ...plain } = analyzer;
    for await (const event of watch(scriptedSource(1000), { analyzer: plain, trackFps: 25, searchFps: 25 }))
      alone.push(event);
    const story = (all: WatchEvent[]) => all.map(({ type, timeMs }) => ({ type, timeMs }));
    expect(story(events)).toEqual(story(alone));
    expect(events.map(({ type }) => type)).toContain('person.recognized');
  });
});

/** Times of the frames that were looked at, by turns. */
function turnTaking(turns: FairTurns, options: { readonly fails?: boolean | undefined } = {}) {
  const ada = { label: 'Ada', embedding: EMBEDDING, at: () => BOX };
  const scripted = scriptedAnalyzer([ada]);
  const looked: number[] = [];
  const analyzer: Parameters<typeof watch>[1]['analyzer'] = {
    ...scripted,
    detect: (image, where) => scripted.detect(image, where),
    detectNewest: (take) =>
      turns.run('door', async () => {
        const wish = take();
        if (wish === null) return [];
        if (options.fails) throw new Error('the network broke');
        looked.push(new DataView(wish.image.data.buffer).getFloat32(0));
        return scripted.detect(wish.image, wish);
      }),
  };
  return { analyzer, looked };
}

/** A camera of five frames a second whose frames come when the test says so. */
class Camera implements AsyncDisposable {
  readonly items = new AsyncQueue<SourceItem>(100);
  readonly released: number[] = [];
  readonly events: Promise<WatchEvent[]>;
  readonly looked: readonly number[];
  stats: WatchStats | null = null;
  readonly #turns = new FairTurns({ width: 1 });
  readonly #stop = new AbortController();
  #taken = 0;
  #given = 0;

  constructor(options: { readonly fails?: boolean | undefined } = {}) {
    const { analyzer, looked } = turnTaking(this.#turns, options);
    this.looked = looked;
    const { items } = this;
    const taken = () => this.#taken++;
    const source: FrameSource = {
      name: 'door',
      live: true,
      async *open(signal) {
        signal.addEventListener('abort', () => items.close(), { once: true });
        for await (const item of items) {
          yield item;
          taken();
        }
      },
    };
    const { signal } = this.#stop;
    const onStats = (stats: WatchStats) => {
      this.stats = stats;
    };
    this.events = collect(
      watch(source, { analyzer, signal, motion: false, minHits: 1, batchSize: 1, onStats }),
    );
    this.events.catch(() => undefined);
  }

  /** Another camera uses the networks until it is ended. */
  otherCamera(): { readonly end: () => void } {
    let end: () => void = () => undefined;
    const using = new Promise<void>((resolve) => {
      end = resolve;
    });
    void this.#turns.run('yard', () => using);
    return { end };
  }

  /** Gives so many frames, and waits until they were taken from the source. */
  async give(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const timeMs = 200 * this.#given;
      const data = new Uint8Array(640 * 480);
      new DataView(data.buffer).setFloat32(0, timeMs);
      const image = { data, width: 640, height: 480, channels: 1 } as const;
      const release = () => void this.released.push(timeMs);
      await this.items.push({ type: 'frame', frame: { image, timeMs, index: this.#given++, release } });
    }
    await expect.poll(() => this.#taken).toBe(this.#given);
  }

  /** The source ends. @returns all events */
  end(): Promise<WatchEvent[]> {
    this.items.end();
    return this.events;
  }

  stop(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.stop();
    await this.events.catch(() => undefined);
  }
}

async function collect(events: AsyncIterable<WatchEvent>): Promise<WatchEvent[]> {
  const all: WatchEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}
