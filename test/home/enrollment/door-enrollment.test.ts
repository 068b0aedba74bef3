import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/core/embed/embedder-profile.ts';
import type { Image } from '../../../src/core/image/image.ts';
import { resizeImage } from '../../../src/core/image/resize-image.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { CameraView } from '../../../src/home/cameras/camera-view.ts';
import { DoorEnrollment } from '../../../src/home/enrollment/door-enrollment.ts';
import { EnrollmentTeller } from '../../../src/home/enrollment/enrollment-teller.ts';
import { readDoorFace } from '../../../src/home/enrollment/read-door-face.ts';
import { runEnrollmentCommand } from '../../../src/home/enrollment/run-enrollment-command.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../../src/watch/create-face-analyzer.ts';
import { hasNoBroker, realBroker } from '../../real-broker.ts';
import { describeWithSharedData } from '../../shared-data.ts';
import { media } from '../../watch/ffmpeg-tools.ts';
import { loopCamera } from '../looped-camera.ts';
import { turnedPhotos } from '../turned-photos.ts';

let pipeline: FacePipeline;
let gallery: Gallery;
let poses: Awaited<ReturnType<typeof turnedPhotos>>;
const closers: (() => unknown)[] = [];

beforeAll(async () => {
  pipeline = await FacePipeline.create({ threads: 1, detection: 'fast' });
  const { profile } = pipeline.embedder;
  gallery = await openGallery(':memory:', {
    embedder: { ...identityOf(profile), dimension: profile.dimension },
    thumbnails: true,
  });
  poses = await turnedPhotos();
}, 60_000);
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
  for (const { id } of (await gallery.listPeople()).items) await gallery.deletePerson(id);
});
afterAll(async () => {
  await gallery.dispose();
  await pipeline.dispose();
});

/** A camera before which nobody stands yet, and what enrolls from it. */
function door({ timeoutMs }: { readonly timeoutMs?: number } = {}) {
  const view = new CameraView({ name: 'door', place: 'house' });
  const enrollment = new DoorEnrollment({
    ...{ cameras: () => [view], gallery, timeoutMs },
    analyzer: createFaceAnalyzer(pipeline),
  });
  closers.push(() => enrollment.close());
  const shown: Image[] = [];
  const show = (image: Image) => shown.splice(0, 1, image);
  show({ width: 320, height: 240, channels: 3, data: new Uint8Array(320 * 240 * 3).fill(120) });
  closers.push(loopCamera(view, shown, { everyMs: 10 }).stop);
  const until = async (id: string, what: Partial<ReturnType<typeof enrollment.get>>) => {
    await expect.poll(() => enrollment.get(id), { timeout: 20_000, interval: 20 }).toMatchObject(what);
    return enrollment.get(id);
  };
  return { view, enrollment, show, until };
}

/** Does as it is told. */
async function obey({ enrollment, show, until }: ReturnType<typeof door>, id: string): Promise<void> {
  for (const [done, pose] of (['ahead', 'left', 'right', 'up'] as const).entries()) {
    expect(enrollment.get(id).wanted).toBe(pose);
    show(poses[pose]);
    await until(id, { done: done + 1 });
  }
}

