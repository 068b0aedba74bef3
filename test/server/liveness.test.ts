import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/convert/convert-model.ts';
import { MODEL_PACK_FILE } from '../../src/models/model-pack.ts';
import { assemblePack } from '../../src/node/models/assemble-pack.ts';
import { colorLiveness } from '../liveness-network.ts';
import { describeWithSharedData } from '../shared-data.ts';
import { form, json, media, startServer, type TestServer } from './start-server.ts';

interface Answer {
  readonly state: string;
  readonly done: number;
  readonly of: number;
  readonly wanted: 'ahead' | 'left' | 'right' | null;
  readonly hint: string | null;
  readonly candidates?: readonly { readonly person: { readonly name: string } }[];
}
interface Challenge {
  readonly nonce: string;
  readonly directions: readonly string[];
  readonly expiresAt: string;
}

async function challenge(server: TestServer, key?: string): Promise<Challenge> {
  const headers = key === undefined ? {} : { 'x-api-key': key };
  const response = await server.request('/liveness/challenges', { method: 'POST', headers });
  expect(response.status).toBe(201);
  return (await response.json()) as Challenge;
}

const post = (server: TestServer, nonce: string, image: Uint8Array, key?: string) =>
  server.request(`/liveness/challenges/${nonce}/frames`, {
    method: 'POST',
    body: form({ image }),
    headers: key === undefined ? {} : { 'x-api-key': key },
  });
const frame = async (server: TestServer, nonce: string, image: Uint8Array) =>
  (await (await post(server, nonce, image)).json()) as Answer;

/** The photo seen through a colored glass. */
const tinted = (color: [number, number, number]) =>
  sharp(media('audrey.jpg')).toColorspace('srgb').linear(color, [0, 0, 0]).jpeg().toBuffer();

describe('a server that checks liveness', () => {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-pack-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  let server: TestServer;
  let live: Buffer;
  let shown: Buffer;
  beforeAll(async () => {
    const bytes = colorLiveness();
    const file = { name: 'live.onnx', bytes, sha256: sha256(bytes) };
    const place = { kind: 'files' as const, name: 'live', others: [], files: [file] };
    const { pack, files } = assemblePack([place], { cropScale: 2.7 });
    writeFileSync(join(folder, MODEL_PACK_FILE), JSON.stringify(pack));
    for (const [name, content] of files) writeFileSync(join(folder, name), content);
    const pipeline = { threads: 1, detection: 'fast', liveness: { models: folder } } as const;
    server = await startServer({ pool: { pipeline } });
    [live, shown] = await Promise.all([tinted([0.5, 1, 0.5]), tinted([1, 0.5, 0.5])]);
  }, 300_000);
  const send = (path: string, image: Buffer) =>
    server.request(path, { method: 'POST', body: form({ image }) });

  it('enrolls a live face and refuses one that is shown, unless the review is off', async () => {
    const refused = await send('/faces?name=Audrey', shown);
    expect(refused.status).toBe(422);
    expect(await refused.json()).toMatchObject({
      error: { code: 'ERR_UNSUITABLE_FACE', message: expect.stringContaining('not live (2d)') },
    });
    expect(await (await send('/review', shown)).json()).toMatchObject({
      accepted: false,
      reasons: [{ code: 'not-live' }],
      faces: [{ liveness: { live: false } }],
    });
    expect((await send('/faces?name=Audrey', live)).status).toBe(201);
    expect((await send('/faces?name=Other&review=off', shown)).status).toBe(201);
    const compreface = await server.request('/recognition/faces?subject=Third', {
      method: 'POST',
      body: form({ file: shown }),
    });
    expect(compreface.status).toBeGreaterThanOrEqual(400);
  });

  it('names a live face, and gives one that is shown no name but what it is', async () => {
    const [seen] = (
      (await (await send('/recognize', live)).json()) as {
        faces: { candidates: unknown[]; liveness: object }[];
      }
    ).faces;
    expect(seen).toMatchObject({ liveness: { live: true, attackKind: null } });
    expect(seen!.candidates.length).toBeGreaterThan(0);
    const body = (await (await send('/recognize?explain=true', shown)).json()) as {
      faces: { nearest: unknown[] }[];
    };
    expect(body.faces[0]).toMatchObject({ liveness: { live: false, attackKind: '2d' }, candidates: [] });
    expect(body.faces[0]!.nearest.length).toBeGreaterThan(0);
    const compreface = await server.request('/recognition/recognize', {
      method: 'POST',
      body: form({ file: shown }),
    });
    expect(await compreface.json()).toMatchObject({ result: [{ subjects: [] }] });
    expect(await (await server.request('/metrics')).text()).toContain('outcome="not live"');
  });

  it('takes no frame of a challenge that is not live', async () => {
    const { nonce } = await challenge(server);
    expect(await frame(server, nonce, shown)).toMatchObject({ state: 'going', done: 0, hint: 'not live' });
    expect(await frame(server, nonce, live)).toMatchObject({ done: 1, hint: null });
  });
});

