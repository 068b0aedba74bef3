import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/core/random/random.ts';
import { bombPng } from '../cli/run-cli.ts';
import { form, json, media, startServer, type TestServer } from './start-server.ts';

const photo = readFileSync(media('audrey.jpg'));
const random = createRandom(11);

describe('1,000 malformed uploads', () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startServer({ maxUploadBytes: 300_000, logLevel: 'warn' });
  });

  it('are all answered with 4xx; the server stays up and its memory flat', { timeout: 600_000 }, async () => {
    const rss: number[] = [];
    for (let i = 0; i < 1000; i++) {
      const { path, init } = malformed(i);
      const response = await test.request(path, { method: 'POST', ...init });
      const text = await response.text();
      expect(response.status, `${i}: ${text}`).toBeGreaterThanOrEqual(400);
      expect(response.status, `${i}: ${text}`).toBeLessThan(500);
      expect(text).not.toMatch(/node_modules|\.js:\d/);
      if (i % 100 === 99) rss.push(process.memoryUsage().rss);
    }
    const good = await test.request('/detect', { method: 'POST', body: form({ image: photo }) });
    expect(good.status).toBe(200);
    expect((await test.gallery.stats()).people).toBe(0);
    // The first hundreds fill pools and caches once; what comes after must not add up.
    const late = rss.slice(5);
    expect(Math.max(...late) - Math.min(...late)).toBeLessThan(150_000_000);
    expect(test.log.filter((line) => JSON.parse(line).level >= 50)).toEqual([]);
  });

  // Found by `npm run fuzz` (api, case 1347338301): the form's parser waited for ever.
  it.each([80_000, 95_000, 120_000, 160_000])(
    'are answered when a part of %i bytes has no name',
    async (length) => {
      const body = Buffer.concat([
        Buffer.from('--x\r\nContent-Type: image/jpeg\r\n\r\n'),
        Buffer.alloc(length, 65),
        Buffer.from('\r\n--x--\r\n'),
      ]);
      const response = await test.request('/detect', {
        method: 'POST',
        body,
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        signal: AbortSignal.timeout(20_000),
      });
      expect(response.status).toBe(400);
    },
  );

  it('that end in the middle leave nothing behind', async () => {
    for (let i = 0; i < 20; i++) {
      const { port } = new URL(test.url);
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `POST /api/v1/detect HTTP/1.1\r\nHost: x\r\nx-api-key: ${test.secrets.admin}\r\n` +
          'Content-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\nabc',
      );
      socket.destroy();
      await once(socket, 'close');
    }
    expect((await test.request('/ready')).status).toBe(200);
  });
});