describe('enrolling at the door', () => {
  it('asks for four poses, keeps a good face of each, and takes them back', async () => {
    const test = door();
    const { enrollment, until } = test;
    const told: string[] = [];
    closers.push(enrollment.subscribe(({ state, wanted }) => told.push(`${state} ${wanted}`)));
    const { id } = enrollment.start('door', 'Audrey');
    await until(id, { hint: 'no face', done: 0 });
    await obey(test, id);
    const { result } = await until(id, { state: 'done', message: '4 faces kept', wanted: null });
    expect(result).toMatchObject({ created: true, refused: [], nearerPerson: null });
    const { items } = await gallery.listFaces({ personId: result!.personId });
    expect(items.map(({ source }) => source)).toEqual(
      ['ahead', 'left', 'right', 'up'].map((pose) => `door, looking ${pose}`),
    );
    expect(items.every(({ hasThumbnail }) => hasThumbnail)).toBe(true);
    // A crop for each side, not four times the same.
    const yaws = items.map(({ quality }) => quality!.yaw!);
    expect(yaws[1]! - yaws[0]!).toBeGreaterThanOrEqual(0.2);
    expect(yaws[0]! - yaws[2]!).toBeGreaterThanOrEqual(0.2);
    expect(told).toContain('going left');
    await enrollment.undo(id);
    expect(await gallery.findPerson('Audrey')).toBeNull();
    await expect(enrollment.undo(id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
  });

  it('takes no picture of somebody else, of two people, or of a head that does not turn', async () => {
    const { enrollment, show, until } = door();
    const { id } = enrollment.start('door', 'Audrey');
    show(poses.ahead);
    await until(id, { done: 1, hint: 'go on', wanted: 'left' });
    show(await readImage(media('cage.jpg'), { colorMode: 'rgb' }));
    await until(id, { done: 1, hint: 'another face' });
    const { width, height, data } = poses.left;
    // The same person twice, side by side.
    const both = new Uint8Array(width * 2 * height * 3);
    for (let y = 0; y < height; y++) {
      const row = data.subarray(y * width * 3, (y + 1) * width * 3);
      both.set(row, y * width * 6);
      both.set(row, y * width * 6 + width * 3);
    }
    show({ width: width * 2, height, channels: 3, data: both });
    await until(id, { done: 1, hint: 'several faces' });
    expect(enrollment.cancel(id)).toMatchObject({ state: 'canceled', message: expect.any(String) });
    expect(await gallery.findPerson('Audrey')).toBeNull();
  });

  it('keeps what it has when the time is over, and says what is missing', async () => {
    const { enrollment, show, until } = door({ timeoutMs: 1500 });
    const { id } = enrollment.start('door', 'Audrey');
    show(poses.ahead);
    const { result } = await until(id, { state: 'done' });
    expect(result?.kept.map(({ step }) => step)).toEqual(['ahead']);
    expect(result?.refused.map(({ step }) => step)).toEqual(['left', 'right', 'up']);
    expect(result?.refused[0]?.reason).toBe('the head did not turn so far');
    const again = enrollment.start('door', 'Audrey');
    show(poses.ahead);
    const second = await until(again.id, { state: 'done' });
    expect(second.result).toMatchObject({ created: false, kept: [] });
    expect(second.message).toContain('the person has this very face already');
    await enrollment.undo(again.id);
    expect((await gallery.findPerson('Audrey'))?.faces).toBe(1);
  });

  it('cuts the face out of the large stream where there is one', async () => {
    const analyzer = createFaceAnalyzer(pipeline);
    const large = poses.ahead;
    const small = resizeImage(large, { scale: 0.25 });
    expect(await readDoorFace(analyzer, { image: small })).toEqual({ problem: 'no face' });
    const [alone, cut] = [
      await readDoorFace(analyzer, { image: large }),
      await readDoorFace(analyzer, { image: small, large }),
    ];
    if (alone.problem !== null || cut.problem !== null) throw new Error('no face was found');
    expect(cut.quality.eyeDistance).toBeCloseTo(alone.quality.eyeDistance, -1);
    expect(gallery.distance(cut.embedding, alone.embedding)).toBeLessThan(0.2);
    // The camera's view hands it on, with memory of its own.
    const view = new CameraView({ name: 'door', place: 'house' });
    const stats = { frames: 0, dropped: 0, fps: 5, detections: 0, embeddings: 0, stageMs: {} };
    const next = view.nextFrame(AbortSignal.timeout(5000));
    view.observe({ image: small, large, timeMs: 0, index: 0, faces: [], stats });
    const frame = await next;
    expect(frame?.large?.width).toBe(large.width);
    expect(frame?.large?.data).not.toBe(large.data);
  });

  it('enrolls nobody where nobody looked, and one person at a time', async () => {
    const { view, enrollment, until } = door({ timeoutMs: 300 });
    const { id } = enrollment.start('door', 'Ada');
    expect(() => enrollment.start('door', 'Bob')).toThrow(expect.objectContaining({ code: 'ERR_CONFLICT' }));
    expect(() => enrollment.start('hall', 'Bob')).toThrow(expect.objectContaining({ code: 'ERR_NOT_FOUND' }));
    expect(() => enrollment.start('door', '')).toThrow(
      expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
    );
    await until(id, { state: 'failed', message: expect.stringContaining('nobody looked straight') });
    await expect(enrollment.undo(id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    const next = enrollment.start('door', 'Ada');
    view.end('the camera was taken down');
    await until(next.id, { state: 'failed' });
    expect(() => enrollment.start('door', 'Ada')).toThrow('taken down');
  });

  it('does what a message says, and refuses others without repeating them', async () => {
    const { enrollment } = door();
    const message = (value: unknown) => runEnrollmentCommand(enrollment, JSON.stringify(value));
    expect(message({ action: 'start', camera: 'door', name: 'Ada' })).toMatchObject({ state: 'going' });
    expect(message({ action: 'cancel', camera: 'door' })).toMatchObject({ state: 'canceled' });
    expect(() => message({ action: 'cancel', camera: 'door' })).toThrow('Nobody is being enrolled');
    for (const text of ['', 'Ada', '[]', 'null', '{"action":"start"}', '{"action":"stop","name":"Ada"}']) {
      let error: unknown;
      try {
        runEnrollmentCommand(enrollment, text);
      } catch (cause) {
        error = cause;
      }
      expect(error, text).toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
      expect((error as Error).message).not.toContain('Ada');
    }
  });
});

describe.skipIf(hasNoBroker('EnrollmentTeller'))('enrolling at the door by a broker', () => {
  const broker = realBroker();
  beforeAll(() => broker.start());
  afterAll(() => broker.stop());

  it('takes commands, tells each step, and keeps no name in the broker or the log', async () => {
    const { enrollment } = door();
    const log: string[] = [];
    const listener = await broker.listen('doors/#');
    // Kept by the broker for another day.
    const set = (command: unknown, retain = false) =>
      listener.client.publishAsync('doors/set', JSON.stringify(command), { qos: 1, retain });
    await set({ action: 'start', camera: 'door', name: 'Old' }, true);
    const teller = await EnrollmentTeller.open({
      ...broker.account,
      ...{ url: broker.url, topic: 'doors', enrollment, log: (line: string) => log.push(line) },
    });
    const states = () =>
      listener.all('doors/state').map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
    await expect
      .poll(async () => {
        if (states().length === 0) await set({ action: 'cancel', camera: 'door' });
        return states()[0];
      })
      .toMatchObject({ error: 'Nobody is being enrolled before this camera' });
    await set({ action: 'start', camera: 'door', name: 'Ada' });
    await expect.poll(() => states().at(-1)).toMatchObject({ name: 'Ada', state: 'going', wanted: 'ahead' });
    await set({ action: 'cancel', camera: 'door' });
    await expect.poll(() => states().some(({ state }) => state === 'canceled')).toBe(true);
    await set({ action: 'start', camera: 'door', name: 'Ada\u0000' });
    await expect.poll(() => states().at(-1)?.['error']).toMatch(/Expected/);
    expect(enrollment.list().map(({ name }) => name)).toEqual(['Ada']);
    expect(listener.all('doors/state').some(({ retain }) => retain)).toBe(false);
    expect(log.join()).toContain('a command was refused (ERR_INVALID_ARGUMENT)');
    expect(log.join()).not.toContain('Ada');
    await teller.close();
    await listener.client.endAsync();
  });
});

describeWithSharedData('enrolling at the door, with photos of one person', ['lfw-dev'], (lfw) => {
  it('tells a head that turns from one that looks ahead', async () => {
    const { enrollment, show, until } = door({ timeoutMs: 6000 });
    const photo = (number: string) =>
      readImage(readFileSync(`${lfw}/Adrien_Brody/Adrien_Brody_${number}.jpg`), { colorMode: 'rgb' });
    const { id } = enrollment.start('door', 'Adrien');
    show(await photo('0003'));
    await until(id, { done: 1 });
    show(await photo('0012'));
    await until(id, { done: 1, hint: 'go on' });
    show(await photo('0005'));
    await until(id, { done: 2 });
    show(await photo('0012'));
    await until(id, { done: 3, wanted: 'up' });
    enrollment.cancel(id);
  });
});
