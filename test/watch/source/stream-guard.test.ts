import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { afterEach, beforeAll, expect, it } from 'vitest';
import type { SourceItem } from '../../../src/watch/source/frame-source.ts';
import { createNetworkSource } from '../../../src/watch/source/network-source.ts';
import { StreamGuard } from '../../../src/watch/source/stream-guard.ts';
import { describeWithProgram, ffmpeg, temporaryFolder } from '../ffmpeg-tools.ts';

// 127.0.0.2 is another address of this machine: what a hostile stream would like to reach. Linux has it from the start.
const here = process.platform === 'linux' ? 'ffmpeg' : 'no-such-program-outside-linux';

describeWithProgram(here, 'the guard before a stream', () => {
  const folder = temporaryFolder();
  const servers: Server[] = [];
  beforeAll(() => {
    const input = ['-f', 'lavfi', '-t', '4', '-i', 'testsrc=s=160x120:r=10'];
    ffmpeg(
      ...input,
      '-c:v',
      'mpeg2video',
      '-f',
      'hls',
      '-hls_time',
      '1',
      '-hls_list_size',
      '0',
      join(folder, 'a.m3u8'),
    );
  });
  afterEach(() => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      server.close();
    }
  });

  async function serve(host: string, answer: (path: string, response: ServerResponse) => void) {
    const paths: string[] = [];
    const server = createServer((incoming, response) => {
      paths.push(incoming.url!);
      answer(incoming.url!, response);
    });
    servers.push(server);
    server.listen(0, host);
    await once(server, 'listening');
    return { address: `http://${host}:${(server.address() as AddressInfo).port}`, paths };
  }
  const file = (path: string, response: ServerResponse) =>
    response.end(readFileSync(join(folder, basename(path))));

  async function first(url: string): Promise<SourceItem> {
    const source = createNetworkSource(url, { reconnectMinMs: 50 }).open(new AbortController().signal);
    const { value } = await source.next();
    await source.return();
    return value as SourceItem;
  }

  it('lets a playlist and its parts through that come from the stream itself', async () => {
    const { address, paths } = await serve('127.0.0.1', file);
    expect(await first(`${address}/a.m3u8`)).toMatchObject({
      type: 'frame',
      frame: { image: { width: 160 } },
    });
    expect(paths.some((path) => path.endsWith('.ts'))).toBe(true);
  });

  it('keeps a playlist from other addresses of this machine, and says so', async () => {
    const victim = await serve('127.0.0.2', file);
    const list = `#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n${victim.address}/a0.ts\n#EXT-X-ENDLIST\n`;
    const { address } = await serve('127.0.0.1', (_path, response) => response.end(list));
    const item = await first(`${address}/a.m3u8`);
    expect(item).toMatchObject({
      type: 'lost',
      reason: expect.stringContaining('127.0.0.2 is an internal address'),
    });
    expect(victim.paths).toEqual([]);
  });

  it('keeps a redirect from them', async () => {
    const victim = await serve('127.0.0.2', file);
    const { address } = await serve('127.0.0.1', (_path, response) =>
      response.writeHead(302, { location: `${victim.address}/a0.ts` }).end(),
    );
    const item = await first(`${address}/live`);
    expect(item).toMatchObject({
      type: 'lost',
      reason: expect.stringContaining('127.0.0.2 is an internal address'),
    });
    expect(victim.paths).toEqual([]);
  });

  it('keeps encrypted addresses from them too, and serves nobody without its password', async () => {
    const { address, paths } = await serve('127.0.0.1', file);
    await using guard = await StreamGuard.create(address);
    const proxy = new URL(guard.env['http_proxy']!);
    const authorization = `Basic ${Buffer.from(`${proxy.username}:${proxy.password}`).toString('base64')}`;
    const ask = async (options: { method?: string; path: string; authorization?: string }) => {
      const { authorization: given, ...rest } = options;
      const headers = given === undefined ? {} : { 'proxy-authorization': given };
      const outgoing = request({
        host: proxy.hostname,
        port: proxy.port,
        headers,
        agent: false,
        ...rest,
      }).end();
      const [answer] = (await Promise.race([once(outgoing, 'response'), once(outgoing, 'connect')])) as [
        { statusCode: number; destroy(): void },
      ];
      answer.destroy();
      return answer.statusCode;
    };
    expect(await ask({ path: `${address}/a0.ts` })).toBe(407);
    expect(await ask({ path: `${address}/a0.ts`, authorization: 'Basic x' })).toBe(407);
    expect(paths).toEqual([]);
    expect(await ask({ path: '/a0.ts', authorization })).toBe(400);
    expect(await ask({ path: `${address}/a0.ts`, authorization })).toBe(200);
    expect(await ask({ method: 'CONNECT', path: '127.0.0.2:443', authorization })).toBe(403);
    expect(await ask({ method: 'CONNECT', path: '127.0.0.2:443' })).toBe(407);
    expect(await ask({ method: 'CONNECT', path: new URL(address).host, authorization })).toBe(200);
    expect(guard.refused).toContain('127.0.0.2');
  });
});
