import { summarize } from '../measure.mjs';

const TIMES = 5;

/** From the page's opening to the first answer, with nothing kept and with everything. */
export async function measureStarts(browser, url) {
  const cold = [];
  const warm = [];
  for (let i = 0; i < TIMES; i++) {
    const context = await browser.newContext();
    context.setDefaultTimeout(60_000);
    cold.push(await firstAnswer(context, url));
    // Chromium keeps compiled WebAssembly only of the second time on.
    await firstAnswer(context, url);
    warm.push(await firstAnswer(context, url));
    await context.close();
  }
  return { coldMs: summarize(cold), warmMs: summarize(warm) };
}

async function firstAnswer(context, url) {
  const page = await context.newPage();
  await page.goto(url);
  const ms = await page.evaluate(async () => {
    const begin = performance.now();
    const { FacePipeline } = await import('/face-trigger/web/index.js');
    const [pipeline, frame] = await Promise.all([
      FacePipeline.create({ models: '/models/' }),
      import('/bench/frame.js').then(({ readFrame }) => readFrame()),
    ]);
    const faces = await pipeline.analyze(frame);
    if (faces.length === 0) throw new Error('no face');
    return performance.now() - begin;
  });
  await page.close();
  return ms;
}
