import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Box } from '../../src/core/geometry/box.ts';
import { clmtrackrPhoto } from '../conformance/two-people.ts';
import { describeInBrowser } from './browser-lab.ts';
import { rgbaOf } from './in-page.ts';
import type { Lab } from './page/lab.ts';

interface Here {
  readonly lab: Lab;
}

/** What a service worker that recognizes is made of: see the guide. */
const SERVICE_WORKER = `
import * as onnxruntime from '/models/ort.wasm.bundle.min.mjs';
import { InlinePipeline } from '/inline.js';

let pipeline;
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', ({ data, ports: [port] }) => {
  pipeline ??= InlinePipeline.create({ onnxruntime });
  pipeline
    .then((opened) => opened.find(data))
    .then(
      (faces) => port.postMessage(faces.map(({ box }) => box)),
      (error) => port.postMessage(String(error)),
    );
});
`;

describeInBrowser('the pipeline without a worker of its own', (lab) => {
  it('finds in the thread of a page what it finds in a worker', async () => {
    const page = await lab().open();
    const image = await clmtrackrPhoto('audrey.jpg');
    const found = await page.evaluate(async ({ rgba, width, height }) => {
      const { lab } = globalThis as unknown as Here;
      const picture = new ImageData(rgba, width, height);
      const worker = await lab.web.FacePipeline.create();
      const inline = await lab.inline.InlinePipeline.create();
      // Two at once, as a page may ask: they share what they compute in.
      const [theirs, ours, again] = await Promise.all(
        [worker, inline, inline].map((pipeline) => pipeline.analyze(picture)),
      );
      await inline.dispose();
      const after = await lab.settled(inline.find(picture));
      return { theirs, ours, again, after };
    }, rgbaOf(image));
    expect(found.ours).toHaveLength(1);
    expect(found.ours).toEqual(found.theirs);
    expect(found.again).toEqual(found.ours);
    expect(found.after).toMatchObject({ failed: { code: 'ERR_DISPOSED' } });
    await page.close();
  });

  it('runs in a service worker', async () => {
    writeFileSync(join(lab().folder, 'sw.js'), SERVICE_WORKER);
    const page = await lab().open();
    const image = await clmtrackrPhoto('audrey.jpg');
    const { boxes, expected } = await page.evaluate(async ({ rgba, width, height }) => {
      const { lab } = globalThis as unknown as Here;
      const picture = new ImageData(rgba, width, height);
      await navigator.serviceWorker.register('/sw.js', { type: 'module' });
      const { active } = await navigator.serviceWorker.ready;
      const answer = new Promise<unknown>((resolve) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => resolve(data);
        active!.postMessage(picture, [port2]);
      });
      const pipeline = await lab.web.FacePipeline.create();
      const faces = await pipeline.find(picture);
      return { boxes: (await answer) as Box[], expected: faces.map(({ box }) => box) };
    }, rgbaOf(image));
    expect(boxes).toEqual(expected);
    expect(boxes).toHaveLength(1);
    await page.context().close();
    expect(lab().problems).toEqual([]);
  });
});