function malformed(i: number): { path: string; init: RequestInit } {
  const cut = photo.subarray(0, random.int(photo.length - 2000));
  const noise = Uint8Array.from({ length: 1 + random.int(5000) }, () => random.int(256));
  const type = (contentType: string, body: Uint8Array | string): RequestInit => ({
    body: body as never,
    headers: { 'content-type': contentType },
  });
  const kinds: (() => { path: string; init: RequestInit })[] = [
    () => ({ path: '/detect', init: { body: form({ image: cut }) } }),
    () => ({ path: '/detect', init: { body: form({ image: noise }) } }),
    () => ({ path: '/recognize', init: { body: form({ image: bombPng() }) } }),
    () => ({ path: '/embed', init: { body: form({ image: new Uint8Array(0) }) } }),
    () => ({ path: '/detect', init: { body: form({ '../../../etc/passwd': photo }) } }),
    () => ({ path: '/detect', init: { body: form({ image: new Uint8Array(300_001) }) } }),
    () => ({ path: '/detect', init: type('image/jpeg', new Uint8Array(400_000)) }),
    () => ({ path: '/detect', init: type('image/png', cut) }),
    () => ({ path: '/detect', init: type('application/zip', photo) }),
    () => ({ path: '/detect', init: type('multipart/form-data', photo) }),
    () => ({
      path: '/detect',
      init: type('multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data'),
    }),
    () => ({ path: '/detect', init: type('application/json', '{"image":') }),
    () => ({ path: '/detect', init: type('application/json', '{"__proto__":{"image":"AAAA"}}') }),
    () => ({ path: '/detect', init: type('application/json', '[1,2,3]') }),
    () => ({ path: '/detect', init: json({ image: 'not base64 !!' }) }),
    () => ({ path: '/detect', init: json({ image: 42 }) }),
    () => ({ path: '/detect', init: json({ image: 'A'.repeat(900_000) }) }),
    () => ({ path: '/verify', init: { body: form({ image1: photo }) } }),
    () => ({ path: '/detect?minFaceSize=1e9', init: { body: form({ image: photo }) } }),
    () => ({ path: '/detect?constructor=1', init: { body: form({ image: photo }) } }),
    () => ({ path: '/people/..%2f..%2fetc/faces', init: { body: form({ image: photo }) } }),
    () => ({ path: "/people/' OR 1=1 --/faces", init: { body: form({ image: photo }) } }),
    () => ({ path: '/search', init: json({ embedding: Array(128).fill(0) }) }),
    () => ({ path: '/search', init: json({ embedding: ['NaN', null] }) }),
    () => ({ path: '/search', init: json({ embedding: [1, 2, 3] }) }),
    () => ({ path: '/people', init: json({ name: 'a\u0000b' }) }),
    () => ({ path: '/people', init: json({ name: { $ne: null } }) }),
    () => ({ path: '/recognition/faces?subject=', init: { body: form({ file: photo }) } }),
    () => ({ path: '/recognition/recognize?limit=-1', init: { body: form({ file: photo }) } }),
    () => ({ path: '/recognition/recognize', init: type('image/gif', deflateSync(noise)) }),
  ];
  return kinds[i % kinds.length]!();
}

