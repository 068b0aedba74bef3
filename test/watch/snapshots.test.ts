import { mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { pruneSnapshots } from '../../src/watch/prune-snapshots.ts';
import { SnapshotStore } from '../../src/watch/snapshot-store.ts';
import { watch } from '../../src/watch/watch.ts';
import type { FaceEvent } from '../../src/watch/watch-event.ts';
import { type Actor, scriptedAnalyzer, scriptedSource } from './scripted-watch.ts';

const PICTURE = { data: new Uint8Array(32 * 32), width: 32, height: 32, channels: 1 } as const;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-snapshots-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
});

describe('pictures of events', () => {
  const walker = (label: string | null, axis: number, from: number): Actor => ({
    label,
    embedding: new Float32Array(8).fill(0).fill(1, axis, axis + 1),
    at: (t) => (t < from ? null : { left: 100 + 200 * axis, top: 100, width: 120, height: 120 }),
  });

  it('never keep an event from being told: it is told without, and that once', async () => {
    const place = join(folder, 'faces');
    writeFileSync(place, 'no folder');
    const problems: string[] = [];
    const events: FaceEvent[] = [];
    const analyzer = scriptedAnalyzer([walker('Ann', 0, 0), walker('Bob', 1, 4000)]);
    const watched = watch(scriptedSource(8000), {
      ...{ analyzer, snapshots: place, startTime: 0 },
      onProblem: (message) => problems.push(message),
    });
    for await (const event of watched) {
      if (!('track' in event)) continue;
      events.push(event);
      // From now on there is room again.
      if (event.type === 'person.recognized' && event.label === 'Ann') {
        rmSync(place);
        mkdirSync(place);
      }
    }
    const told = (label: string) => events.filter((event) => event.label === label);
    expect(told('Ann')[0]).toMatchObject({ type: 'person.recognized', snapshot: null });
    expect(told('Bob')[0]).toMatchObject({ type: 'person.recognized', snapshot: expect.any(String) });
    expect(readdirSync(place)).not.toEqual([]);
    expect(problems).toEqual([expect.stringMatching(/^no pictures of faces can be written: /)]);
  });

  it('of several cameras share a folder', async () => {
    const at = { track: 1, quality: 0.9, clock: 0 };
    const paths = await Promise.all(
      [new SnapshotStore(folder), new SnapshotStore(folder)].map(async (store) => {
        const path = store.offer(PICTURE, at)!;
        expect(await store.write(path)).toBe(true);
        return path;
      }),
    );
    expect(new Set(paths).size).toBe(2);
    expect(readdirSync(folder)).toHaveLength(2);
  });
});

describe('pruneSnapshots', () => {
  it('removes old pictures of a watch and nothing else', async () => {
    const day = 86_400_000;
    const store = new SnapshotStore(folder);
    for (const track of [1, 2]) await store.write(store.offer(PICTURE, { track, quality: 1, clock: 0 })!);
    const [old, young] = readdirSync(folder).sort();
    const before = new Date(Date.now() - 2 * day);
    const named = '2026-11-01T10-00-00-000Z-track-7.jpg';
    for (const other of ['holiday.jpg', named, `${named}.txt`]) writeFileSync(join(folder, other), '');
    mkdirSync(join(folder, '2026-11-01T10-00-00-000Z-track-8.jpg'));
    for (const name of readdirSync(folder))
      if (name !== young) utimesSync(join(folder, name), before, before);
    expect(await pruneSnapshots(folder, new Date(Date.now() - day))).toBe(2);
    expect(readdirSync(folder)).not.toContain(old);
    expect(readdirSync(folder)).not.toContain(named);
    expect(readdirSync(folder)).toHaveLength(4);
    expect(await pruneSnapshots(join(folder, 'none'), new Date())).toBe(0);
  });
});
