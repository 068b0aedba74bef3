import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { ModelProgress } from '../../src/web/index.ts';
import { describeInBrowser } from './browser-lab.ts';
import { labFiles } from './lab-files.ts';
import type { Lab } from './page/lab.ts';

interface Here {
  readonly lab: Lab;
}

const EXAMPLE = fileURLToPath(new URL('../../examples/browser', import.meta.url));
const MODELS = /[.](onnx|trees)$/;

describeInBrowser('models in a page', (lab) => {
  it('arrive with progress, and are kept for the next visit', async () => {
    const page = await lab().open();
    const visit = (keep: boolean) =>
      page.evaluate(async (kept) => {
        const { lab } = globalThis as unknown as Here;
        const told: ModelProgress[] = [];
        const pipeline = await lab.web.FacePipeline.create({
          keep: kept,
          onProgress: (progress) => told.push(progress),
        });
        await pipeline.dispose();
        return told;
      }, keep);
    const asked = async (keep: boolean) => {
      const before = lab().asked.length;
      const told = await visit(keep);
      return {
        told,
        files: lab()
          .asked.slice(before)
          .filter((path) => MODELS.test(path)),
      };
    };
    const first = await asked(true);
    expect(first.files).toHaveLength(3);
    for (const path of first.files) {
      const steps = first.told.filter(({ file }) => path === `/models/${file}`);
      const { loaded, total } = steps.at(-1)!;
      expect(loaded).toBe(total);
      expect(steps.map((step) => step.loaded)).toEqual(
        steps.map((step) => step.loaded).sort((a, b) => a - b),
      );
    }
    const second = await asked(true);
    expect(second.files).toEqual([]);
    expect(second.told.map(({ loaded, total }) => loaded === total)).toEqual([true, true, true]);
    expect((await asked(false)).files).toHaveLength(3);
    await page.evaluate(() => (globalThis as unknown as Here).lab.web.forgetModels());
    expect((await asked(true)).files).toHaveLength(3);
    await page.close();
  });

  it('that are damaged or cut are refused, and what is damaged in the cache is fetched again', async () => {
    const page = await lab().open();
    const create = (models: string) =>
      page.evaluate(async (folder) => {
        const { lab } = globalThis as unknown as Here;
        const answer = await lab.settled(
          lab.web.FacePipeline.create({ models: folder, keep: folder === '/models/' }),
        );
        return 'failed' in answer ? answer.failed : 'opened';
      }, models);
    const damaged = join(lab().folder, 'damaged');
    cpSync(join(await labFiles(), 'models'), damaged, { recursive: true });
    const file = join(damaged, 'face-detector-int8.onnx');
    const bytes = readFileSync(file);
    const last = bytes.length - 1;
    bytes[last] = bytes[last]! ^ 1;
    writeFileSync(file, bytes);
    expect(await create('/damaged/')).toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    writeFileSync(file, bytes.subarray(0, last));
    expect(await create('/damaged/')).toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    expect(await create('/nowhere/')).toMatchObject({ code: 'ERR_UNAVAILABLE' });

    expect(await create('/models/')).toBe('opened');
    await page.evaluate(async () => {
      const { lab } = globalThis as unknown as Here;
      const cache = await caches.open(lab.web.MODEL_CACHE);
      for (const request of await cache.keys()) {
        if (request.url.includes('sha256=')) await cache.put(request, new Response('damaged'));
      }
    });
    const before = lab().asked.length;
    expect(await create('/models/')).toBe('opened');
    expect(
      lab()
        .asked.slice(before)
        .filter((path) => MODELS.test(path)),
    ).toHaveLength(3);
    await page.close();
  });

  it('work without a network after the first visit, with the service worker of the example', async () => {
    cpSync(join(EXAMPLE, 'service-worker.js'), join(lab().folder, 'service-worker.js'));
    const page = await lab().open();
    await page.evaluate(async () => {
      await navigator.serviceWorker.register('/service-worker.js');
      if (navigator.serviceWorker.controller) return;
      await new Promise((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', resolve, { once: true });
      });
    });
    const count = () =>
      page.evaluate(async () => {
        const { lab } = globalThis as unknown as Here;
        const pipeline = await lab.web.FacePipeline.create();
        const faces = await pipeline.find(new ImageData(64, 64));
        await pipeline.dispose();
        return faces.length;
      });
    // The page itself came before the service worker did.
    await page.reload();
    expect(await count()).toBe(0);
    await page.context().setOffline(true);
    const before = lab().asked.length;
    await page.reload();
    expect(await count()).toBe(0);
    // Browsers look for a newer one by themselves, whatever they are told of the network.
    expect(
      lab()
        .asked.slice(before)
        .filter((path) => path !== '/service-worker.js'),
    ).toEqual([]);
    await page.context().close();
  });
});
