import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/watch/source/frame-source.ts';
import { createNetworkSource } from '../../../src/watch/source/network-source.ts';
import { describeWithProgram } from '../ffmpeg-tools.ts';

// ffmpeg reads what is no picture: without it the reasons are others.
describeWithProgram('ffmpeg', 'an address of single pictures', () => {
  const servers: Server[] = [];
  let red: Buffer;
  let blue: Buffer;
  beforeAll(async () => {
    const plain = (background: string, width = 320) =>
      sharp({ create: { width, height: 240, channels: 3, background } })
        .jpeg()
        .toBuffer();
    red = await plain('#f00');
    blue = await plain('#00f');
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(answer: (request: IncomingMessage, response: ServerResponse, count: number) => void) {
    let count = 0;
    const server = createServer((request, response) => answer(request, response, count++));
    servers.push(server);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const picture = (response: ServerResponse, bytes: Buffer, type = 'image/jpeg') =>
    response.writeHead(200, { 'content-type': type }).end(bytes);

  async function take(url: string, enough: (items: readonly SourceItem[]) => boolean, options = {}) {
    const source = createNetworkSource(url, { fps: 50, reconnectMinMs: 50, ...options });
    const items: SourceItem[] = [];
    for await (const item of source.open(new AbortController().signal)) {
      items.push(item);
      if (enough(items)) break;
    }
    return { items, source };
  }
  const frames = (items: readonly SourceItem[]) =>
    items.flatMap((item) => (item.type === 'frame' ? [item.frame] : []));
  const colors = (items: readonly SourceItem[]) =>
    frames(items).map(({ image }) => (image.data[0]! > 128 ? 'red' : 'blue'));

  it('are asked for again and again, whatever the type is called', async () => {
    for (const type of [
      'image/jpeg',
      'image/jpg; charset=x',
      'IMAGE/JPEG',
      'application/octet-stream',
      'text/plain',
    ]) {
      const host = await serve((_request, response, count) =>
        picture(response, count % 2 ? blue : red, type),
      );
      const { items, source } = await take(`http://${host}/snap`, (all) => frames(all).length === 4);
      expect(colors(items)).toEqual(['red', 'blue', 'red', 'blue']);
      expect(items.every((item) => item.type === 'frame')).toBe(true);
      expect(source).toMatchObject({ live: true, sparse: true });
      expect(frames(items)[0]?.image).toMatchObject({ width: 320, height: 240, channels: 3 });
    }
  });

  it('may be PNG, and wide ones are scaled down', async () => {
    const wide = await sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#0f0' } })
      .png()
      .toBuffer();
    const host = await serve((_request, response) => picture(response, wide, 'image/png'));
    const { items } = await take(`http://${host}/snap`, (all) => all.length === 1);
    expect(frames(items)[0]?.image).toMatchObject({ width: 1280, height: 640 });
  });

  it('are not sent twice when the camera can tell that nothing changed', async () => {
    const asked: (string | undefined)[] = [];
    const host = await serve((request, response, count) => {
      asked.push(request.headers['if-none-match']);
      const tag = count < 5 ? '"a"' : '"b"';
      if (request.headers['if-none-match'] === tag) response.writeHead(304).end();
      else {
        response.writeHead(200, { 'content-type': 'image/jpeg', etag: tag });
        response.end(count < 5 ? red : blue);
      }
    });
    const { items } = await take(`http://${host}/snap`, (all) => frames(all).length === 2);
    expect(colors(items)).toEqual(['red', 'blue']);
    expect(asked).toEqual([undefined, '"a"', '"a"', '"a"', '"a"', '"a"']);
  });

  it('bear an answer that fails, and are lost after three in a row until they come back', async () => {
    const broken = [2, 4, 5, 7, 8, 9];
    const host = await serve((_request, response, count) => {
      if (!broken.includes(count)) picture(response, count % 2 ? blue : red);
      else if (count === 2) picture(response, Buffer.from('no picture'));
      else if (count === 4)
        response.writeHead(200, { 'content-length': red.length }).write(red.subarray(0, 99));
      else response.writeHead(503).end();
      if (count === 4) response.destroy();
    });
    const { items } = await take(`http://${host}/snap`, (all) => all.at(-1)?.type === 'back');
    expect(colors(items)).toEqual(['red', 'blue', 'blue', 'red']);
    expect(items.at(-2)).toMatchObject({
      type: 'lost',
      reason: 'the camera answered 503 Service Unavailable',
    });
  });

  it('are signed in for with Digest or Basic, as the camera asks', async () => {
    const md5 = (text: string) => createHash('md5').update(text).digest('hex');
    const nonces = new Set<string>();
    const host = await serve((request, response) => {
      const given = request.headers.authorization ?? '';
      const part = (name: string) => new RegExp(`${name}="?([^",]+)`).exec(given)?.[1] ?? '';
      const wanted = md5(
        `${md5('ann:cam:p@s/s')}:n1:${part('nc')}:${part('cnonce')}:auth:${md5('GET:/snap?a=1')}`,
      );
      if (given.startsWith('Digest ') && part('response') === wanted && !nonces.has(part('nc'))) {
        nonces.add(part('nc'));
        picture(response, nonces.size % 2 ? red : blue);
        return;
      }
      const challenge =
        'Digest realm="cam", nonce="n1", qop="auth,auth-int", algorithm=MD5, Basic realm="cam"';
      response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    const digest = await take(`http://ann:p%40s%2Fs@${host}/snap?a=1`, (all) => frames(all).length === 3);
    expect(colors(digest.items)).toEqual(['red', 'blue', 'red']);
    expect([...nonces]).toEqual(['00000001', '00000002', '00000003']);

    const basicHost = await serve((request, response) => {
      const ok = request.headers.authorization === `Basic ${Buffer.from('ann:p@s').toString('base64')}`;
      if (ok) picture(response, red);
      else response.writeHead(401, { 'www-authenticate': 'Basic realm="cam"' }).end();
    });
    const basic = await take(`http://ann:p%40s@${basicHost}/`, (all) => all.length === 1);
    expect(colors(basic.items)).toEqual(['red']);
    const wrong = await take(`http://ann:wr0ng@${basicHost}/`, (all) => all.length === 1);
    expect(wrong.items).toMatchObject([{ type: 'lost', reason: expect.stringContaining('401') }]);
    expect(JSON.stringify(wrong.items)).not.toMatch(/wr0ng|ann/);
  });

  it('are followed to another place of the camera, but not for ever', async () => {
    const host = await serve((request, response) => {
      if (request.url === '/here') response.writeHead(302, { location: '/there' }).end();
      else if (request.url === '/there') picture(response, red);
      else response.writeHead(302, { location: '/loop' }).end();
    });
    const here = await take(`http://${host}/here`, (all) => all.length === 1);
    expect(colors(here.items)).toEqual(['red']);
    const loop = await take(`http://${host}/loop`, (all) => all.length === 1);
    expect(loop.items[0]).toMatchObject({
      type: 'lost',
      reason: expect.stringContaining('more than 5 times'),
    });
  });

  it('end at once when nobody wants them any more, also in the middle of an answer', async () => {
    let open = 0;
    const host = await serve((_request, response, count) => {
      if (count === 0) picture(response, red);
      else {
        open++;
        response.once('close', () => open--);
        response.writeHead(200, { 'content-type': 'image/jpeg' }).write(red.subarray(0, 99));
      }
    });
    const controller = new AbortController();
    const source = createNetworkSource(`http://${host}/`, { fps: 50 }).open(controller.signal);
    await source.next();
    const next = source.next();
    await expect.poll(() => open).toBe(1);
    controller.abort();
    await expect(next).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    await expect.poll(() => open).toBe(0);
  });
});
