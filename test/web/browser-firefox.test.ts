import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../src/core/metric/metric.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { twoPeople } from '../conformance/two-people.ts';
import { POLICY, TYPES } from './browser-lab.ts';
import { onPath } from './find-browser.ts';
import { rgbaOf } from './in-page.ts';
import { labFiles } from './lab-files.ts';

interface Answer {
  readonly failed?: string;
  readonly forbidden: readonly string[];
  readonly faces: { box: unknown; turn: unknown; points: [number, number][]; embedding: number[] }[];
}

/** playwright-core does not drive Debian's Firefox, so the page does all by itself and posts what came of it. */
const PAGE = `
const forbidden = [];
addEventListener('securitypolicyviolation', (event) => forbidden.push(event.violatedDirective));
const post = (answer) => fetch('/answer', { method: 'POST', body: JSON.stringify({ forbidden, ...answer }) });
try {
  const { lab } = globalThis;
  const { width, height } = await (await fetch('/size.json')).json();
  const pixels = new Uint8ClampedArray(await (await fetch('/frame.rgba')).arrayBuffer());
  const pipeline = await lab.web.FacePipeline.create();
  const faces = await pipeline.analyze(new ImageData(pixels, width, height));
  await post({
    faces: faces.map(({ box, turn, landmarks: { points }, embedding }) => ({ box, turn, points, embedding: [...embedding] })),
  });
} catch (error) {
  await post({ failed: String(error), faces: [] });
}`;
const HTML = `<!doctype html><script type="module" src="/lab.js"></script><script type="module" src="/page.js"></script>`;

const firefox = onPath('firefox-esr') ?? onPath('firefox');
if (firefox === null) console.warn('skipped: face-trigger/web in Firefox: this machine has no Firefox');

describe.skipIf(firefox === null)('face-trigger/web in Firefox', () => {
  it('gives the same boxes, landmarks and embeddings as Node, with a strict security policy', async () => {
    const image = await twoPeople();
    await using node = await FacePipeline.create({ precision: 'int8', detection: 'fast' });
    const expected = await node.analyze(image);
    const { failed, forbidden, faces } = await answerOfFirefox(rgbaOf(image));
    expect(failed).toBeUndefined();
    expect(forbidden).toEqual([]);
    expect(faces.map(({ box, turn }) => ({ box, turn }))).toEqual(
      expected.map(({ box, turn }) => ({ box, turn })),
    );
    expect(faces.map(({ points }) => points)).toEqual(expected.map(({ landmarks }) => landmarks.points));
    for (const [i, { embedding }] of faces.entries()) {
      expect(euclideanDistance(Float32Array.from(embedding), expected[i]!.embedding!)).toBeLessThan(1e-4);
    }
  }, 120_000);
});

async function answerOfFirefox({ rgba, width, height }: ReturnType<typeof rgbaOf>): Promise<Answer> {
  const files = await labFiles();
  const own: Readonly<Record<string, string | Uint8Array>> = {
    '/': HTML,
    '/page.js': PAGE,
    '/size.json': JSON.stringify({ width, height }),
    '/frame.rgba': new Uint8Array(rgba.buffer),
  };
  let resolve!: (answer: Answer) => void;
  let reject!: (problem: unknown) => void;
  const promise = new Promise<Answer>((...settle) => ([resolve, reject] = settle));
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    if (request.method === 'POST') {
      text(request).then((body) => resolve(JSON.parse(body) as Answer), reject);
      response.end();
      return;
    }
    try {
      const content = own[pathname] ?? readFileSync(join(files, pathname));
      const type = pathname === '/' ? 'text/html' : (TYPES[extname(pathname)] ?? 'application/octet-stream');
      response.writeHead(200, { 'content-type': type, 'content-security-policy': POLICY }).end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const profile = mkdtempSync(join(tmpdir(), 'face-trigger-firefox-'));
  // Nothing but this page: no first-run pages, no reports.
  const settings = [
    'datareporting.policy.dataSubmissionEnabled',
    'browser.aboutwelcome.enabled',
    'app.update.enabled',
  ];
  writeFileSync(join(profile, 'user.js'), settings.map((name) => `user_pref("${name}", false);\n`).join(''));
  const { port } = server.address() as AddressInfo;
  const child = spawn(
    firefox!,
    ['--headless', '--no-remote', '--profile', profile, `http://localhost:${port}/`],
    {
      stdio: 'ignore',
      // One that hangs is ended before the test is given up.
      timeout: 90_000,
      env: { ...process.env, HOME: profile },
    },
  );
  child.once('error', reject);
  const ended = once(child, 'exit');
  void ended.then(([code]) => reject(new Error(`Firefox ended with ${code} before it answered`)), reject);
  try {
    return await promise;
  } finally {
    child.kill();
    await ended.catch(() => undefined);
    server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
