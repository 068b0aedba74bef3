import { spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { DurableQueue } from '../../../src/watch/triggers/durable-queue.ts';
import { sendWebhook, signWebhook } from '../../../src/watch/triggers/send-webhook.ts';
import { WebhookSender } from '../../../src/watch/triggers/webhook-sender.ts';
import { compileSource } from '../compile-source.ts';
import { temporaryFolder } from '../ffmpeg-tools.ts';

const folder = temporaryFolder();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

interface Call {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver that answers with the given statuses, then with 200. */
async function receiver(statuses: number[] = [], headers: Record<string, string> = {}) {
  const calls: Call[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      calls.push({ headers: request.headers, body });
      response.writeHead(statuses.shift() ?? 200, headers).end('x'.repeat(1000));
    });
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/hook`, port, calls };
}

const target = (url: string, more = {}) => ({
  url,
  headers: {},
  allowInternal: true,
  timeoutMs: 2000,
  ...more,
});

describe('sendWebhook', () => {
  it('posts the JSON with a signature that the receiver can check', async () => {
    const { url, calls } = await receiver();
    const body = '{"label":"Zoë"}';
    const result = await sendWebhook(target(url, { secret: 's3cret', headers: { 'x-a': 'b' } }), {
      id: 'e1',
      body,
    });
    expect(result).toEqual({ ok: true });
    const { headers, body: received } = calls[0]!;
    expect(received).toBe(body);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-face-trigger-id': 'e1',
      'x-a': 'b',
    });
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(
      String(headers['x-face-trigger-signature']),
    )!;
    expect(createHmac('sha256', 's3cret').update(`${seconds}.${body}`).digest('hex')).toBe(digest);
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(60);
  });

  it('refuses internal addresses unless they are allowed, by number and by name', async () => {
    const { url, port, calls } = await receiver();
    const message = { id: 'e1', body: '{}' };
    for (const address of [
      url,
      `http://localhost:${port}/`,
      `http://[::1]:${port}/`,
      `http://2130706433:${port}/`,
    ]) {
      const result = await sendWebhook(target(address, { allowInternal: false }), message);
      expect(result).toMatchObject({
        ok: false,
        retry: false,
        reason: expect.stringContaining('internal address'),
      });
    }
    expect(calls).toEqual([]);
  });

  it('does not follow redirects', async () => {
    const elsewhere = await receiver();
    const { url } = await receiver([302], { location: elsewhere.url });
    expect(await sendWebhook(target(url), { id: 'e1', body: '{}' })).toMatchObject({
      ok: false,
      retry: false,
    });
    expect(elsewhere.calls).toEqual([]);
  });

  it('asks for another try where one may help, and for none where it may not', async () => {
    const { url } = await receiver([500, 429, 400]);
    const retry = async () =>
      (await sendWebhook(target(url), { id: 'e1', body: '{}' })) as { retry: boolean };
    expect([(await retry()).retry, (await retry()).retry, (await retry()).retry]).toEqual([
      true,
      true,
      false,
    ]);
  });

  it('gives up waiting for a receiver that does not answer', async () => {
    const server = createServer(() => undefined);
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const result = await sendWebhook(target(url, { timeoutMs: 200 }), { id: 'e1', body: '{}' });
    expect(result).toMatchObject({ ok: false, retry: true, reason: expect.stringContaining('200 ms') });
    server.closeAllConnections();
  });

  it('signs as documented', () => {
    // python3.11: hmac.new(b'key', b'1700000000.{}', 'sha256').hexdigest()
    expect(signWebhook('{}', { secret: 'key', seconds: 1_700_000_000 })).toBe(
      't=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae',
    );
  });
});

