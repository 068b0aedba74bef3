import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { readImage } from '../../src/node/image/read-image.ts';
import { PreviewServer } from '../../src/watch/preview-server.ts';
import type { FrameView } from '../../src/watch/watch-engine.ts';
import { sampleEvent } from './triggers/sample-events.ts';

const open: PreviewServer[] = [];
afterEach(async () => {
  for (const preview of open.splice(0)) await preview.close();
});

async function create(options = {}): Promise<PreviewServer> {
  const preview = await PreviewServer.create({ port: 0, source: 'door', maxFps: 1000, ...options });
  open.push(preview);
  return preview;
}

function view(fill: number): FrameView {
  const stats = { frames: 1, dropped: 0, fps: 12.5, detections: 1, embeddings: 1, stageMs: { detect: 20 } };
  const box = { left: 50, top: 50, width: 60, height: 60 };
  return {
    image: { data: new Uint8Array(200 * 160 * 3).fill(fill), width: 200, height: 160, channels: 3 },
    timeMs: 0,
    index: 0,
    faces: [{ track: 1, box, label: 'Ann', stranger: null, probability: 0.9 }],
    stats,
  };
}

function get(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
): Promise<{ status: number; headers: object; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers, method }, (response) => {
      let body = '';
      response.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
      );
    })
      .on('error', reject)
      .end();
  });
}

describe('PreviewServer', () => {
  it('listens on this machine only, and shows figures and the last events first', async () => {
    const preview = await create();
    expect(preview.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    preview.event(sampleEvent({ id: '1' }));
    preview.event(sampleEvent({ id: '2', label: '<img src=x onerror=alert(1)>' }));
    preview.observe(view(0));
    const state = (await (await fetch(`${preview.url}state.json`)).json()) as {
      events: { id: string }[];
      stats: { fps: number };
    };
    expect(state).toMatchObject({ source: 'door', stats: { fps: 12.5 } });
    expect(state.events.map(({ id }) => id)).toEqual(['2', '1']);
  });

  it('serves a page that loads nothing from elsewhere and never puts names in as HTML', async () => {
    const preview = await create();
    const page = await fetch(preview.url);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const texts = [
      await page.text(),
      await (await fetch(`${preview.url}preview.js`)).text(),
      await (await fetch(`${preview.url}preview.css`)).text(),
    ];
    for (const text of texts) expect(text).not.toMatch(/https?:|innerHTML|insertAdjacentHTML/);
  });

  it('refuses names that it does not know, so that another site cannot read it', async () => {
    const preview = await create({ allowedHosts: ['door.lan'] });
    const status = async (host: string) => (await get(preview.url, { host })).status;
    expect(await status('evil.example')).toBe(403);
    expect(await status('127.0.0.1.evil.example:80')).toBe(403);
    expect(await status('localhost:1')).toBe(200);
    expect(await status('door.lan')).toBe(200);
    expect(await status('192.168.0.7:8090')).toBe(200);
    expect(await status('[::1]:8090')).toBe(200);
  });

  it('knows nothing else, and no other method', async () => {
    const preview = await create();
    expect((await get(`${preview.url}../../etc/passwd`, {})).status).toBe(404);
    expect((await get(`${preview.url}constructor`, {})).status).toBe(404);
    expect((await get(preview.url, {}, 'POST')).status).toBe(405);
  });

  it('sends annotated pictures to who looks, and is not held up by them', async () => {
    const preview = await create();
    const controller = new AbortController();
    const response = await fetch(`${preview.url}stream.mjpg`, { signal: controller.signal });
    const reader = response.body!.getReader();
    let bytes = Buffer.alloc(0);
    const timer = setInterval(() => preview.observe(view(40)), 20);
    while (!/content-length: (\d+)\r\n\r\n/.test(bytes.toString('latin1')) || bytes.length < 20_000) {
      const { value, done } = await reader.read();
      if (done) break;
      bytes = Buffer.concat([bytes, value]);
    }
    clearInterval(timer);
    controller.abort();
    const head = /content-length: (\d+)\r\n\r\n/.exec(bytes.toString('latin1'))!;
    const start = head.index + head[0].length;
    const picture = await readImage(bytes.subarray(start, start + Number(head[1])));
    expect(picture).toMatchObject({ width: 200, height: 160 });
    let green = 0;
    for (let i = 0; i < picture.data.length; i += 3)
      if (picture.data[i + 1]! > picture.data[i]! + 40) green++;
    expect(green).toBeGreaterThan(200);
  });

  it('says so when the port is taken', async () => {
    const { port } = new URL((await create()).url);
    await expect(PreviewServer.create({ port: Number(port), source: 'x' })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});
