import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, renameSync } from 'node:fs';
import { request as ask } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { form, json, media, startServer, type TestServer } from './start-server.ts';

const photo = readFileSync(media('audrey_crop.jpg'));

/** Sends a head and what is given of a body, and collects what comes back. */
function rawRequest(
  test: TestServer,
  options: {
    path: string;
    secret?: string;
    length?: number;
    type?: string;
    body?: Uint8Array | string;
    chunked?: boolean;
  },
): { socket: Socket; answer: () => Promise<string> } {
  const { path, secret, length = 0, type = 'application/json', body = '', chunked = false } = options;
  const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => undefined);
  let text = '';
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    ...(secret === undefined ? [] : [`x-api-key: ${secret}`]),
    `Content-Type: ${type}`,
    chunked ? 'Transfer-Encoding: chunked' : `Content-Length: ${length}`,
  ];
  socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  socket.write(body);
  const answer = async (): Promise<string> => {
    while (!text.includes('\r\n\r\n') && !socket.closed)
      await Promise.race([once(socket, 'data'), once(socket, 'close')]);
    return text.split('\r\n')[0]!;
  };
  return { socket, answer };
}

describe('a body', () => {
  let test: TestServer;
  beforeAll(async () => {
    test = await startServer();
  });
  const statusOf = async (options: Parameters<typeof rawRequest>[1]): Promise<number> =>
    Number((await rawRequest(test, options).answer()).split(' ')[1]);

  it('is refused by its own word for its size, without being read', async () => {
    const secret = test.secrets.admin;
    for (const path of [
      '/search',
      '/people',
      '/keys',
      '/recognition/subjects',
      '/recognition/faces/delete',
    ]) {
      expect(await statusOf({ path: `/api/v1${path}`, secret, length: 26_600_000 }), path).toBe(413);
    }
    expect(await statusOf({ path: '/api/v1/detect', secret, length: 100_000_000 })).toBe(413);
    const types = ['image/jpeg', 'multipart/form-data; boundary=x', 'application/octet-stream'];
    for (const type of types) {
      expect(await statusOf({ path: '/api/v1/detect', secret, type, length: 100_000_000 }), type).toBe(413);
    }
  });

  it('of unknown size is refused once it is too large', async () => {
    const body = `40000\r\n${' '.repeat(0x40000)}\r\n`;
    const { secrets } = test;
    expect(await statusOf({ path: '/api/v1/search', secret: secrets.admin, chunked: true, body })).toBe(413);
  });

  it('of somebody without a key, for no route or for the wrong method is answered before it comes', async () => {
    const length = 26_000_000;
    expect(await statusOf({ path: '/api/v1/search', length })).toBe(401);
    expect(await statusOf({ path: '/api/v1/detect', length })).toBe(401);
    expect(await statusOf({ path: '/api/v1/search', secret: 'wrong', length })).toBe(401);
    expect(await statusOf({ path: '/nope', length })).toBe(404);
    expect(await statusOf({ path: '/api/v1/nope', secret: test.secrets.admin, length })).toBe(404);
    expect(await statusOf({ path: '/api/v1/health', length })).toBe(404);
    expect(await statusOf({ path: '/api/v1/detect', secret: test.secrets.read, length })).toBe(403);
  });

  it('that was refused and goes on coming is not listened to for ever', async () => {
    const { socket, answer } = rawRequest(test, { path: '/nope', length: 1_000_000_000 });
    expect(await answer()).toContain('404');
    await once(socket, 'close');
  });

  it('of one key that never comes leaves places for other keys', async () => {
    const secret = test.secrets.recognize;
    const stalled = [];
    for (let i = 0; i < 150; i++) {
      stalled.push(
        rawRequest(test, { path: '/api/v1/detect', secret, type: 'image/jpeg', length: 100_000, body: 'x' }),
      );
    }
    const upload = (key: string) =>
      test.request('/detect', {
        method: 'POST',
        body: form({ image: photo }),
        headers: { 'x-api-key': key },
      });
    await expect.poll(async () => (await upload(secret)).status, { timeout: 20_000 }).toBe(429);
    expect((await upload(test.secrets.admin)).status).toBe(200);
    for (const { socket } of stalled) socket.destroy();
    await expect.poll(async () => (await upload(secret)).status, { timeout: 20_000 }).toBe(200);
  });
});

describe('a request that does not come in within its time', () => {
  it('is answered with 408', async () => {
    const test = await startServer({ timeoutMs: 1000 });
    const secret = test.secrets.admin;
    for (const path of ['/api/v1/detect', '/api/v1/search']) {
      const whole = { path, secret, type: path.endsWith('detect') ? 'image/jpeg' : 'application/json' };
      expect(await rawRequest(test, { ...whole, length: 1000, body: '{' }).answer(), path).toContain('408');
    }
    const socket = connect(Number(new URL(test.url).port), '127.0.0.1');
    socket.write('POST /api/v1/detect HTTP/1.1\r\nHost: x\r\n');
    const [text] = (await once(socket.setEncoding('utf8'), 'data')) as [string];
    expect(text).toContain('408 Request Timeout');
    expect(text).toContain('ERR_TIMEOUT');
  });
});

