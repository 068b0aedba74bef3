import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { sendWebhook, signWebhook, webhookMistake } from '../../../src/watch/triggers/send-webhook.ts';
import { closeReceivers, receiver, target } from './webhook-receiver.ts';

const servers: Server[] = [];
afterEach(() => {
  closeReceivers();
  for (const server of servers.splice(0)) server.close();
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

  it('neither throws nor asks for another try where a request cannot be made at all', async () => {
    const message = { id: 'e1', body: '{}' };
    for (const more of [
      { headers: { 'x-door': 'Haustür → Küche' } },
      { headers: { 'x-door': 'a\nb: c' } },
      { headers: { 'x door': 'a' } },
      { url: 'http://%zz@127.0.0.1:9/' },
      { url: 'no address' },
    ]) {
      const broken = { ...target('http://127.0.0.1:9/'), ...more };
      expect(await sendWebhook(broken, message)).toMatchObject({ ok: false, retry: false });
      expect(webhookMistake(broken)).not.toBeNull();
    }
  });

  it('sends the characters of Latin-1 in headers, and lets headers be replaced that are free', async () => {
    const { url, calls } = await receiver();
    const headers = {
      'x-door': 'Haustür',
      'Content-Type': 'application/cloudevents+json',
      'User-Agent': 'me',
    };
    expect(webhookMistake(target(url, { headers }))).toBeNull();
    expect(await sendWebhook(target(url, { headers }), { id: 'e1', body: '{"a":"→"}' })).toEqual({
      ok: true,
    });
    expect(calls[0]?.body).toBe('{"a":"→"}');
    expect(calls[0]?.headers).toMatchObject({
      'x-door': 'Haustür',
      'content-type': 'application/cloudevents+json',
      'user-agent': 'me',
      'content-length': '11',
    });
  });

  it('asks for another try after a receiver that ends the line in its own way', async () => {
    for (const answer of [
      '',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
      '?',
    ]) {
      const server = createTcpServer((socket) => {
        socket.once('data', () => socket.end(answer));
        socket.on('error', () => undefined);
      });
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const result = await sendWebhook(target(`http://127.0.0.1:${port}/`), { id: 'e1', body: '{}' });
      expect(result).toMatchObject({ ok: false, retry: true });
      server.close();
    }
  });

  it('calls an internal address that the list of allowed ones holds, and no other', async () => {
    const { url, port, calls } = await receiver();
    const call = (address: string, allowInternal: string[]) =>
      sendWebhook(target(address, { allowInternal }), { id: 'e1', body: '{}' });
    expect(await call(url, ['127.0.0.0/8'])).toEqual({ ok: true });
    expect(await call(`http://localhost:${port}/`, ['localhost'])).toEqual({ ok: true });
    expect(await call(url, ['10.0.0.0/8', 'localhost'])).toMatchObject({ ok: false, retry: false });
    expect(calls).toHaveLength(2);
  });

  it('signs as documented', () => {
    // python3.11: hmac.new(b'key', b'1700000000.{}', 'sha256').hexdigest()
    expect(signWebhook('{}', { secret: 'key', seconds: 1_700_000_000 })).toBe(
      't=1700000000,v1=9d713ed406bb7076d4123f0dc2c39d2df5c654ed4b0cd56b52c8b4c940bd63ae',
    );
  });
});
