import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { media, startServer, type TestServer } from './start-server.ts';

const photo = readFileSync(media('audrey_crop.jpg'));
const MAX_BYTES = 300_000;

let test: TestServer;
beforeAll(async () => {
  test = await startServer({ maxUploadBytes: MAX_BYTES });
});

/** Both doors: our routes and CompreFace's, each with the name of its picture. */
const DOORS = [
  { path: '/detect', name: 'image' },
  { path: '/detection/detect', name: 'file' },
] as const;

interface Part {
  readonly name?: string;
  readonly filename?: string;
  readonly type?: string;
  readonly headers?: readonly string[];
  readonly bytes: Uint8Array | string;
}

function part({ name, filename, type, headers = [], bytes }: Part): Buffer {
  const disposition = ['form-data', name && `name="${name}"`, filename && `filename="${filename}"`];
  const head = [
    ...headers,
    `Content-Disposition: ${disposition.filter(Boolean).join('; ')}`,
    ...(type ? [`Content-Type: ${type}`] : []),
  ];
  return Buffer.concat([
    Buffer.from(`--b\r\n${head.join('\r\n')}\r\n\r\n`),
    Buffer.from(bytes),
    Buffer.from('\r\n'),
  ]);
}

async function send(
  path: string,
  parts: readonly Part[],
  { type = 'multipart/form-data; boundary=b', end = '--b--\r\n', chunked = false } = {},
) {
  const body = Buffer.concat([...parts.map(part), Buffer.from(end)]);
  const response = await test.request(path, {
    method: 'POST',
    headers: { 'content-type': type },
    ...(chunked ? { body: new Blob([body]).stream(), duplex: 'half' as const } : { body }),
  } as RequestInit);
  const text = await response.text();
  const { message, error } = JSON.parse(text) as { message?: string; error?: { message: string } };
  return { status: response.status, message: message ?? error?.message ?? '' };
}

describe.each(DOORS)('a form for $path', ({ path, name }) => {
  const picture: Part = { name, filename: 'a.jpg', type: 'image/jpeg', bytes: photo };

  it('is read with text fields beside the picture, before and after it, which are not looked at', async () => {
    const text = { name: 'camera', bytes: 'door' };
    const long = { name: 'note', bytes: 'x'.repeat(50_000) };
    const json = { name: 'extra', type: 'application/json', bytes: '{"half":' };
    for (const parts of [
      [text, picture],
      [picture, text],
      [text, long, json, picture, text],
      [...Array(60).fill(text), picture],
      [{ name: '__proto__', bytes: 'x' }, { name: 'toString', bytes: 'x' }, picture],
    ]) {
      expect(await send(path, parts)).toMatchObject({ status: 200 });
      expect(await send(path, parts, { chunked: true })).toMatchObject({ status: 200 });
    }
  });

  it('is read whatever the file is called, and whatever its type says', async () => {
    for (const filename of ['', '../../a', 'ä.jpg', 'a;b.jpg', undefined]) {
      const odd = { ...picture, filename, type: 'application/octet-stream' } as Part;
      expect(await send(path, [odd]), String(filename)).toMatchObject({ status: 200 });
    }
    expect(await send(path, [{ ...picture, type: 'text/plain' }])).toMatchObject({ status: 200 });
  });

  it('says that a picture came as text, without a file name', async () => {
    const { status, message } = await send(path, [{ name, bytes: photo }]);
    expect(status).toBe(400);
    expect(message).toContain(`"${name}"`);
    expect(message).toContain('as text, without a file name');
  });

  it('says that a picture is missing, and where there is another one', async () => {
    expect(await send(path, [])).toMatchObject({ status: 400 });
    const other = await send(path, [{ ...picture, name: 'photo' }]);
    expect(other).toMatchObject({ status: 400 });
    expect(other.message).toContain(`Expected a picture in "${name}"`);
    expect(other.message).toContain('"photo"');
    expect(await send(path, [{ ...picture, name: 'toString' }])).toMatchObject({ status: 400 });
  });

  it('says that a picture is empty', async () => {
    const { status, message } = await send(path, [{ ...picture, bytes: '' }]);
    expect(status).toBe(400);
    expect(message).toContain('0 bytes');
  });

  it('says that there are several pictures where one is taken', async () => {
    const twice = await send(path, [picture, picture]);
    expect(twice).toMatchObject({ status: 400 });
    expect(twice.message).toContain('several');
    const beside = await send(path, [picture, { ...picture, name: 'photo' }]);
    expect(beside).toMatchObject({ status: 400 });
    expect(beside.message).toContain('"photo"');
  });

  it('says that there are too many parts, and calls it nothing else', async () => {
    const { status, message } = await send(path, [...Array(150).fill({ name: 'a', bytes: 'b' }), picture]);
    expect(status).toBe(400);
    expect(message).toContain('more than 100 parts');
  });

  it('says 413 for a picture or a form that is too large, and for nothing else', async () => {
    const large = { ...picture, bytes: new Uint8Array(MAX_BYTES + 1) };
    expect(await send(path, [large], { chunked: true })).toMatchObject({ status: 413 });
    expect(await send(path, [large])).toMatchObject({ status: 413 });
    const fields = Array(90).fill({ name: 'a', bytes: 'x'.repeat(20_000) });
    expect(await send(path, [...fields, picture])).toMatchObject({ status: 413 });
    expect(await send(path, [...fields, picture], { chunked: true })).toMatchObject({ status: 413 });
  });

  it('reads a part with many headers, and refuses one whose head never ends', async () => {
    const headers = Array.from({ length: 100 }, (_, i) => `X-${i}: y`);
    expect(await send(path, [{ ...picture, headers }])).toMatchObject({ status: 200 });
    const endless = [`X: ${'y'.repeat(200_000)}`];
    expect((await send(path, [{ ...picture, headers: endless }])).status).toBe(400);
  });

  it('says that a form lies inside the form', async () => {
    const nested = { name, type: 'multipart/mixed; boundary=c', bytes: '--c\r\n\r\nx\r\n--c--\r\n' };
    const { status, message } = await send(path, [nested]);
    expect(status).toBe(400);
    expect(message).toContain('a form inside the form');
  });

  it('says what is wrong with the boundary, or with the end', async () => {
    const none = await send(path, [picture], { type: 'multipart/form-data' });
    expect(none).toMatchObject({ status: 400 });
    expect(none.message).toContain('boundary in the content type');
    const another = await send(path, [picture], { type: 'multipart/form-data; boundary=other' });
    expect(another).toMatchObject({ status: 400 });
    expect(another.message).toContain('no part was found');
    const half = await send(path, [picture], { end: '' });
    expect(half).toMatchObject({ status: 400 });
    expect(half.message).toContain('ends in the middle');
  });
});

describe('a form', () => {
  it('for a route that takes none is told that JSON was expected', async () => {
    const { status, message } = await send('/people', [{ name: 'name', bytes: 'x' }]);
    expect(status).toBe(400);
    expect(message).toContain('Expected JSON');
  });

  it('with two pictures for a comparison needs both', async () => {
    const both = ['image1', 'image2'].map((name) => ({ name, filename: 'a', bytes: photo }));
    expect(await send('/verify', both)).toMatchObject({ status: 200 });
    const one = await send('/verify', both.slice(0, 1));
    expect(one).toMatchObject({ status: 400 });
    expect(one.message).toContain('"image2"');
    const bytes = await test.request('/verify', {
      method: 'POST',
      body: photo,
      headers: { 'content-type': 'image/jpeg' },
    });
    expect(bytes.status).toBe(400);
    expect(await bytes.text()).toContain('plain bytes came');
  });
});
