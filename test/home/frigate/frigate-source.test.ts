import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { DoubleTakeTeller } from '../../../src/home/double-take/double-take-teller.ts';
import { readFrigateEvent } from '../../../src/home/frigate/frigate-event.ts';
import { FrigateSource, type FrigateSourceOptions } from '../../../src/home/frigate/frigate-source.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { createGalleryAnalyzer } from '../../../src/watch/create-gallery-analyzer.ts';
import type { FaceEvent } from '../../../src/watch/watch-event.ts';
import { hasNoBroker, realBroker } from '../../real-broker.ts';
import { media, temporaryFolder } from '../../watch/ffmpeg-tools.ts';

/** A message of the shape of docs.frigate.video/integrations/mqtt, with some fields of `after` replaced. */
function frigateMessage(type: 'new' | 'update' | 'end', fields: Record<string, unknown> = {}): string {
  const state = {
    id: '1607123955.475377-mxklsc',
    camera: 'front_door',
    frame_time: 1607123961.837752,
    snapshot: { frame_time: 1607123965.975463, box: [415, 489, 528, 700], area: 12728, score: 0.77546 },
    label: 'person',
    sub_label: null,
    top_score: 0.958984375,
    false_positive: false,
    start_time: 1607123955.475377,
    end_time: null,
    score: 0.7890625,
    box: [424, 500, 536, 712],
    area: 23744,
    region: [264, 450, 667, 853],
    current_zones: ['driveway'],
    entered_zones: ['yard', 'driveway'],
    has_snapshot: true,
    has_clip: false,
    stationary: false,
    ...fields,
  };
  return JSON.stringify({ type, before: state, after: state });
}

describe('readFrigateEvent', () => {
  it.each([
    ['no JSON', '{'],
    ['no event', '{"type":"new"}'],
    ['a way out of the address', frigateMessage('new', { id: '../../config' })],
    ['an id with a query', frigateMessage('new', { id: 'a?b=c' })],
    ['a camera that is a pattern of topics', frigateMessage('new', { camera: '#' })],
    ['a false positive', frigateMessage('new', { false_positive: true })],
  ])('takes %s for nothing', (_what, text) => {
    expect(readFrigateEvent(Buffer.from(text))).toBeNull();
  });

  it('reads what it needs, also of older versions', () => {
    const old = frigateMessage('update', {
      current_zones: null,
      sub_label: undefined,
      has_snapshot: undefined,
    });
    expect(readFrigateEvent(Buffer.from(old))).toEqual({
      type: 'update',
      id: '1607123955.475377-mxklsc',
      camera: 'front_door',
      label: 'person',
      zones: [],
      hasSnapshot: false,
    });
  });
});