describe('a challenge to turn the head', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ pool: { pipeline: { threads: 1, detection: 'fast' } } });
  }, 300_000);
  const audrey = readFileSync(media('audrey.jpg'));

  it('has an order, a nonce and an end in time', async () => {
    const { nonce, directions, expiresAt } = await challenge(server);
    expect(nonce).toMatch(/^[\w-]{32}$/);
    expect(directions).toHaveLength(4);
    expect(Date.parse(expiresAt)).toBeGreaterThan(Date.now());
  });

  it('is not brought on by one photo that is shown again, moved and made smaller', async () => {
    const { nonce, directions } = await challenge(server);
    expect(await frame(server, nonce, audrey)).toMatchObject({ state: 'going', done: 1, of: 8, hint: null });
    const moved = await sharp(audrey)
      .resize(400)
      .extend({ left: 90, top: 30, background: '#777' })
      .toBuffer();
    const squeezed = await sharp(audrey).resize(380, 500, { fit: 'fill' }).toBuffer();
    for (const photo of [audrey, moved, squeezed]) {
      expect(await frame(server, nonce, photo)).toMatchObject({
        state: 'going',
        done: 1,
        wanted: directions[0],
        hint: 'go on',
      });
    }
  });

  it('counts no frame without a face, and none of somebody else', async () => {
    const { nonce } = await challenge(server);
    const nobody = await sharp({ create: { width: 200, height: 200, channels: 3, background: '#999' } })
      .jpeg()
      .toBuffer();
    expect(await frame(server, nonce, nobody)).toMatchObject({ state: 'going', done: 0, hint: 'no face' });
    await frame(server, nonce, audrey);
    const cage = readFileSync(media('cage.jpg'));
    let last: Answer | undefined;
    for (let i = 0; i < 5; i++) last = await frame(server, nonce, cage);
    expect(last).toMatchObject({ state: 'failed', wanted: null, hint: 'another face' });
    // What has its result is worth nothing more.
    expect((await post(server, nonce, audrey)).status).toBe(404);
  });

  it('is bound to the key that asked for it, and needs a scope', async () => {
    const { recognize, read, admin } = server.secrets;
    const { nonce } = await challenge(server, recognize);
    expect((await post(server, nonce, audrey, admin)).status).toBe(404);
    expect((await post(server, nonce, audrey, recognize)).status).toBe(200);
    expect((await post(server, nonce, audrey, read)).status).toBe(403);
    const asked = await server.request('/liveness/challenges', {
      method: 'POST',
      headers: { 'x-api-key': read },
    });
    expect(asked.status).toBe(403);
    expect((await post(server, 'x', audrey)).status).toBe(400);
    expect((await post(server, 'a'.repeat(32), audrey)).status).toBe(404);
  });

  it('refuses a frame that is no picture', async () => {
    const { nonce } = await challenge(server);
    const response = await server.request(`/liveness/challenges/${nonce}/frames`, {
      method: 'POST',
      ...json({ image: 'AAAA' }),
    });
    expect(response.status).toBeGreaterThanOrEqual(400);
    expect((await post(server, nonce, audrey)).status).toBe(200);
  });
});

describeWithSharedData('a challenge to turn the head, with photos of one person', ['lfw-dev'], (lfw) => {
  // A person of Labeled Faces in the Wild of whom there are photos from three sides.
  const photo = (number: string) => readFileSync(`${lfw}/Adrien_Brody/Adrien_Brody_${number}.jpg`);
  it('passes a head that turns as it is told to, says who it is, and is over then', async () => {
    const pipeline = { threads: 1, detection: 'fast' } as const;
    // Of the people in the background nobody is asked.
    const server = await startServer({ pool: { pipeline }, minFaceSize: 80 });
    const enrolled = await server.request('/faces?name=Adrien', {
      method: 'POST',
      body: form({ image: photo('0003') }),
    });
    expect(enrolled.status).toBe(201);
    const { nonce } = await challenge(server);
    const views = { ahead: photo('0002'), left: photo('0005'), right: photo('0012') };
    let answer = await frame(server, nonce, views.ahead);
    for (let i = 0; i < 8 && answer.wanted !== null; i++)
      answer = await frame(server, nonce, views[answer.wanted]);
    expect(answer).toMatchObject({ state: 'passed', done: 8, hint: null });
    expect(answer.candidates![0]!.person.name).toBe('Adrien');
    expect((await post(server, nonce, views.ahead)).status).toBe(404);
    const again = await challenge(server);
    const first = await frame(server, again.nonce, views.ahead);
    const wrong = first.wanted === 'left' ? views.right : views.left;
    expect(await frame(server, again.nonce, wrong)).toMatchObject({ state: 'failed', hint: 'other way' });
  });
});
