import { readFileSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { media, startServer, type TestServer } from '../start-server.ts';

interface Box {
  readonly x_min: number;
  readonly y_min: number;
  readonly x_max: number;
  readonly y_max: number;
}
interface CompreFaceAnswer {
  readonly code?: number;
  readonly message?: string;
  readonly image_id?: string;
  readonly deleted?: number;
  readonly faces?: readonly object[];
  readonly plugins_versions?: object;
  readonly result?: readonly {
    readonly box: Box;
    readonly embedding?: readonly number[];
    readonly landmarks?: readonly object[];
    readonly similarity?: number;
    readonly similarities?: readonly { readonly subject: string; readonly similarity: number }[];
    readonly execution_time?: object;
  }[];
}

let test: TestServer;
let imageId: string;
let embedding: readonly number[];
const photo = (name: string) => readFileSync(media(name));
const form = (file: Uint8Array, fields: Record<string, string> = {}) => {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.set(name, value);
  body.set('file', new Blob([file]), 'photo.jpg');
  return body;
};

async function ask(path: string, init: RequestInit = {}) {
  const response = await test.request(path, init);
  const json = (await response.json()) as CompreFaceAnswer;
  return { status: response.status, json };
}
const post = (path: string, file: Uint8Array) => ask(path, { method: 'POST', body: form(file) });
const postJson = (path: string, value: unknown) =>
  ask(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-api-key': test.secrets.admin },
    body: JSON.stringify(value),
  });

/** A photo of two faces side by side. */
async function twoFaces(): Promise<Uint8Array> {
  const left = await sharp(photo('audrey.jpg')).resize({ height: 400 }).toBuffer();
  const right = await sharp(photo('franck_01829.jpg')).resize({ height: 400 }).toBuffer();
  const { width = 0 } = await sharp(left).metadata();
  const { width: other = 0 } = await sharp(right).metadata();
  return sharp({ create: { width: width + other, height: 400, channels: 3, background: 'gray' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: width, top: 0 },
    ])
    .jpeg()
    .toBuffer();
}

beforeAll(async () => {
  test = await startServer({}, { thumbnails: true });
  const added = await post('/recognition/faces?subject=Franck', photo('franck_01829.jpg'));
  imageId = added.json.image_id!;
  const found = await post('/detection/detect?face_plugins=calculator', photo('franck_04035.jpg'));
  embedding = found.json.result![0]!.embedding!;
});

