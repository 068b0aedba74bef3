import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { WebhookTarget } from '../../../src/watch/triggers/send-webhook.ts';
import { WebhookSender } from '../../../src/watch/triggers/webhook-sender.ts';
import { temporaryFolder } from '../ffmpeg-tools.ts';
import { closeReceivers, receiver, target } from './webhook-receiver.ts';

const folder = temporaryFolder();
afterEach(closeReceivers);

async function open(name: string, targets: Record<string, WebhookTarget>, more = {}) {
  const log: string[] = [];
  const path = join(folder, `${name}.queue`);
  const sender = await WebhookSender.create({
    targets: new Map(Object.entries(targets)),
    path,
    retryMinMs: 1,
    retryMaxMs: 5,
    log: (message) => log.push(message),
    ...more,
  });
  const undelivered = () =>
    readFileSync(`${path}.undelivered.jsonl`, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { event: unknown; reason: string; receiver: string });
  return { sender, log, path, undelivered };
}

const body = (n: number) => `{"n":${n}}`;
const dead = target('http://127.0.0.1:9/');

describe('WebhookSender', () => {
  it('tries again until the receiver takes it, and keeps the order', async () => {
    const { url, calls } = await receiver([503, 500]);
    const { sender, log } = await open('order', { a: target(url) });
    for (const n of [1, 2, 3]) sender.send('a', { id: String(n), body: body(n) });
    await sender.close(5000);
    expect(calls.map((call) => call.body)).toEqual([1, 1, 1, 2, 3].map(body));
    expect(log[0]).toContain('503');
  });

  it('delivers what waited when it starts again, under the same id and with the mark that it may be told twice', async () => {
    const first = await open('later', { a: dead });
    first.sender.send('a', { id: '1', body: body(1) });
    await first.sender.close(0);
    const { url, calls } = await receiver();
    const second = await open('later', { a: target(url) });
    await second.sender.close(5000);
    expect(calls.map((call) => [call.headers['x-face-trigger-id'], JSON.parse(call.body)])).toEqual([
      ['1', { ...JSON.parse(body(1)), repeat: true }],
    ]);
  });

  it('does not let a dead receiver hold up another, nor push its events out of the queue', async () => {
    const { url, calls } = await receiver();
    const { sender, undelivered, log } = await open('lanes', { dead, alive: target(url) }, { capacity: 3 });
    for (let n = 0; n < 5; n++) sender.send('dead', { id: String(n), body: body(n) });
    for (let n = 0; n < 3; n++) sender.send('alive', { id: String(n), body: body(n) });
    await sender.close(300);
    expect(calls.map((call) => call.body)).toEqual([0, 1, 2].map(body));
    expect(undelivered().map(({ event }) => event)).toEqual([{ n: 0 }, { n: 1 }]);
    expect(log.filter((line) => line.includes('too many events wait'))).toHaveLength(2);
  });

  it('gives up at once, and goes on, where a request cannot be made or is refused for good', async () => {
    const { url, calls } = await receiver((text) => (text === body(2) ? 410 : 200));
    const broken = target(url, { headers: { 'x-door': '→' } });
    const { sender, undelivered, log } = await open('broken', { broken, a: target(url) });
    for (const n of [1, 2, 3]) {
      sender.send('broken', { id: String(n), body: body(n) });
      sender.send('a', { id: String(n), body: body(n) });
    }
    await sender.close(5000);
    expect(calls.map((call) => call.body)).toEqual([1, 2, 3].map(body));
    expect(undelivered()).toHaveLength(4);
    expect(undelivered()).toContainEqual(
      expect.objectContaining({ receiver: 'a', event: { n: 2 }, reason: expect.stringContaining('410') }),
    );
    expect(log.filter((line) => line.includes('given up'))).toHaveLength(4);
    expect(sender.pending).toBe(0);
  });

  it('gives up what is too old for a receiver that always fails, and keeps what is not', async () => {
    const { url } = await receiver(() => 500);
    const impatient = target(url, { giveUpHours: 0 });
    const { sender, undelivered } = await open('old', { impatient, patient: target(url) });
    for (const n of [1, 2]) {
      sender.send('impatient', { id: String(n), body: body(n) });
      sender.send('patient', { id: String(n), body: body(n) });
    }
    await expect.poll(() => sender.pending, { timeout: 10_000 }).toBe(2);
    await sender.close(0);
    expect(undelivered().map(({ event, receiver: name }) => [name, event])).toEqual([
      ['impatient', { n: 1 }],
      ['impatient', { n: 2 }],
    ]);
  });

  it('gives up one event that the receiver fails at while it takes the others', async () => {
    const { url, calls } = await receiver((text) => (text === body(1) ? 500 : 200));
    const { sender, undelivered } = await open('poison', { a: target(url) });
    for (const n of [1, 2, 3]) sender.send('a', { id: String(n), body: body(n) });
    await sender.close(10_000);
    expect(undelivered().map(({ event }) => event)).toEqual([{ n: 1 }]);
    expect(calls.map((call) => call.body).filter((text) => text !== body(1))).toEqual([2, 3].map(body));
  });

  it('gives up no event of a receiver that was away for all, however long', async () => {
    let calls = 0;
    const { url, calls: seen } = await receiver(() => (++calls <= 40 ? 503 : 200));
    const { sender } = await open('away', { a: target(url) });
    for (const n of [1, 2, 3]) sender.send('a', { id: String(n), body: body(n) });
    await sender.close(20_000);
    expect(new Set(seen.slice(40).map((call) => call.body))).toEqual(new Set([1, 2, 3].map(body)));
  });

  it('keeps what is given up where only the owner can read it, also of a target that is gone', async () => {
    const first = await open('gone', { a: dead });
    first.sender.send('a', { id: '1', body: body(1) });
    await first.sender.close(0);
    const second = await open('gone', {});
    await second.sender.close(0);
    expect(second.undelivered()).toMatchObject([{ receiver: 'a', event: { n: 1 } }]);
    expect(second.log.join()).toContain('not in the triggers');
    if (process.platform === 'win32') return;
    for (const file of [second.path, `${second.path}.undelivered.jsonl`])
      expect(statSync(file).mode & 0o777).toBe(0o600);
  });
});
