import { createHmac } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseTriggers } from '../../../src/watch/triggers/read-triggers.ts';
import { TriggerRunner } from '../../../src/watch/triggers/trigger-runner.ts';
import { packDelivery, unpackDelivery } from '../../../src/watch/triggers/webhook-content.ts';
import type { WatchEvent } from '../../../src/watch/watch-event.ts';
import { temporaryFolder } from '../ffmpeg-tools.ts';
import { sampleEvent } from './sample-events.ts';
import { type Call, closeReceivers, receiver } from './webhook-receiver.ts';

const folder = temporaryFolder();
const JPEG = Buffer.from([0xff, 0xd8, 0xff, 0x00, 0x0d, 0x0a, 0x2d, 0x2d, 0x80]);
const snapshot = join(folder, 'face.jpg');
writeFileSync(snapshot, JPEG);
let queues = 0;

afterAll(() => closeReceivers());

/** What a receiver got of an event. */
async function deliver(triggers: string, event: WatchEvent, { at = '', status = [] as number[] } = {}) {
  const hook = await receiver(status);
  const text = triggers.replace('HOST', `http://127.0.0.1:${hook.port}`);
  const log: string[] = [];
  const runner = await TriggerRunner.create({
    triggers: parseTriggers(text, { path: 't' }),
    queuePath: join(folder, `content-${++queues}.queue`),
    write: () => undefined,
    log: (message) => log.push(message),
    live: false,
    webhookRetryMs: 20,
  });
  await runner.handle(event);
  if (at !== '') await runner.handle(sampleEvent({ type: 'face.appeared', track: 99, time: at }));
  await expect.poll(() => hook.calls.length, { timeout: 5000 }).toBe(status.length + 1);
  await runner.close();
  return { calls: hook.calls, call: hook.calls.at(-1)!, log };
}

const webhook = (more: string) =>
  `triggers: [{ do: { type: webhook, url: HOST/hook, allowInternal: true, ${more} } }]`;

/** The parts of a form, as another program reads them. */
async function parts({ headers, bytes }: Call) {
  const response = new Response(new Uint8Array(bytes), {
    headers: { 'content-type': headers['content-type']! },
  });
  const form = await response.formData();
  const found: Record<string, { type: string; name: string; bytes: Buffer } | string> = {};
  for (const [key, value] of form)
    found[key] =
      typeof value === 'string'
        ? value
        : { type: value.type, name: value.name, bytes: Buffer.from(await value.arrayBuffer()) };
  return found;
}

describe('what a webhook sends', () => {
  it('is the event as JSON unless it is asked for something else', async () => {
    const { call } = await deliver(webhook(''), sampleEvent({ snapshot }));
    expect(call.headers['content-type']).toBe('application/json');
    expect(JSON.parse(call.body)).toEqual(sampleEvent({ snapshot }));
  });

  it('is a form of the event and its picture, signed as it stands, also when it is sent again', async () => {
    const { calls } = await deliver(webhook('picture: true, secret: s3'), sampleEvent({ snapshot }), {
      status: [500],
    });
    for (const call of calls) {
      const { event, picture } = await parts(call);
      expect(event).toMatchObject({ type: 'application/json' });
      expect(JSON.parse((event as { bytes: Buffer }).bytes.toString())).toEqual(sampleEvent({ snapshot }));
      expect(picture).toEqual({ type: 'image/jpeg', name: 'face.jpg', bytes: JPEG });
      const header = String(call.headers['x-face-trigger-signature']);
      const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header)!;
      const expected = createHmac('sha256', 's3').update(`${seconds}.`).update(call.bytes).digest('hex');
      expect(digest).toBe(expected);
    }
  });

  it.each([null, join(folder, 'gone.jpg')])(
    'leaves the picture out where there is none (%s)',
    async (file) => {
      const { call, log } = await deliver(webhook('picture: true'), sampleEvent({ snapshot: file }));
      expect(Object.keys(await parts(call))).toEqual(['event']);
      expect(log).toEqual([]);
    },
  );

  it('is JSON of its own with what the event says, whatever the name holds', async () => {
    const label = '"Ann"\\ {camera} \u0000';
    const { call } = await deliver(
      webhook('json: { text: "{name} at {camera}, {place}{zone}", list: [1, true, null, "{type}"] }'),
      sampleEvent({ label, place: 'home', zones: ['step', 'gate'] }),
    );
    expect(JSON.parse(call.body)).toEqual({
      text: `${label} at front door, homestep, gate`,
      list: [1, true, null, 'person.recognized'],
    });
  });

  it('keeps a name from ending its field of a form', async () => {
    const label = 'x"\r\n--boundary\r\nContent-Disposition: form-data; name="admin"\r\n\r\n1';
    const { call } = await deliver(
      webhook('form: { text: "{name}", photo: "{picture}" }'),
      sampleEvent({ label, snapshot }),
    );
    expect(await parts(call)).toEqual({ text: label, photo: expect.objectContaining({ bytes: JPEG }) });
  });

  it.each([
    ['json: { a: "{nmae}" }', /no placeholder \{nmae\}; there are \{name\}/],
    ['form: { a: "x {picture}" }', /no placeholder \{picture\}/],
    ['json: { a: b }, picture: true', /Expected one of picture, json, form and content/],
    ['content: text', /picture/],
  ])('refuses { %s }', (more, message) => {
    expect(() => parseTriggers(webhook(more).replace('HOST', 'http://x.example'), { path: 't' })).toThrow(
      message,
    );
  });

  it('goes through the queue as bytes', () => {
    const json = JSON.stringify(sampleEvent({ label: '{"picture":"' }));
    expect(unpackDelivery(packDelivery(json, JPEG))).toEqual({ event: JSON.parse(json), picture: JPEG });
    expect(unpackDelivery(packDelivery(json, null))).toEqual({ event: JSON.parse(json), picture: null });
  });
});