describe("CompreFace's routes, asked as its clients ask", () => {
  it('answer addresses with doubled slashes', async () => {
    const { port } = new URL(test.url);
    const status = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        const headers = { 'x-api-key': test.secrets.admin };
        httpRequest({ port, path, headers }, (response) => {
          response.resume();
          resolve(response.statusCode);
        })
          .on('error', reject)
          .end();
      });
    expect(await status('//api/v1/recognition/subjects')).toBe(200);
    expect(await status('/api//v1///recognition/subjects/')).toBe(200);
    // Behind the first "?" nothing is an address.
    expect(await status('/api/v1/recognition/faces?subject=http://x//y')).toBe(200);
  });

  it('take parameters as clients write them', async () => {
    const query =
      'limit=&prediction_count=&det_prob_threshold=&status=True&face_plugins=landmarks,%20calculator';
    const { status, json } = await post(`/recognition/recognize?${query}`, photo('audrey.jpg'));
    expect(status).toBe(200);
    expect(json.plugins_versions).toHaveProperty('calculator');
    expect(json.result![0]).toMatchObject({ execution_time: { detector: expect.any(Number) } });
    expect(json.result![0]!.landmarks).toHaveLength(3);
    expect(json.result![0]!.embedding).toHaveLength(128);
    expect(await ask('/recognition/faces?page=&size=&subject=')).toMatchObject({
      status: 200,
      json: { total_elements: 1 },
    });
  });

  it('take parameters as parts of the form too, the address first', async () => {
    const asForm = (path: string, file: Uint8Array, fields: Record<string, string>) =>
      ask(path, { method: 'POST', body: form(file, fields) });
    const fields = { status: 'TRUE', face_plugins: 'Landmarks, calculator', limit: '1', camera: 'door' };
    const { json } = await asForm('/recognition/recognize', await twoFaces(), fields);
    expect(json.plugins_versions).toHaveProperty('calculator');
    expect(json.result).toHaveLength(1);
    expect(json.result![0]!.landmarks).toHaveLength(3);
    expect(json.result![0]!.embedding).toHaveLength(128);
    const two = await asForm('/recognition/recognize?limit=2', await twoFaces(), { limit: '1' });
    expect(two.json.result).toHaveLength(2);
    const filled = await asForm('/recognition/recognize?limit=', await twoFaces(), { limit: '1' });
    expect(filled.json.result).toHaveLength(1);
    for (const [name, value] of [
      ['limit', 'x'],
      ['subject', 'x'.repeat(3000)],
    ] as const) {
      expect(
        await asForm('/recognition/recognize', photo('audrey.jpg'), { [name]: value }),
        name,
      ).toMatchObject({ status: 400, json: { code: 36 } });
    }
    const added = await asForm('/recognition/faces', photo('audrey.jpg'), { subject: ' Audrey ' });
    expect(added).toMatchObject({ status: 201, json: { subject: 'Audrey' } });
    await ask('/recognition/subjects/Audrey', { method: 'DELETE' });
  });

  it('tell a picture that is missing from one that cannot be read', async () => {
    const path = '/recognition/recognize';
    const missing = { status: 400, json: { code: 34 } };
    const other = new FormData();
    other.set('picture', new Blob([photo('audrey.jpg')]), 'a.jpg');
    const text = new FormData();
    text.set('file', 'person_1.jpg');
    for (const body of [other, text, new FormData()]) {
      expect(await ask(path, { method: 'POST', body })).toMatchObject(missing);
    }
    expect(await ask(path, { method: 'POST' })).toMatchObject(missing);
    const one = new FormData();
    one.set('source_image', new Blob([photo('audrey.jpg')]), 'a.jpg');
    expect(await ask('/verification/verify', { method: 'POST', body: one })).toMatchObject(missing);
    for (const value of [{}, { file: null }, { file: ' ' }, { file: 3 }]) {
      expect(await postJson(path, value)).toMatchObject({ status: 400, json: { code: 5 } });
    }
    expect(await postJson(path, { file: '%%' })).toMatchObject({ status: 400, json: { code: 21 } });
  });

  it('take base64 of both alphabets', async () => {
    for (const encoding of ['base64', 'base64url'] as const) {
      const file = photo('audrey.jpg').toString(encoding);
      expect((await postJson('/detection/detect', { file })).status, encoding).toBe(200);
    }
  });

  it('keep boxes within the picture at all four borders', async () => {
    const whole = sharp(photo('audrey.jpg'));
    const { width = 0, height = 0 } = await whole.metadata();
    const { json } = await post('/detection/detect', photo('audrey.jpg'));
    const { x_min, y_min, x_max, y_max } = json.result![0]!.box;
    const cut = Math.round((x_max - x_min) * 0.12);
    const pieces = {
      right: { left: 0, top: 0, width: x_max - cut, height },
      bottom: { left: 0, top: 0, width, height: y_max - cut },
      left: { left: x_min + cut, top: 0, width: width - x_min - cut, height },
      top: { left: 0, top: y_min + cut, width, height: height - y_min - cut },
    };
    for (const [border, piece] of Object.entries(pieces)) {
      const part = await sharp(photo('audrey.jpg')).extract(piece).jpeg({ quality: 95 }).toBuffer();
      const { status, json: answer } = await post('/detection/detect', part);
      expect(status, border).toBe(200);
      const { box } = answer.result![0]!;
      const reached = { left: box.x_min, top: box.y_min, right: box.x_max, bottom: box.y_max }[border];
      const limit = { left: 0, top: 0, right: piece.width - 1, bottom: piece.height - 1 }[border];
      expect(reached, border).toBe(limit);
      expect(box.x_max).toBeLessThan(piece.width);
      expect(box.y_max).toBeLessThan(piece.height);
    }
  });

  it('tell what is wrong by CompreFace numbers', async () => {
    const blank = await sharp({ create: { width: 300, height: 300, channels: 3, background: 'gray' } })
      .jpeg()
      .toBuffer();
    const unknown = '00000000-0000-4000-8000-000000000000';
    const remove = { method: 'DELETE' };
    expect(await post('/recognition/faces?subject=Two', await twoFaces())).toMatchObject({
      status: 400,
      json: { code: 31, message: 'Found more than one face in the given image' },
    });
    expect(await post('/recognition/faces?subject=Two', blank)).toMatchObject({
      status: 400,
      json: { code: 28 },
    });
    // Nothing of a refused example stays.
    expect((await ask('/recognition/subjects')).json).toEqual({ subjects: ['Franck'] });
    expect(await post('/recognition/faces', blank)).toMatchObject({ status: 400, json: { code: 33 } });
    expect(await post('/recognition/faces?subject=', blank)).toMatchObject({
      status: 400,
      json: { code: 26 },
    });
    expect(await post('/recognition/recognize?limit=x', blank)).toMatchObject({
      status: 400,
      json: { code: 36 },
    });
    expect(await post('/recognition/recognize?limit=-1', blank)).toMatchObject({
      status: 400,
      json: { code: 26 },
    });
    expect(await post('/recognition/recognize', Buffer.from('no picture'))).toMatchObject({
      status: 400,
      json: { code: 21 },
    });
    expect(await post(`/recognition/faces/${unknown}/verify`, blank)).toMatchObject({
      status: 404,
      json: { code: 11 },
    });
    for (const id of [unknown, 'no-id']) {
      expect(await ask(`/recognition/faces/${id}`, remove)).toMatchObject({
        status: 404,
        json: { code: 44 },
      });
    }
    expect(await ask('/recognition/subjects/Nobody', remove)).toMatchObject({
      status: 404,
      json: { code: 42 },
    });
    expect(await postJson('/recognition/subjects', { subject: 'Franck' })).toMatchObject({
      status: 400,
      json: { code: 43 },
    });
    expect(await postJson('/recognition/subjects', {})).toMatchObject({ status: 400, json: { code: 5 } });
    expect(await postJson('/recognition/subjects', { subject: ' ' })).toMatchObject({
      status: 400,
      json: { code: 26 },
    });
    for (const ids of [{}, [null], [{ toString: 1 }], 'x']) {
      expect(await postJson('/recognition/faces/delete', ids)).toMatchObject({
        status: 400,
        json: { code: 36 },
      });
    }
    const bare = await fetch(`${test.url}/api/v1/recognition/subjects`);
    expect([bare.status, await bare.json()]).toEqual([
      400,
      { code: 20, message: 'Missing header: x-api-key' },
    ]);
    const wrong = await fetch(`${test.url}/api/v1/recognition/subjects`, {
      headers: { 'x-api-key': 'wrong' },
    });
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { code: 10 }]);
    expect(await ask('/recognition/nothing')).toMatchObject({ status: 404, json: { code: 0 } });
  });

  it('delete nobody for a subject that is only blanks', async () => {
    expect(await ask('/recognition/faces?subject=', { method: 'DELETE' })).toMatchObject({
      status: 400,
      json: { code: 26 },
    });
    expect((await ask('/recognition/faces')).json).toMatchObject({ total_elements: 1 });
  });

  it('take embeddings in place of pictures', async () => {
    const far = Array.from({ length: 128 }, (_, i) => (i % 2 ? 0.3 : -0.3));
    const recognized = await postJson('/recognition/embeddings/recognize?prediction_count=3', {
      embeddings: [embedding, far],
    });
    expect(recognized.status).toBe(200);
    const [near, stranger] = recognized.json.result!;
    expect(near!.embedding).toHaveLength(128);
    expect(near!.similarities).toEqual([{ subject: 'Franck', similarity: expect.any(Number) }]);
    expect(near!.similarities![0]!.similarity).toBeGreaterThan(0.9);
    expect(stranger!.similarities![0]!.similarity).toBeLessThan(0.1);

    const stored = await postJson(`/recognition/embeddings/faces/${imageId}/verify`, {
      embeddings: [far, embedding],
    });
    const similarities = stored.json.result!.map(({ similarity }) => similarity!);
    expect(similarities[0]).toBeGreaterThan(0.9);
    expect(similarities[1]).toBeLessThan(0.1);

    const pair = await postJson('/verification/embeddings/verify', {
      source: embedding,
      targets: [embedding],
    });
    expect(pair.json.result).toHaveLength(1);
    expect(pair.json.result![0]!.similarity).toBeGreaterThan(0.99);
  });

  it('refuse embeddings that are none', async () => {
    const path = '/recognition/embeddings/recognize';
    for (const body of [{}, { embeddings: null }, { embeddings: [] }, { embeddings: [null] }]) {
      expect(await postJson(path, body)).toMatchObject({ status: 400, json: { code: 5 } });
    }
    const short = embedding.slice(1);
    const infinite = [...short, 1e300];
    for (const embeddings of [[short], [[...embedding, 1]], [embedding, []]]) {
      expect(await postJson(path, { embeddings })).toMatchObject({ status: 400, json: { code: 37 } });
    }
    for (const embeddings of ['x', [{}], [infinite], [['a', ...short]]]) {
      expect(await postJson(path, { embeddings })).toMatchObject({ status: 400, json: { code: 36 } });
    }
    const unknown = '00000000-0000-4000-8000-000000000000';
    const verify = `/recognition/embeddings/faces/${unknown}/verify`;
    expect(await postJson(verify, { embeddings: [embedding] })).toMatchObject({
      status: 404,
      json: { code: 11 },
    });
    const open = await fetch(`${test.url}/api/v1${path}`, { method: 'POST' });
    expect(open.status).toBe(400);
  });

  it('show a picture to a page that can only write an address', async () => {
    const get = (secret: string, id: string) => fetch(`${test.url}/api/v1/static/${secret}/images/${id}`);
    const picture = await get(test.secrets.read, imageId);
    expect(picture.headers.get('content-type')).toBe('image/jpeg');
    expect((await sharp(Buffer.from(await picture.arrayBuffer())).metadata()).format).toBe('jpeg');
    expect((await get('wrong', imageId)).status).toBe(401);
    expect((await get(test.secrets.recognize, imageId)).status).toBe(403);
    expect((await (await get(test.secrets.read, 'no-id')).arrayBuffer()).byteLength).toBe(0);
    expect(test.log.join('')).not.toContain(test.secrets.read);
  });
});
