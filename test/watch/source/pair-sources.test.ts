import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../../src/watch/create-face-analyzer.ts';
import { createSource } from '../../../src/watch/source/create-source.ts';
import type { FrameSource, SourceFrame } from '../../../src/watch/source/frame-source.ts';
import { pairSources } from '../../../src/watch/source/pair-sources.ts';
import type { WatchStats } from '../../../src/watch/stage-clock.ts';
import { watch } from '../../../src/watch/watch.ts';
import type { FaceEvent } from '../../../src/watch/watch-event.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from '../ffmpeg-tools.ts';

/** A source of frames of one size at given times, which notes what is given back. */
function timed(times: readonly number[], width: number, released: number[] = []): FrameSource {
  return {
    name: `${width}`,
    live: false,
    async *open() {
      for (const [index, timeMs] of times.entries()) {
        const image = { data: new Uint8Array(width * 3), width, height: 1, channels: 3 } as const;
        yield { type: 'frame', frame: { image, timeMs, index, release: () => released.push(timeMs) } };
      }
    },
  };
}

async function pairs(source: FrameSource): Promise<(readonly [number, number | null | undefined])[]> {
  const found: (readonly [number, number | null | undefined])[] = [];
  for await (const item of source.open(new AbortController().signal)) {
    if (item.type !== 'frame') continue;
    const { timeMs, large, release }: SourceFrame = item.frame;
    found.push([timeMs, large === undefined ? undefined : (large?.timeMs ?? null)]);
    release();
  }
  return found;
}

describe('pairSources', () => {
  it('gives each small frame the large picture that is nearest in time', async () => {
    const released: number[] = [];
    const small = timed([0, 200, 400, 600, 800], 10);
    const large = timed([0, 100, 300, 500, 790], 100, released);
    expect(await pairs(pairSources(small, large))).toEqual([
      [0, 0],
      [200, 100],
      [400, 300],
      [600, 500],
      [800, 790],
    ]);
    expect(released.sort((a, b) => a - b)).toEqual([0, 100, 300, 500, 790]);
  });

  it('gives none where it is late, has ended or cannot be opened, and goes on', async () => {
    const small = () => timed([0, 200, 1000, 2000], 10);
    expect(await pairs(pairSources(small(), timed([50, 150], 100), { withinMs: 300 }))).toEqual([
      [0, 50],
      [200, 150],
      [1000, null],
      [2000, null],
    ]);
    const reasons: (string | null)[] = [];
    const broken: FrameSource = {
      name: 'broken',
      live: false,
      // biome-ignore lint/correctness/useYield: it fails before it gives anything.
      async *open() {
        throw new Error('unplugged');
      },
    };
    const onLarge = (reason: string | null) => reasons.push(reason);
    expect((await pairs(pairSources(small(), broken, { onLarge }))).map(([, large]) => large)).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(reasons).toEqual(['unplugged']);
  });
});

describeWithProgram('ffmpeg', 'watch with two streams of a camera', () => {
  const folder = temporaryFolder();
  const large = join(folder, 'large.mp4');
  const small = join(folder, 'small.mp4');
  let pipeline: FacePipeline;
  beforeAll(async () => {
    // A man of 116 pixels in the small stream, of 348 in the large one.
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '2', '-vf', 'fps=10,scale=1200:900', '-an', large);
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '2', '-vf', 'fps=10,scale=400:300', '-an', small);
    pipeline = await FacePipeline.create({ detection: 'fast' });
    return () => pipeline.dispose();
  });

  async function run(source: FrameSource) {
    const chips: number[] = [];
    const own = createFaceAnalyzer(pipeline);
    const analyzer = {
      ...own,
      align: async (...args: Parameters<typeof own.align>) => {
        chips.push(args[0].width);
        return own.align(...args);
      },
    };
    const events: FaceEvent[] = [];
    let stats: WatchStats | null = null;
    const onStats = (latest: WatchStats) => {
      stats = latest;
    };
    const watched = watch(source, { analyzer, onStats });
    for await (const event of watched) if ('track' in event) events.push(event);
    return { events, chips, stats: stats! as WatchStats };
  }

  it('looks for faces in the small one and cuts them out of the large one', async () => {
    const source = pairSources(await createSource(small), await createSource(large));
    const { events, chips, stats } = await run(source);
    expect(new Set(chips)).toEqual(new Set([1200]));
    expect(stats.cut).toMatchObject({ small: 0 });
    expect(stats.cut!.large).toBeGreaterThanOrEqual(5);
    expect(events.map(({ type }) => type)).toEqual(['face.appeared', 'stranger.appeared', 'face.left']);
    expect(events[1]).toMatchObject({ stream: 'large', frame: { width: 400, height: 300 } });
    expect(events[1]!.box.width).toBeLessThan(200);
  });

  it('cuts them out of the small one where the large one shows something else, and says so', async () => {
    const other = join(folder, 'other.mp4');
    ffmpeg('-f', 'lavfi', '-i', 'color=gray:size=1200x900:rate=10', '-t', '2', other);
    const source = pairSources(await createSource(small), await createSource(other));
    const { events, chips, stats } = await run(source);
    expect(new Set(chips)).toEqual(new Set([400]));
    expect(stats.cut).toMatchObject({ large: 0 });
    expect(events[1]).toMatchObject({ type: 'stranger.appeared', stream: 'small' });
  });
});
