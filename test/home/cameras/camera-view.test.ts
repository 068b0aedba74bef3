import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import type { Image } from '../../../src/core/image/image.ts';
import { CameraView, cameraNamed } from '../../../src/home/cameras/camera-view.ts';
import { WATCH_EVENT_VERSION, type WatchEvent } from '../../../src/watch/watch-event.ts';
import { loopCamera } from '../looped-camera.ts';

const gray = (width: number, height: number): Image => ({
  ...{ width, height, channels: 3 as const },
  data: new Uint8Array(width * height * 3).fill(90),
});
const never = new AbortController().signal;
const face = {
  ...{ track: 1, label: 'Ada', stranger: null, probability: 0.9 },
  box: { left: 400, top: 200, width: 200, height: 200 },
};
const base = {
  ...({ version: WATCH_EVENT_VERSION, id: '1', source: 'door', timeMs: 0 } as const),
  time: '2026-11-27T18:00:00.000Z',
} as const;

describe('the view of a camera', () => {
  const stops: (() => void)[] = [];
  afterEach(() => {
    for (const stop of stops.splice(0)) stop();
  });
  const start = (options: Partial<Parameters<typeof loopCamera>[2]> = {}, image = gray(1600, 900)) => {
    const view = new CameraView({ name: 'door', place: 'house' });
    stops.push(loopCamera(view, [image], options).stop);
    return view;
  };

  it('says how the camera is and whom it sees', async () => {
    const view = start({ faces: [face] });
    expect(view.status).toMatchObject({ name: 'door', place: 'house', state: 'starting', frame: null });
    await view.nextFrame(never);
    expect(view.status).toMatchObject({ state: 'up', frame: { width: 1600, height: 900 }, faces: [face] });
    const lost: WatchEvent = { ...base, type: 'source.lost', reason: 'no answer', retryInMs: 1000 };
    stops.splice(0)[0]!();
    view.event(lost);
    expect(view.status).toMatchObject({ state: 'lost', reason: 'no answer', faces: [], fps: 0 });
    view.event({ ...base, type: 'source.back', downMs: 5 });
    expect(view.status.state).toBe('up');
  });

  it('gives pictures with boxes and names, small enough to be sent, and one for all who wait', async () => {
    const view = start({ faces: [face] });
    const [one, other] = await Promise.all([view.nextPicture(never), view.nextPicture(never)]);
    expect(other).toBe(one);
    const { data, info } = await sharp(one!).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([960, 540]);
    // On the left side of the box, which was drawn where it lies in the smaller picture.
    const at = (Math.round(0.6 * 300) * info.width + Math.round(0.6 * 400)) * 3;
    expect(Math.abs(data[at + 1]! - 90)).toBeGreaterThan(20);
  });

  it('gives frames as they came, in memory of their own', async () => {
    const image = gray(320, 240);
    const view = start({ faces: [face] }, image);
    const frame = await view.nextFrame(never);
    expect(frame?.image).toEqual(image);
    expect(frame?.image.data).not.toBe(image.data);
  });

  it('lets nobody wait for a camera that has ended, nor for a wish that is over', async () => {
    const view = new CameraView({ name: 'door', place: 'house' });
    const stop = new AbortController();
    const waiting = [view.nextFrame(stop.signal), view.nextPicture(stop.signal)];
    stop.abort(new Error('enough'));
    for (const wish of waiting) await expect(wish).rejects.toThrow('enough');
    const late = [view.nextFrame(never), view.nextPicture(never)];
    view.end();
    expect(await Promise.all(late)).toEqual([null, null]);
    expect(await view.nextFrame(never)).toBeNull();
    expect(await view.nextPicture(never)).toBeNull();
    expect(view.status.state).toBe('ended');
  });

  it('names the cameras that there are where one is not', () => {
    const views = [new CameraView({ name: 'door', place: 'house' })];
    expect(cameraNamed(views, 'door')).toBe(views[0]);
    expect(() => cameraNamed(views, 'dor')).toThrow('there are: door');
  });
});
