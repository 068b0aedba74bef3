import { describe, expect, it } from 'vitest';
import type { Point } from '../../src/core/geometry/point.ts';
import { CameraZones } from '../../src/watch/camera-zones.ts';
import { watch } from '../../src/watch/watch.ts';
import type { FaceEvent } from '../../src/watch/watch-event.ts';
import { type Actor, scriptedAnalyzer, scriptedSource } from './scripted-watch.ts';

const part = (left: number, right: number): Point[] => [
  [left, 0],
  [right, 0],
  [right, 1],
  [left, 1],
];
const LEFT = part(0, 0.5);
const RIGHT = part(0.5, 1);
const frame = { width: 640, height: 480 };
const box = (left: number, size = 100) => ({ left, top: 100, width: size, height: size });

describe('CameraZones', () => {
  it('tells the zones that the middle of a face is in, also several', () => {
    const zones = new CameraZones({ zones: { left: { polygon: LEFT }, all: { polygon: part(0, 1) } } }, 80);
    expect(zones.namesAt(box(100), frame)).toEqual(['left', 'all']);
    expect(zones.namesAt(box(300), frame)).toEqual(['all']);
    // As many shares of a larger frame.
    expect(zones.namesAt(box(2 * 100, 200), { width: 1280, height: 960 })).toEqual(['left', 'all']);
    expect(new CameraZones({}, 80).namesAt(box(100), frame)).toBeUndefined();
  });

  it('leaves out masked faces', () => {
    const zones = new CameraZones({ masks: [LEFT] }, 80);
    expect(zones.counts(box(100), frame)).toBe(false);
    expect(zones.counts(box(300), frame)).toBe(true);
  });

  it('asks for faces of the size of each zone, and looks for the smallest of all', () => {
    const near = { left: { polygon: LEFT, minFaceSize: 150 }, right: { polygon: RIGHT, minFaceSize: 40 } };
    const zones = new CameraZones({ zones: near }, 80);
    expect(zones.smallestFace).toBe(40);
    expect(zones.counts(box(100, 100), frame)).toBe(false);
    expect(zones.counts(box(100, 160), frame)).toBe(true);
    expect(zones.counts(box(450, 50), frame)).toBe(true);
    const both = new CameraZones({ zones: { ...near, all: { polygon: part(0, 1) } } }, 80);
    expect(both.counts(box(100, 100), frame)).toBe(true);
    expect(both.namesAt(box(100, 100), frame)).toEqual(['all']);
  });

  it('counts faces in no zone by the size of the camera', () => {
    const zones = new CameraZones({ zones: { left: { polygon: LEFT, minFaceSize: 20 } } }, 80);
    expect(zones.counts(box(450, 50), frame)).toBe(false);
    expect(zones.counts(box(450, 90), frame)).toBe(true);
  });
});

describe('watch with zones and masks', () => {
  const unit = (axis: number) => new Float32Array(8).map((_, i) => (i === axis ? 1 : 0));
  // Walks from the left to the right within ten seconds.
  const ann: Actor = { label: 'Ann', embedding: unit(0), at: (t) => ({ ...box(t / 20, 120), top: 100 }) };
  const still: Actor = { label: 'Picture', embedding: unit(1), at: () => ({ ...box(460, 120), top: 300 }) };

  async function events(actors: readonly Actor[], options: object): Promise<FaceEvent[]> {
    const all: FaceEvent[] = [];
    const analyzer = scriptedAnalyzer(actors);
    for await (const event of watch(scriptedSource(10_000), { analyzer, startTime: 0, ...options })) {
      if ('track' in event) all.push(event);
    }
    return all;
  }

  it('tells with each event where the face is', async () => {
    const zones = { left: { polygon: LEFT }, right: { polygon: RIGHT } };
    const told = await events([ann], { zones, place: 'house' });
    expect(told.map(({ type, zones: names }) => [type, names])).toEqual([
      ['face.appeared', ['left']],
      ['person.recognized', ['left']],
      ['face.moved', ['right']],
      ['face.left', ['right']],
    ]);
    expect(told.every(({ place }) => place === 'house')).toBe(true);
    for (const event of await events([ann], {})) expect(event).not.toHaveProperty('zones');
  });

  it('never follows a masked face, and loses one that goes behind a mask', async () => {
    const told = await events([ann, still], { masks: [RIGHT] });
    expect(told.map(({ type, label }) => `${type} ${label}`)).toEqual([
      'face.appeared null',
      'person.recognized Ann',
      'face.left Ann',
    ]);
    expect(told[2]!.timeMs).toBeLessThan(9500);
    expect(told[2]!.box.left + 60).toBeLessThan(320);
  });
});