describe.skipIf(hasNoBroker('FrigateSource'))(
  'FrigateSource with a real mosquitto and a stand-in for Frigate',
  () => {
    const broker = realBroker();
    const folder = temporaryFolder();
    const log: string[] = [];
    const events: FaceEvent[] = [];
    const open: AsyncDisposable[] = [];
    /** By event: the file of its snapshot, or the status that it is answered with. */
    const snapshots = new Map<string, string | number>();
    const asked: string[] = [];
    /** Routes that are answered with 500. */
    const refuses = new Set<string>();
    const labels: { id: string; body: Record<string, unknown> }[] = [];
    let server: Server;
    let url: string;
    let pipeline: FacePipeline;
    let gallery: Gallery;

    async function answerAsFrigate(request: IncomingMessage, response: ServerResponse): Promise<void> {
      // The routes of docs.frigate.video/integrations/api.
      const [, id = '', what = ''] =
        /^\/api\/events\/([^/?]+)\/(snapshot\.jpg|sub_label)/.exec(request.url!) ?? [];
      asked.push(`${request.method} ${request.url}`);
      const found = snapshots.get(decodeURIComponent(id));
      if (what === 'snapshot.jpg' && typeof found === 'string') {
        response.writeHead(200, { 'content-type': 'image/jpeg' }).end(readFileSync(media(found)));
      } else if (refuses.has(what)) {
        response.writeHead(500).end();
      } else if (what === 'sub_label' && request.method === 'POST' && found !== undefined) {
        let body = '';
        for await (const chunk of request) body += String(chunk);
        labels.push({ id, body: JSON.parse(body) as Record<string, unknown> });
        response.writeHead(200).end(JSON.stringify({ success: true, message: 'ok' }));
      } else {
        response
          .writeHead(typeof found === 'number' ? found : 404, { location: 'http://127.0.0.1:1/' })
          .end();
      }
    }

    beforeAll(async () => {
      await broker.start();
      const answer: RequestListener = (request, response) => void answerAsFrigate(request, response);
      server = createServer(answer).listen(0, '127.0.0.1');
      await once(server, 'listening');
      url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      pipeline = await FacePipeline.create({ detection: 'fast' });
      const { id, sha256, dimension } = pipeline.embedder.profile;
      gallery = await openGallery(join(folder, 'gallery.db'), { embedder: { id, sha256, dimension } });
      const image = await readImage(media('audrey.jpg'));
      const [face] = await pipeline.analyze(image, { minFaceSize: 40 });
      await gallery.enroll({ name: 'Audrey' }, [{ embedding: face!.embedding! }]);
    });
    afterEach(async () => {
      for (const part of open.splice(0).reverse()) await part[Symbol.asyncDispose]();
      for (const list of [log, events, asked, labels]) list.length = 0;
    });
    afterAll(async () => {
      await gallery?.dispose();
      await pipeline?.dispose();
      server?.close();
      await broker.stop();
    });

    async function start(
      more: Partial<FrigateSourceOptions> = {},
      onEvent?: (event: FaceEvent) => Promise<void>,
    ) {
      const live = await broker.listen();
      const source = await FrigateSource.open({
        url: `${url}/`,
        broker: { ...broker.account, url: broker.url },
        place: 'house',
        analyzerFor: () => createGalleryAnalyzer(pipeline, gallery),
        snapshots: join(folder, 'faces'),
        tell: async (event) => {
          events.push(event);
          await onEvent?.(event);
        },
        log: (message) => log.push(message),
        ...more,
      });
      const close = { [Symbol.asyncDispose]: async () => void (await live.client.endAsync()) };
      open.push(close, source);
      const say = (text: string) => live.client.publishAsync('frigate/events', text, { qos: 1 });
      // Until the source listens, what is said is lost: something that nobody follows is asked for first.
      snapshots.set('warm-up', 404);
      await expect
        .poll(
          async () => {
            await say(frigateMessage('new', { id: 'warm-up', camera: more.cameras?.[0] ?? 'front_door' }));
            return asked.length;
          },
          { timeout: 10_000, interval: 50 },
        )
        .toBeGreaterThan(0);
      await say(
        frigateMessage('end', {
          id: 'warm-up',
          camera: more.cameras?.[0] ?? 'front_door',
          has_snapshot: false,
        }),
      );
      return { source, live, say };
    }
    const types = () => events.map(({ type }) => type);

    it("recognizes the people of Frigate's events, and writes their names back once", async () => {
      const { say } = await start();
      snapshots.set('1.5-audrey', 'audrey.jpg');
      await say(frigateMessage('new', { id: '1.5-audrey', has_snapshot: false }));
      await say(frigateMessage('update', { id: '1.5-audrey' }));
      await say(frigateMessage('update', { id: '1.5-audrey' }));
      await say(frigateMessage('end', { id: '1.5-audrey' }));
      await expect
        .poll(types, { timeout: 10_000 })
        .toEqual(['face.appeared', 'person.recognized', 'face.left']);
      const [person] = events.filter(({ type }) => type === 'person.recognized');
      expect(person).toMatchObject({
        source: 'front_door',
        place: 'house',
        label: 'Audrey',
        zones: ['driveway'],
        sourceEvent: '1.5-audrey',
      });
      expect(readFileSync(person!.snapshot!).subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      // docs.frigate.video/integrations/api/schemas/eventssublabelbody
      const shape = z.strictObject({ subLabel: z.string().max(100), subLabelScore: z.number().gt(0).max(1) });
      expect(labels.map(({ id }) => id)).toEqual(['1.5-audrey']);
      expect(shape.parse(labels[0]!.body).subLabel).toBe('Audrey');
      const picture = asked.find((one) => one.includes('snapshot.jpg?') && one.includes('1.5-audrey'));
      expect(picture).toContain('crop=1');
      expect(log).toEqual([]);
    });

    it('tells strangers, whose name it does not write, and ends what is followed when it is closed', async () => {
      const { say, source } = await start();
      snapshots.set('2.5-cage', 'cage.jpg');
      await say(frigateMessage('new', { id: '2.5-cage' }));
      await expect.poll(types, { timeout: 10_000 }).toEqual(['face.appeared', 'stranger.appeared']);
      await source[Symbol.asyncDispose]();
      expect(types().at(-1)).toBe('face.left');
      expect(labels).toEqual([]);
    });

    it('passes by other cameras, things that are no people, and what was kept by the broker', async () => {
      const { say, live } = await start({ cameras: ['front_door'] });
      asked.length = 0;
      snapshots.set('3.5', 'audrey.jpg');
      await say(frigateMessage('new', { id: '3.5', camera: 'yard' }));
      await say(frigateMessage('new', { id: '3.5', label: 'dog' }));
      await say('no JSON');
      await say(frigateMessage('new', { id: '../../config' }));
      await live.client.publishAsync('other', 'x');
      snapshots.set('3.6', 'cage.jpg');
      await say(frigateMessage('new', { id: '3.6' }));
      await expect.poll(() => events.length, { timeout: 10_000 }).toBeGreaterThan(0);
      expect(asked.every((one) => one.includes('/3.6/'))).toBe(true);
    });

    it('says what Frigate refuses, follows no redirect, and goes on', async () => {
      const { say } = await start();
      snapshots.set('4.1', 302);
      snapshots.set('4.2', 500);
      snapshots.set('4.3', 'audrey.jpg');
      for (const id of ['4.1', '4.2', '4.3']) await say(frigateMessage('new', { id }));
      await expect.poll(types, { timeout: 10_000 }).toContain('person.recognized');
      expect(log.join('\n')).toMatch(/4\.1: a redirect \(302\) is not followed/);
      expect(log.join('\n')).toMatch(/4\.2: Frigate answered 500/);
    });

    it('passes by a camera whose name another one has, and names each before its first event', async () => {
      const seen: string[] = [];
      const { say } = await start({
        ...{ cameras: ['yard', 'front_door'], taken: ['Front_Door'] },
        onCamera: async (camera) => void seen.push(`${camera} after ${events.length} events`),
      });
      for (const id of ['5.1', '5.2']) {
        snapshots.set(id, 'audrey.jpg');
        await say(frigateMessage('new', { id, camera: 'front_door' }));
      }
      snapshots.set('5.3', 'audrey.jpg');
      await say(frigateMessage('new', { id: '5.3', camera: 'yard' }));
      await expect.poll(types, { timeout: 10_000 }).toEqual(['face.appeared', 'person.recognized']);
      expect(events.every(({ source }) => source === 'yard')).toBe(true);
      expect(seen).toEqual(['yard after 0 events']);
      expect(log).toEqual([expect.stringMatching(/^frigate: front_door is passed by/)]);
    });

    it('holds no more of a flood than it can look at, and says so once', async () => {
      let goOn = (): void => undefined;
      const gate = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      const { say } = await start({}, () => gate);
      snapshots.set('6', 'audrey.jpg');
      await say(frigateMessage('new', { id: '6' }));
      await expect.poll(types, { timeout: 10_000 }).toEqual(['face.appeared']);
      asked.length = 0;
      const ids = Array.from({ length: 900 }, (_, i) => `6.${i + 1}`);
      for (const id of ids) snapshots.set(id, 404);
      await Promise.all(ids.map((id) => say(frigateMessage('new', { id }))));
      snapshots.set('6.last', 'cage.jpg');
      await say(frigateMessage('new', { id: '6.last' }));
      await say(frigateMessage('end', { id: '6' }));
      await expect.poll(() => log.length, { timeout: 10_000 }).toBeGreaterThan(0);
      goOn();
      await expect.poll(types, { timeout: 20_000 }).toContain('stranger.appeared');
      const looked = new Set(asked.map((one) => /events\/([^/]+)\/snapshot/.exec(one)?.[1]));
      looked.delete(undefined);
      expect(looked.size).toBeLessThanOrEqual(201);
      expect(log.filter((line) => line.includes('given up so far'))).toHaveLength(1);
      // Whoever was told of is ended all the same.
      await expect
        .poll(
          () => events.filter(({ type, sourceEvent }) => type === 'face.left' && sourceEvent === '6').length,
        )
        .toBe(1);
    });

    it('ends whom it followed, and tells all of it, where Frigate takes no name and has no picture any more', async () => {
      refuses.add('sub_label');
      onTestFinished(() => void refuses.clear());
      const { say } = await start();
      snapshots.set('4.4', 'audrey.jpg');
      await say(frigateMessage('new', { id: '4.4' }));
      await expect.poll(types, { timeout: 10_000 }).toContain('person.recognized');
      snapshots.set('4.4', 500);
      await say(frigateMessage('end', { id: '4.4' }));
      await expect
        .poll(types, { timeout: 10_000 })
        .toEqual(['face.appeared', 'person.recognized', 'face.left']);
      expect(labels).toEqual([]);
      expect(log.filter((line) => line.includes('4.4: Frigate answered 500')).length).toBeGreaterThan(1);
    });

    it("speaks as Double Take: to people, strangers and cameras, and to Double Take's sensors", async () => {
      const teller = await DoubleTakeTeller.open({
        ...broker.account,
        url: broker.url,
        resetMs: 300,
        base64: true,
        people: () => Promise.resolve([{ label: 'Audrey', personId: null }]),
        log: (message) => log.push(message),
      });
      open.push({ [Symbol.asyncDispose]: () => teller.close() });
      const { say, live } = await start({}, (event) => teller.handle(event));
      await expect.poll(() => live.last('double-take/available')).toBe('online');
      snapshots.set('5.1', 'audrey.jpg');
      await say(frigateMessage('new', { id: '5.1' }));
      await expect.poll(() => live.last('double-take/matches/Audrey'), { timeout: 10_000 }).toBeDefined();
      snapshots.set('5.2', 'cage.jpg');
      await say(frigateMessage('new', { id: '5.2' }));
      await expect.poll(() => live.last('double-take/matches/unknown'), { timeout: 10_000 }).toBeDefined();
      // The shapes of github.com/jakowenko/double-take, README.md and api/src/util/mqtt.util.js.
      const face = z.strictObject({
        name: z.string(),
        confidence: z.number().min(0).max(100),
        match: z.boolean(),
        box: z.strictObject({ top: z.int(), left: z.int(), width: z.int(), height: z.int() }),
        type: z.enum(['latest', 'snapshot', 'mqtt', 'manual']),
        duration: z.number(),
        detector: z.string(),
        filename: z.string(),
        base64: z.string().nullable(),
      });
      const base = {
        id: z.string(),
        duration: z.number(),
        timestamp: z.iso.datetime(),
        attempts: z.int().min(1),
        camera: z.string(),
        zones: z.array(z.string()),
      };
      const counts = z.strictObject({ person: z.int(), match: z.int(), miss: z.int(), unknown: z.int() });
      const lists = { matches: z.array(face), misses: z.array(face), unknowns: z.array(face) };
      const read = <T>(shape: z.ZodType<T>, topic: string) => shape.parse(JSON.parse(live.last(topic)!));
      const match = read(z.strictObject({ ...base, match: face }), 'double-take/matches/Audrey');
      expect(match).toMatchObject({
        id: '5.1',
        camera: 'front_door',
        zones: ['driveway'],
        match: { name: 'Audrey' },
      });
      expect(Buffer.from(match.match.base64!, 'base64').subarray(0, 2)).toEqual(Buffer.from([0xff, 0xd8]));
      const unknownShape = z.strictObject({ ...base, unknown: face, unknowns: z.array(face) });
      expect(read(unknownShape, 'double-take/matches/unknown')).toMatchObject({
        id: '5.2',
        unknown: { name: 'unknown', match: false },
      });
      const camera = z.strictObject({ ...base, ...lists, personCount: z.int(), counts });
      expect(read(camera, 'double-take/cameras/front_door').counts).toEqual({
        person: 1,
        match: 0,
        miss: 0,
        unknown: 1,
      });
      const sensor = JSON.parse(live.last('homeassistant/sensor/double-take/Audrey/config')!) as Record<
        string,
        string
      >;
      expect(sensor).toMatchObject({
        name: 'double_take_Audrey',
        availability_topic: 'double-take/available',
      });
      expect(JSON.parse(live.last(sensor['state_topic']!)!)).toEqual(match);
      await expect.poll(() => live.last('double-take/cameras/front_door/person')).toBe('0');
      expect(live.all('double-take/cameras/front_door/person').some(({ payload }) => payload === '1')).toBe(
        true,
      );
    });
  },
);
