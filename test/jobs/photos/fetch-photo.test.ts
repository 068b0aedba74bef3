import { describe, expect, test } from 'vitest';
import { fetchPhoto } from '../../../src/jobs/photos/fetch-photo.ts';
import { startPhotoServer } from '../photo-server.ts';

const HERE = { maxBytes: 1000, allowInternal: ['127.0.0.1'] } as const;

describe('fetching a photo', () => {
  test('gives its bytes, also after redirects', async () => {
    const base = await startPhotoServer((request, response) => {
      if (request.url === '/1.jpg') response.end('photo');
      else response.writeHead(302, { location: '/1.jpg' }).end();
    });
    expect(Buffer.from(await fetchPhoto(`${base}/moved`, HERE)).toString()).toBe('photo');
  });

  test('goes to no internal address that is not named, and to none by a redirect', async () => {
    let asked = 0;
    const base = await startPhotoServer((_, response) => {
      asked++;
      response.writeHead(302, { location: 'http://10.1.2.3/secret' }).end();
    });
    for (const url of [
      base,
      base.replace('127.0.0.1', 'localhost'),
      'http://[::ffff:169.254.169.254]/',
      'http://0x7f.1/',
    ]) {
      await expect(fetchPhoto(url, { maxBytes: 10, allowInternal: false })).rejects.toMatchObject({
        code: 'ERR_FORBIDDEN',
        message: expect.stringContaining('--allow-internal'),
      });
    }
    expect(asked).toBe(0);
    await expect(fetchPhoto(base, HERE)).rejects.toMatchObject({ code: 'ERR_FORBIDDEN' });
    expect(asked).toBe(1);
  });

  test('ends at the limit of bytes, whatever is said of the length', async () => {
    const base = await startPhotoServer((request, response) => {
      if (request.url === '/said') response.writeHead(200, { 'content-length': '5000' });
      response.write(Buffer.alloc(1001));
    });
    for (const path of ['/said', '/unsaid'])
      await expect(fetchPhoto(base + path, HERE)).rejects.toMatchObject({ code: 'ERR_IMAGE_TOO_LARGE' });
  });

  test.each([
    [404, 'ERR_NOT_FOUND'],
    [410, 'ERR_NOT_FOUND'],
    [403, 'ERR_FORBIDDEN'],
    [500, 'ERR_UNAVAILABLE'],
    [503, 'ERR_UNAVAILABLE'],
    [204, 'ERR_UNAVAILABLE'],
  ])('says that a server answered %d, and shows no secret', async (status, code) => {
    const base = await startPhotoServer((_, response) => void response.writeHead(status).end());
    const work = fetchPhoto(`${base}/1.jpg?signature=secret`, HERE);
    const error = await work.catch((caught: unknown) => caught as Error & { code: string });
    expect(error).toMatchObject({
      code,
      message: `Could not fetch ${base}/1.jpg: the server answered ${status}`,
    });
  });

  test('gives up after some redirects, at other kinds of addresses, and where nobody answers', async () => {
    const base = await startPhotoServer((request, response) => {
      response.writeHead(302, { location: request.url === '/file' ? 'file:///etc/passwd' : '/again' }).end();
    });
    await expect(fetchPhoto(base, HERE)).rejects.toMatchObject({
      code: 'ERR_UNAVAILABLE',
      message: expect.stringMatching(/redirects/),
    });
    await expect(fetchPhoto(`${base}/file`, HERE)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(fetchPhoto('http://127.0.0.1:1/', HERE)).rejects.toMatchObject({ code: 'ERR_UNAVAILABLE' });
  });

  test('ends when it is told to', async () => {
    const base = await startPhotoServer(() => undefined);
    const controller = new AbortController();
    const work = fetchPhoto(base, { ...HERE, signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(work).rejects.toMatchObject({ code: 'ERR_ABORTED' });
  });
});