describe('a server under load', () => {
  it('refuses with 429 what its queue cannot hold, and works on', async () => {
    const test = await startServer({ pool: { workers: 1, maxQueue: 2, pipeline: { threads: 1 } } });
    const answers = await Promise.all(
      Array.from({ length: 12 }, () =>
        test.request('/detect', { method: 'POST', body: form({ image: photo }) }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200).length).toBeGreaterThanOrEqual(3);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(0);
    expect(statuses.every((status) => status === 200 || status === 429)).toBe(true);
    expect(answers.find(({ status }) => status === 429)!.headers.get('retry-after')).toBe('1');
    expect((await test.request('/detect', { method: 'POST', body: form({ image: photo }) })).status).toBe(
      200,
    );
  });

  it('refuses an upload without reading it while its queue is full', async () => {
    const test = await startServer({ pool: { workers: 1, maxQueue: 1, pipeline: { threads: 1 } } });
    const { port } = new URL(test.url);
    const head =
      `POST /api/v1/detect HTTP/1.1\r\nHost: x\r\nx-api-key: ${test.secrets.admin}\r\n` +
      'Content-Type: image/jpeg\r\nContent-Length: 100000\r\n\r\n';
    const sockets: Socket[] = [];
    /** A client that promises a picture and sends none of it. */
    const stall = () => {
      const socket = connect(Number(port), '127.0.0.1');
      sockets.push(socket);
      socket.write(head);
    };
    const upload = () => test.request('/detect', { method: 'POST', body: form({ image: photo }) });
    // Two uploads may be open for each place, so four fill the server. Whichever comes first: one more each turn.
    for (let i = 0; i < 3; i++) stall();
    const next = async () => {
      stall();
      return (await upload()).status;
    };
    await expect.poll(next, { timeout: 30_000 }).toBe(429);
    expect((await test.request('/health')).status).toBe(200);
    for (const socket of sockets) socket.destroy();
    await expect.poll(async () => (await upload()).status, { timeout: 60_000 }).toBe(200);
  });

  it('gives up what takes too long, and answers the next', async () => {
    // Long enough for the upload to come in, far too short for the work.
    const test = await startServer({ timeoutMs: 1000, logLevel: 'silent' });
    const large = await sharp(photo).resize(3500, 3500, { fit: 'fill' }).jpeg().toBuffer();
    const response = await test.request('/detect?minFaceSize=60', {
      method: 'POST',
      body: form({ image: large }),
    });
    expect(response.status).toBe(504);
    expect((await test.request('/health')).status).toBe(200);
    await expect.poll(async () => (await test.request('/stats')).status).toBe(200);
  });

  it('drops the work of whoever goes away', async () => {
    const test = await startServer({ pool: { workers: 1, maxQueue: 50, pipeline: { threads: 1 } } });
    const controller = new AbortController();
    const gone = Array.from({ length: 20 }, () =>
      test
        .request('/detect', { method: 'POST', body: form({ image: photo }), signal: controller.signal })
        .then(
          ({ status }) => status,
          () => 'gone',
        ),
    );
    const waiting = async () => /queue_waiting (\d+)/.exec(await (await test.request('/metrics')).text())![1];
    await expect.poll(waiting, { timeout: 60_000, interval: 20 }).not.toBe('0');
    controller.abort();
    expect(await Promise.all(gone)).toContain('gone');
    await expect.poll(waiting, { timeout: 60_000 }).toBe('0');
    expect((await test.request('/detect', { method: 'POST', body: form({ image: photo }) })).status).toBe(
      200,
    );
  });

  it('ends the process that works on for somebody who went away', async () => {
    const test = await startServer();
    // Seconds of work: forty times the default's pixels.
    const large = await sharp(photo).resize(3500, 3500, { fit: 'fill' }).jpeg().toBuffer();
    const controller = new AbortController();
    const metric = async (name: string) => {
      const text = await (await test.request('/metrics')).text();
      return new RegExp(`^face_trigger_${name} (\\d+)$`, 'm').exec(text)![1];
    };
    const gone = test
      .request('/detect?minFaceSize=80', {
        method: 'POST',
        body: form({ image: large }),
        signal: controller.signal,
      })
      .catch(() => 'gone');
    await expect.poll(() => metric('queue_running'), { timeout: 60_000, interval: 20 }).toBe('1');
    controller.abort();
    expect(await gone).toBe('gone');
    await expect.poll(() => metric('queue_running'), { timeout: 30_000 }).toBe('0');
    expect(await metric('worker_restarts')).toBe('1');
    expect((await test.request('/detect', { method: 'POST', body: form({ image: photo }) })).status).toBe(
      200,
    );
  });

  it('answers what is under way before it stops', async () => {
    const test = await startServer();
    const events = await test.request('/events');
    const answer = test.request('/detect', { method: 'POST', body: form({ image: photo }) });
    const running = async () => /queue_running (\d+)/.exec(await (await test.request('/metrics')).text())![1];
    await expect.poll(running, { timeout: 60_000, interval: 10 }).toBe('1');
    await test.server.close();
    expect((await answer).status).toBe(200);
    await events.text();
    await expect(test.request('/health')).rejects.toThrow();
  });

  it('limits how much one key may ask', async () => {
    const test = await startServer({ requestsPerMinute: 3 });
    const statuses = [];
    for (let i = 0; i < 5; i++) statuses.push((await test.request('/people')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await test.request('/detect', { method: 'POST', body: form({ image: photo }) });
    expect(refused.status).toBe(429);
    // The key's minute, not the second after which a full queue is worth another try.
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(1);
    const other = { headers: { 'x-api-key': test.secrets.read } };
    expect((await test.request('/people', other)).status).toBe(200);
  });
});

describe('a server without keys', () => {
  it('is refused on any address but the own machine', async () => {
    await expect(startServer({ host: '0.0.0.0' }, { open: true })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('says so loudly, and serves neither other names nor other web pages', async () => {
    const test = await startServer({}, { open: true });
    expect(test.log.some((line) => line.includes('NO API KEYS'))).toBe(true);
    expect((await test.request('/people')).status).toBe(200);
    expect((await test.request('/people', { headers: { origin: 'https://evil.example' } })).status).toBe(403);
    const { port } = new URL(test.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.end('GET /api/v1/people HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    const [answer] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    expect(answer).toContain('403');
  });
});