describe('a server that stops', () => {
  it('does not wait for requests that never come', async () => {
    const test = await startServer();
    const secret = test.secrets.admin;
    const types = ['image/jpeg', 'application/json', 'multipart/form-data; boundary=x'];
    const waiting = types.map((type) =>
      rawRequest(test, { path: '/api/v1/detect', secret, type, length: 1000, body: '-' }),
    );
    await expect
      .poll(async () => (await (await test.request('/metrics')).text()).match(/uploads_open (\d+)/)?.[1])
      .toBe('3');
    await test.server.close();
    for (const { answer } of waiting) expect(await answer()).toContain('503');
  });
});

describe('wrong keys', () => {
  it('are told to wait after twenty, and never keep a right key from the same address out', async () => {
    const test = await startServer();
    const ask = async (secret: string) =>
      (await test.request('/session', { headers: { 'x-api-key': secret } })).status;
    const [, id] = test.secrets.admin.split('_');
    const wrong = await Promise.all(
      Array.from({ length: 60 }, () => ask(`ft_${id}_${randomBytes(32).toString('base64url')}`)),
    );
    expect(wrong.filter((status) => status === 401)).toHaveLength(20);
    expect(wrong.filter((status) => status === 429)).toHaveLength(40);
    for (const secret of Object.values(test.secrets)) expect(await ask(secret)).toBe(200);
    // Nobody who forgot the key is called an attacker.
    expect(await ask('')).toBe(401);
  });

  it('behind a trusted proxy count for the address that the proxy names', async () => {
    const test = await startServer({ trustedProxies: ['127.0.0.1'] });
    const from = async (address: string) => {
      const headers = { 'x-api-key': 'wrong', 'x-forwarded-for': address };
      return (await test.request('/session', { headers })).status;
    };
    for (let i = 0; i < 20; i++) expect(await from('192.0.2.1')).toBe(401);
    expect(await from('192.0.2.1')).toBe(429);
    expect(await from('192.0.2.2')).toBe(401);
  });
});

describe('what a browser asks for another web page', () => {
  // fetch of Node does not let anybody set these headers.
  const status = (test: TestServer, headers: Record<string, string>, method = 'GET') =>
    new Promise<number>((resolve, reject) => {
      const { secrets, url } = test;
      const request = ask(`${url}/api/v1/people`, {
        method,
        headers: { 'x-api-key': secrets.admin, ...headers },
      });
      request.on('error', reject).on('response', (response) => {
        response.resume();
        resolve(response.statusCode!);
      });
      request.end();
    });

  it('is refused unless the page is named, with keys and without', async () => {
    const keyed = await startServer({ allowedOrigins: ['https://good.example'] });
    const open = await startServer({}, { open: true });
    for (const test of [keyed, open]) {
      expect(await status(test, {})).toBe(200);
      expect(await status(test, { 'sec-fetch-site': 'same-origin' })).toBe(200);
      expect(await status(test, { 'sec-fetch-site': 'none' })).toBe(200);
      for (const site of ['cross-site', 'same-site', 'something-new']) {
        expect(await status(test, { 'sec-fetch-site': site })).toBe(403);
        expect(await status(test, { 'sec-fetch-site': site }, 'POST')).toBe(403);
      }
    }
    const good = { 'sec-fetch-site': 'cross-site', origin: 'https://good.example' };
    expect(await status(keyed, good)).toBe(200);
    expect(await status(keyed, { ...good, origin: 'https://evil.example' })).toBe(403);
  });
});

// Windows lets nobody delete or move a file that is open.
describe.skipIf(process.platform === 'win32')('a gallery that is lost while the server runs', () => {
  it('is told with 503, by /ready too, and nothing is acknowledged', async () => {
    const test = await startServer();
    const path = join(test.folder, 'gallery.db');
    renameSync(path, `${path}.old`);
    const created = await test.request('/people', { method: 'POST', ...json({ name: 'Lost' }) });
    expect(created.status).toBe(503);
    const { error } = (await created.json()) as { error: { code: string; message: string } };
    expect(error.code).toBe('ERR_UNAVAILABLE');
    expect(error.message).toContain('was deleted or moved');
    expect(error.message).not.toContain(test.folder);
    const ready = await test.request('/ready');
    expect(ready.status).toBe(503);
    expect(await ready.json()).toMatchObject({
      status: 'unavailable',
      reason: expect.stringContaining('deleted or moved'),
    });
    expect((await test.request('/health')).status).toBe(200);
    renameSync(`${path}.old`, path);
    expect((await test.request('/ready')).status).toBe(200);
    expect((await test.request('/people', { method: 'POST', ...json({ name: 'Found' }) })).status).toBe(201);
  });
});

describe('a rejected change of a person', () => {
  it('changes nothing', async () => {
    const test = await startServer();
    const { id } = await test.gallery.createPerson({ name: 'Before' });
    await test.gallery.createPerson({ name: 'Taken' });
    const refused = [
      { name: 'After', expiresAt: '2000-01-01T00:00:00Z' },
      { name: 'After', expiresAt: 'tomorrow' },
      { name: 'After', consent: { text: 'yes', at: 'never' } },
      { name: 'Taken', expiresAt: '2999-01-01T00:00:00Z' },
      { name: '  ', consent: null },
    ];
    for (const changes of refused) {
      const response = await test.request(`/people/${id}`, { method: 'PATCH', ...json(changes) });
      expect(response.status).toBeGreaterThanOrEqual(400);
      expect(response.status).toBeLessThan(500);
      expect(await test.gallery.getPerson(id)).toMatchObject({
        name: 'Before',
        expiresAt: null,
        consent: null,
      });
    }
  });
});