describe('WebhookSender', () => {
  it('tries again until the receiver takes it, and keeps the order', async () => {
    const { url, calls } = await receiver([503, 500]);
    const log: string[] = [];
    const sender = await WebhookSender.create({
      targets: new Map([['a', target(url)]]),
      path: join(folder, 'order.queue'),
      retryMinMs: 10,
      log: (message) => log.push(message),
    });
    for (const id of ['1', '2', '3']) await sender.send('a', { id, body: `{"n":${id}}` });
    await sender.close(5000);
    expect(calls.map((call) => call.body)).toEqual(['{"n":1}', '{"n":1}', '{"n":1}', '{"n":2}', '{"n":3}']);
    expect(log[0]).toContain('503');
  });

  it('delivers what waited when it starts again', async () => {
    const path = join(folder, 'later.queue');
    const dead = await WebhookSender.create({
      targets: new Map([['a', target('http://127.0.0.1:9/')]]),
      path,
      log: () => undefined,
    });
    await dead.send('a', { id: '1', body: '{"n":1}' });
    await dead.close(0);
    const { url, calls } = await receiver();
    const alive = await WebhookSender.create({
      targets: new Map([['a', target(url)]]),
      path,
      log: () => undefined,
    });
    await alive.close(5000);
    expect(calls.map((call) => [call.headers['x-face-trigger-id'], call.body])).toEqual([['1', '{"n":1}']]);
  });

  it('does not let one dead receiver hold up another', async () => {
    const { url, calls } = await receiver();
    const sender = await WebhookSender.create({
      targets: new Map([
        ['dead', target('http://127.0.0.1:9/')],
        ['alive', target(url)],
      ]),
      path: join(folder, 'lanes.queue'),
      log: () => undefined,
    });
    await sender.send('dead', { id: '1', body: '{}' });
    await sender.send('alive', { id: '1', body: '{}' });
    await sender.close(300);
    expect(calls).toHaveLength(1);
  });
});

describe('DurableQueue', () => {
  const entry = (id: string) => ({ id, target: 'a', body: `{"id":"${id}"}` });

  it('keeps what is not done, in order, and skips a torn last line', async () => {
    const path = join(folder, 'torn.queue');
    const queue = await DurableQueue.open(path);
    for (const id of ['1', '2', '3']) await queue.add(entry(id));
    await queue.done('2');
    await queue.close();
    writeFileSync(path, `${readFileSync(path, 'utf8')}{"add":{"id":"4","tar`);
    const again = await DurableQueue.open(path);
    expect(again.entries.map(({ id }) => id)).toEqual(['1', '3']);
    await again.add(entry('5'));
    await again.close();
    const last = await DurableQueue.open(path);
    expect(last.entries.map(({ id }) => id)).toEqual(['1', '3', '5']);
    await last.close();
  });

  it('drops the oldest beyond its bound and says so', async () => {
    const dropped: string[] = [];
    const path = join(folder, 'bound.queue');
    const queue = await DurableQueue.open(path, { capacity: 2, onDrop: ({ id }) => dropped.push(id) });
    for (const id of ['1', '2', '3', '4']) await queue.add(entry(id));
    await queue.close();
    expect(dropped).toEqual(['1', '2']);
    const again = await DurableQueue.open(path);
    expect(again.entries.map(({ id }) => id)).toEqual(['3', '4']);
    await again.close();
  });

  it('does not grow with what is done', async () => {
    const path = join(folder, 'compact.queue');
    const queue = await DurableQueue.open(path);
    await queue.add(entry('kept'));
    for (let i = 0; i < 1100; i++) {
      await queue.add(entry(String(i)));
      await queue.done(String(i));
    }
    await queue.close();
    expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(400);
  });

  it('is refused to a second process, and given to the next one when the first is dead', async () => {
    const path = join(folder, 'lock.queue');
    const queue = await DurableQueue.open(path);
    await expect(DurableQueue.open(path)).rejects.toMatchObject({ code: 'ERR_FILE_WRITE' });
    await queue.close();
    const child = spawn('true');
    await once(child, 'close');
    writeFileSync(`${path}.lock`, String(child.pid));
    await (await DurableQueue.open(path)).close();
  });

  it('loses nothing that it acknowledged when the process is killed, ten times', async () => {
    const path = join(folder, 'kill.queue');
    compileSource(join(folder, 'compiled'));
    const script = join(folder, 'fill.mjs');
    writeFileSync(
      script,
      `import { DurableQueue } from './compiled/dist/watch/triggers/durable-queue.js';
const queue = await DurableQueue.open(process.argv[2], { capacity: 1e6 });
for (let i = 0; ; i++) {
  const id = process.argv[3] + '-' + i;
  await queue.add({ id, target: 'a', body: 'x'.repeat(i % 700) });
  process.stdout.write(id + '\\n');
}`,
    );
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const child = spawn(process.execPath, [script, path, String(round)], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const lines: string[] = [];
      let rest = '';
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop()!;
        lines.push(...parts);
        if (lines.length >= 20 + round * 3) child.kill('SIGKILL');
      });
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      acknowledged.push(...lines);
    }
    const queue = await DurableQueue.open(path, { capacity: 1e6 });
    const kept = new Set(queue.entries.map(({ id }) => id));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    await queue.close();
  });
});
