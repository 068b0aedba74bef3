import { describe, expect, it } from 'vitest';
import { type WatchOptions, watch } from '../../src/watch/watch.ts';
import type { FaceEvent, WatchEvent } from '../../src/watch/watch-event.ts';
import { type Actor, scriptedAnalyzer, scriptedSource } from './scripted-watch.ts';

const box = (left: number, top = 100) => ({ left, top, width: 120, height: 120 });
const unit = (axis: number) => new Float32Array(8).map((_, i) => (i === axis ? 1 : 0));

async function collect(events: AsyncIterable<WatchEvent>): Promise<WatchEvent[]> {
  const all: WatchEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

function summary(events: readonly WatchEvent[]): string[] {
  return events.map((event) =>
    'track' in event ? `${event.type} ${event.label ?? event.stranger ?? '-'}` : event.type,
  );
}

async function run(actors: readonly Actor[], durationMs: number, options: Partial<WatchOptions> = {}) {
  const analyzer = scriptedAnalyzer(actors);
  const events = await collect(watch(scriptedSource(durationMs), { analyzer, startTime: 0, ...options }));
  return { events, analyzer };
}

describe('watch', () => {
  it('tells that someone came, who it is, and that they left', async () => {
    const ann: Actor = {
      label: 'Ann',
      embedding: unit(0),
      at: (t) => (t >= 1000 && t < 5000 ? box(100 + t / 50) : null),
    };
    const { events, analyzer } = await run([ann], 10_000);
    expect(summary(events)).toEqual(['face.appeared -', 'person.recognized Ann', 'face.left Ann']);
    expect(events[1]).toMatchObject({
      version: 1,
      source: 'film',
      track: 1,
      probability: 0.9,
      distance: 0.3,
      frame: { width: 640, height: 480 },
      why: {
        candidates: [{ label: 'Ann', probability: 0.9, distance: 0.3 }],
        minProbability: 0.5,
        maxDistance: 0.6,
        votes: 5,
        sightings: 5,
        share: 1,
      },
    });
    expect(events[1]!.time).toBe(new Date(events[1]!.timeMs).toISOString());
    // A hundred frames show the face; embedding runs a few times only.
    expect(analyzer.embeds).toBeLessThan(15);
  });

  it('tells once a second that something moves, unless it does not look for that', async () => {
    for (const [motion, expected] of [
      [true, [0, 1000, 2000]],
      [false, []],
    ] as const) {
      const times: number[] = [];
      await run([], 3000, { motion, onMotion: (time) => times.push(time) });
      expect(times).toEqual(expected);
    }
  });

  it('gives the same stranger the same name when they come back, until it is forgotten', async () => {
    const visits = [0, 10_000, 40_000];
    const stranger: Actor = {
      label: null,
      embedding: unit(1),
      at: (t) => (visits.some((start) => t >= start && t < start + 4000) ? box(100) : null),
    };
    const { events } = await run([stranger], 45_000, { strangerTtlMs: 20_000 });
    const appeared = events.filter((event): event is FaceEvent => event.type === 'stranger.appeared');
    expect(appeared.map((event) => [event.stranger, event.returning])).toEqual([
      ['stranger-1', false],
      ['stranger-1', true],
      ['stranger-2', false],
    ]);
  });

  it('keeps two people apart who cross', async () => {
    const ann: Actor = { label: 'Ann', embedding: unit(0), at: (t) => box(20 + t / 16, 100) };
    const bob: Actor = { label: 'Bob', embedding: unit(1), at: (t) => box(480 - t / 16, 130) };
    const { events } = await run([ann, bob], 7400);
    const named = events.filter(
      (event) => event.type === 'person.recognized' || event.type === 'person.changed',
    );
    expect(summary(named).sort()).toEqual(['person.recognized Ann', 'person.recognized Bob']);
  });

  it('tells when a track turns out to be somebody else', async () => {
    const at = () => box(200);
    const ann: Actor = { label: 'Ann', embedding: unit(0), at: (t) => (t < 5000 ? at() : null) };
    const bob: Actor = { label: 'Bob', embedding: unit(1), at: (t) => (t >= 5000 ? at() : null) };
    const { events } = await run([ann, bob], 15_000);
    expect(summary(events)).toEqual([
      'face.appeared -',
      'person.recognized Ann',
      'person.changed Bob',
      'face.left Bob',
    ]);
    expect(events[2]).toMatchObject({ previous: { label: 'Ann', stranger: null } });
  });

  it('does not tell of a face in a single frame, nor of faces that cover too little of it', async () => {
    const flash: Actor = { label: 'Ann', embedding: unit(0), at: (t) => (t === 400 ? box(100) : null) };
    expect((await run([flash], 3000)).events).toEqual([]);
    const small: Actor = { label: 'Ann', embedding: unit(0), at: () => box(100) };
    expect((await run([small], 3000, { minAreaRatio: 0.05 })).events).toEqual([]);
    expect((await run([small], 3000, { minAreaRatio: 0.04 })).events).not.toEqual([]);
  });

  it('gives the same events again for the same film', async () => {
    const ann: Actor = {
      label: 'Ann',
      embedding: unit(0),
      at: (t) => (t % 4000 < 2000 ? box(100 + t / 50) : null),
    };
    const once = async () => (await run([ann], 12_000, { createId: () => 'id' })).events;
    expect(await once()).toEqual(await once());
  });

  it('ends the tracks of a lost source and tells when it is back', async () => {
    const ann: Actor = { label: 'Ann', embedding: unit(0), at: () => box(100) };
    const source = scriptedSource(6000, {
      extra: (t) => {
        if (t === 2000) return { type: 'lost', timeMs: t, reason: 'unplugged', retryInMs: 1000 };
        return t === 3000 ? { type: 'back', timeMs: t, downMs: 1000 } : null;
      },
    });
    const events = await collect(watch(source, { analyzer: scriptedAnalyzer([ann]), startTime: 0 }));
    expect(summary(events).slice(0, 5)).toEqual([
      'face.appeared -',
      'person.recognized Ann',
      'face.left Ann',
      'source.lost',
      'face.appeared -',
    ]);
    expect(events.find((event) => event.type === 'source.lost')).toMatchObject({
      reason: 'unplugged',
      retryInMs: 1000,
    });
    expect(events.find((event) => event.type === 'source.back')).toMatchObject({ downMs: 1000 });
  });

  it('stops on a signal without an error, and when the reader leaves', async () => {
    const ann: Actor = { label: 'Ann', embedding: unit(0), at: () => box(100) };
    const controller = new AbortController();
    const seen: string[] = [];
    for await (const event of watch(scriptedSource(1e9), {
      analyzer: scriptedAnalyzer([ann]),
      signal: controller.signal,
    })) {
      seen.push(event.type);
      if (seen.length === 2) controller.abort();
    }
    expect(seen).toEqual(['face.appeared', 'person.recognized']);
    for await (const event of watch(scriptedSource(1e9), { analyzer: scriptedAnalyzer([ann]) })) {
      expect(event.type).toBe('face.appeared');
      break;
    }
  });

  it('tells when a face goes on into another zone, once it stays there, and nothing at a border', async () => {
    const half = (left: number) => ({
      polygon: [
        [left, 0],
        [left + 0.5, 0],
        [left + 0.5, 1],
        [left, 1],
      ] as const,
    });
    const zones = { path: half(0), step: half(0.5) };
    // Around the border for two seconds, then on the step; and off it again, out of all zones but the path.
    const where = (t: number) => {
      if (t < 2000) return box(100 + t * 0.075);
      if (t < 4000) return box(Math.floor(t / 200) % 2 === 0 ? 250 : 270);
      return t < 7000 ? box(270 + Math.min(150, (t - 4000) / 10)) : box(Math.max(100, 420 - (t - 7000) / 4));
    };
    const ann: Actor = { label: 'Ann', embedding: unit(0), at: (t) => (t < 10_000 ? where(t) : null) };
    const { events } = await run([ann], 12_000, { zones });
    const told = events.map((event) =>
      'track' in event ? [event.type, event.zones, event.entered] : [event.type],
    );
    expect(told).toEqual([
      ['face.appeared', ['path'], undefined],
      ['person.recognized', ['path'], undefined],
      ['face.moved', ['step'], ['step']],
      ['face.moved', ['path'], ['path']],
      ['face.left', ['path'], undefined],
    ]);
    expect(events[2]).toMatchObject({ label: 'Ann', appearance: (events[1] as FaceEvent).appearance });
    expect(events[2]!.timeMs).toBeGreaterThanOrEqual(4400);
    // A camera without zones has nothing to tell of it.
    expect(summary((await run([ann], 12_000)).events)).not.toContain('face.moved Ann');
  });

  it('hands a failure of the recognition to the reader, after the events before it', async () => {
    const ann: Actor = { label: 'Ann', embedding: unit(0), at: () => box(100) };
    const analyzer = scriptedAnalyzer([ann]);
    const seen: string[] = [];
    const failing = { ...analyzer, embed: async () => Promise.reject(new Error('out of memory')) };
    await expect(async () => {
      for await (const event of watch(scriptedSource(1e6), { analyzer: failing })) seen.push(event.type);
    }).rejects.toThrow('out of memory');
  });

  it('looks at a still picture rarely', async () => {
    const { analyzer } = await run([], 20_000);
    expect(analyzer.detections).toBe(100);
    const still = scriptedAnalyzer([]);
    const source = scriptedSource(20_000);
    const frozen = {
      ...source,
      async *open(signal: AbortSignal) {
        for await (const item of source.open(signal)) {
          if (item.type === 'frame') item.frame.image.data.fill(0, 4);
          yield item;
        }
      },
    };
    await collect(watch(frozen, { analyzer: still }));
    // Five a second for the first second, then one in two seconds.
    expect(still.detections).toBeLessThan(18);
  });
});
