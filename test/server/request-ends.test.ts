import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { everyRoute, type Route } from './every-route.ts';
import { form, media, startServer, type TestServer } from './start-server.ts';

/**
 * How often each route's line is cut at each stage, each way, with and without a key. A few here, since the stages
 * add up over all routes; FACE_TRIGGER_CUTS=200 is the long run.
 */
const CUTS = Number(process.env['FACE_TRIGGER_CUTS'] ?? 2);
/** Connections at once: more than the queue and the processes have places. */
const AT_ONCE = 40;

const STAGES = ['head', 'half the body', 'whole body', 'queue', 'work', 'half the answer'] as const;
type Stage = (typeof STAGES)[number];
const WAYS = ['close', 'reset'] as const;

let test: TestServer;
let routes: readonly Route[];
let picture: Buffer;
beforeAll(async () => {
  test = await startServer({
    requestsPerMinute: 1_000_000_000,
    logStream: { write: () => undefined },
    pool: { workers: 1, maxQueue: 20, pipeline: { threads: 1 } },
  });
  routes = await everyRoute(test.url);
  // Small, so that each is worked on for milliseconds.
  picture = await sharp(readFileSync(media('audrey_crop.jpg')))
    .resize(80)
    .jpeg()
    .toBuffer();
});

function bytesOf(route: Route, secret: string | null): { head: Buffer; body: Buffer } {
  const boundary = 'x'.repeat(30);
  const parts = route.pictures.flatMap((name) => [
    Buffer.from(`--${boundary}\r\nContent-Disposition: form-data; name="${name}"; filename="a.jpg"\r\n\r\n`),
    picture,
    Buffer.from('\r\n'),
  ]);
  const isUpload = route.pictures.length > 0;
  const embedding = Array.from({ length: 128 }, (_, i) => Math.sin(i + 1) / 8);
  const document = Buffer.from(JSON.stringify({ embedding, embeddings: [embedding], odd: 'x'.repeat(2000) }));
  const body = !route.takesBody
    ? Buffer.alloc(0)
    : isUpload
      ? Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)])
      : document;
  const lines = [
    `${route.method} ${route.path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(secret === null ? [] : [`x-api-key: ${secret}`]),
    `Content-Type: ${isUpload ? `multipart/form-data; boundary=${boundary}` : 'application/json'}`,
    `Content-Length: ${body.length}`,
  ];
  return { head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`), body };
}

/** Opens a connection, goes as far as a stage, and cuts it. */
async function cut(
  route: Route,
  options: { stage: Stage; way: (typeof WAYS)[number]; secret: string | null },
) {
  const { stage, way, secret } = options;
  const { head, body } = bytesOf(route, secret);
  const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect').catch(() => undefined);
  const send = (bytes: Buffer) => new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  if (stage === 'head') await send(head.subarray(0, head.length >> 1));
  else if (stage === 'half the body') await send(Buffer.concat([head, body.subarray(0, body.length >> 1)]));
  else await send(Buffer.concat([head, body]));
  // Of forty at once most wait in the queue after some milliseconds, and some are worked on a little later.
  if (stage === 'queue') await pause(5);
  if (stage === 'work') await pause(20);
  if (stage === 'half the answer') await firstBytes(socket);
  if (way === 'reset') socket.resetAndDestroy();
  else socket.destroy();
  await closed;
}

async function firstBytes(socket: Socket): Promise<void> {
  await Promise.race([once(socket, 'data'), once(socket, 'close')]);
}

async function inTurns(works: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = [...works];
  const worker = async (): Promise<void> => {
    for (let work = queue.shift(); work; work = queue.shift()) await work();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

async function figures(): Promise<Record<string, number>> {
  const text = await (await test.request('/metrics')).text();
  const wanted = [
    'requests_open',
    'uploads_open',
    'documents_open',
    'listeners',
    'queue_waiting',
    'queue_running',
  ];
  const read = (name: string) => Number(new RegExp(`^face_trigger_${name} (\\d+)$`, 'm').exec(text)![1]);
  return Object.fromEntries(wanted.map((name) => [name, read(name)]));
}

/** Everything but the request that asks. */
const NOTHING_HELD = {
  requests_open: 1,
  uploads_open: 0,
  documents_open: 0,
  listeners: 0,
  queue_waiting: 0,
  queue_running: 0,
};

const handles = (): number =>
  process.platform === 'linux'
    ? readdirSync('/proc/self/fd').length
    : process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;

const detect = () => test.request('/detect', { method: 'POST', body: form({ image: picture }) });

async function expectNothingHeld(): Promise<void> {
  await expect.poll(figures, { timeout: 60_000, interval: 200 }).toEqual(NOTHING_HELD);
  expect((await detect()).status).toBe(200);
  const controller = new AbortController();
  const events = await test.request('/events', { signal: controller.signal });
  expect(events.status).toBe(200);
  controller.abort();
  expect((await test.request('/ready')).status).toBe(200);
}

describe('the end of a request', () => {
  it('gives everything back, whichever route it is for and wherever its line is cut', {
    timeout: 3_600_000,
  }, async () => {
    expect(routes.length).toBeGreaterThan(45);
    const round = async (count: number): Promise<void> => {
      for (const stage of STAGES) {
        for (const way of WAYS) {
          const works: (() => Promise<void>)[] = [];
          for (const route of routes) {
            // Only pictures wait in a queue and are worked on.
            if ((stage === 'queue' || stage === 'work') && route.pictures.length === 0) continue;
            for (const secret of [test.secrets.admin, null]) {
              for (let i = 0; i < count; i++) works.push(() => cut(route, { stage, way, secret }));
            }
          }
          await inTurns(works);
          await expect.poll(figures, { timeout: 60_000, interval: 200 }).toEqual(NOTHING_HELD);
        }
      }
      await expectNothingHeld();
    };
    // The first round fills pools and caches once; what comes after must not add up.
    await round(2);
    const before = { handles: handles(), rss: process.memoryUsage().rss };
    await round(CUTS);
    await expect.poll(handles, { timeout: 30_000 }).toBeLessThanOrEqual(before.handles + 5);
    expect(process.memoryUsage().rss - before.rss).toBeLessThan(150_000_000);
  });

  it('gives back what requests behind each other on one connection hold', async () => {
    const { head, body } = bytesOf(
      { method: 'POST', path: '/api/v1/detect', pictures: ['image'], takesBody: true },
      test.secrets.admin,
    );
    const listen = Buffer.from(
      `GET /api/v1/events HTTP/1.1\r\nHost: x\r\nx-api-key: ${test.secrets.admin}\r\n\r\n`,
    );
    const bunches = [
      [head, body, head, body.subarray(0, 100)],
      [listen, listen, listen],
      [head, body, listen, head, body, listen],
    ];
    for (let i = 0; i < 90; i++) {
      const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(Buffer.concat(bunches[i % bunches.length]!));
      await pause(i % 20);
      socket.destroy();
    }
    await expectNothingHeld();
  });
});