/** The triggers of a recipe in the guide. */
function recipe(name: string): string {
  const guide = readFileSync('docs/guide/cameras.md', 'utf8');
  const block = new RegExp(`<!-- recipe: ${name} -->\n\`\`\`yaml\n([\\s\\S]*?)\`\`\``).exec(guide)![1]!;
  // The stand-in is on this machine.
  const here = block.replace(/https?:\/\/[^/\s]+/, 'HOST').replace(/\n +allowInternal: .*/, '');
  return here.replace('type: webhook', 'type: webhook\n      allowInternal: true');
}

describe('recipes of the guide', () => {
  const stranger = sampleEvent({ type: 'stranger.appeared', label: null, stranger: 'stranger 3', snapshot });

  // POST /message: gotify.net/api-docs, "Message": message is required; token in the header X-Gotify-Key.
  it('sends what Gotify takes', async () => {
    const { call } = await deliver(recipe('gotify'), stranger);
    expect(call.url).toBe('/message');
    expect(call.headers['x-gotify-key']).toBe('your-app-token');
    const shape = z.strictObject({
      message: z.string().min(1),
      title: z.string(),
      priority: z.int().min(0).max(10),
    });
    expect(shape.parse(JSON.parse(call.body)).message).toBe('stranger 3 at front door');
  });

  // docs.ntfy.sh/publish: a body that is a file is an attachment; title, message, filename, priority (1 .. 5) as
  // parameters of the address.
  it('sends what ntfy takes, with the picture', async () => {
    const { call } = await deliver(recipe('ntfy'), stranger);
    const { pathname, searchParams } = new URL(call.url, 'http://ntfy');
    expect(pathname).toBe('/your-secret-topic');
    expect(Object.fromEntries(searchParams)).toEqual({
      title: 'A stranger',
      message: 'Somebody is at the door',
      filename: 'face.jpg',
      priority: '4',
    });
    expect(call.bytes).toEqual(JPEG);
    expect(call.headers['content-type']).toBe('image/jpeg');
  });

  // docs.ntfy.sh/publish/#publish-as-json: POST to the root; topic is required.
  it('sends what ntfy takes, as JSON', async () => {
    const { version, id, time, source, timeMs } = sampleEvent();
    const seen = { camera: source, since: time, lastSeen: time, snapshot: null };
    const event = {
      version,
      id,
      time,
      source,
      timeMs,
      label: 'Ann',
      personId: null,
      stranger: null,
      ...seen,
    };
    const { call } = await deliver(recipe('ntfy-json'), {
      ...event,
      type: 'presence.arrived',
      visit: 'v1',
      place: 'home',
    });
    expect(call.url).toBe('/');
    const shape = z.strictObject({
      topic: z.string().min(1),
      title: z.string(),
      message: z.string(),
      tags: z.array(z.string()),
      priority: z.int().min(1).max(5),
    });
    expect(shape.parse(JSON.parse(call.body))).toMatchObject({ message: 'Ann came to home' });
  });

  // core.telegram.org/bots/api#sendphoto: multipart/form-data with chat_id and photo; caption of 1024 letters at most.
  it('sends what Telegram takes', async () => {
    const { call } = await deliver(recipe('telegram'), stranger, { at: '2026-11-25T12:00:06.000Z' });
    expect(call.url).toBe('/bot123456:your-token/sendPhoto');
    expect(await parts(call)).toEqual({
      chat_id: '123456',
      caption: 'stranger 3 at front door',
      photo: { type: 'image/jpeg', name: 'face.jpg', bytes: JPEG },
    });
  });
});
