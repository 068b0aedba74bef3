import { readFileSync } from 'node:fs';
import { round } from '../measure.mjs';

/** Frames a second that are asked for. */
const WANTED = 30;
const SHORT_MS = 15_000;

/**
 * Watches a canvas that changes as a webcam's picture does, with somebody in it whom a gallery knows: how many frames a
 * second, and what the page's process holds at the beginning and the end.
 *
 * @param {{ minutes: number }} options - 0: only long enough to count frames
 */
export async function watchMemory(browser, url, { minutes }) {
  const context = await browser.newContext();
  context.setDefaultTimeout(60_000);
  const page = await context.newPage();
  await page.goto(url);
  await page.evaluate(async (framesPerSecond) => {
    const [{ FacePipeline }, { openGallery, readNewFace }, { watchVideo }, { readFrame }] = await Promise.all(
      [
        import('/face-trigger/web/index.js'),
        import('/face-trigger/web/gallery.js'),
        import('/face-trigger/web/watch.js'),
        import('/bench/frame.js'),
      ],
    );
    const pipeline = await FacePipeline.create({ models: '/models/' });
    const gallery = await openGallery({ embedder: pipeline.profile });
    const canvas = await readFrame();
    await gallery.enroll({ name: 'Ada' }, [await readNewFace(pipeline, canvas)], { review: 'off' });
    const shown = document.createElement('canvas');
    Object.assign(shown, { width: 640, height: 480 });
    const context = shown.getContext('2d');
    setInterval(
      () => context.drawImage(canvas, 8 * Math.sin(performance.now() / 700), 0),
      1000 / framesPerSecond,
    );
    const video = document.createElement('video');
    video.muted = true;
    video.srcObject = shown.captureStream(framesPerSecond);
    await video.play();
    const seen = { frames: 0, named: 0, tookMs: 0 };
    Object.assign(globalThis, { seen });
    void (async () => {
      for await (const { faces, tookMs } of watchVideo(video, { pipeline, gallery, framesPerSecond })) {
        seen.frames++;
        seen.tookMs += tookMs;
        if (faces.some(({ decision }) => decision?.label === 'Ada')) seen.named++;
      }
    })();
  }, WANTED);
  const processes = await renderers(browser);
  await page.waitForTimeout(5000);
  const [before, begin] = [await page.evaluate(() => ({ ...globalThis.seen })), residentMb(processes)];
  const started = performance.now();
  const samples = [begin];
  const endsAt = started + Math.max(SHORT_MS, minutes * 60_000);
  while (performance.now() < endsAt) {
    await page.waitForTimeout(Math.min(30_000, Math.max(0, endsAt - performance.now())));
    samples.push(residentMb(processes));
  }
  const after = await page.evaluate(() => ({ ...globalThis.seen }));
  const frames = after.frames - before.frames;
  const seconds = (performance.now() - started) / 1000;
  await context.close();
  return {
    seconds: Math.round(seconds),
    framesPerSecond: round(frames / seconds),
    msPerFrame: round((after.tookMs - before.tookMs) / frames),
    namedShare: round((after.named - before.named) / frames),
    residentMb: samples,
  };
}

/** Processes of the browser's pages. */
async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
}

function residentMb(processes) {
  const pages = processes.map((id) => {
    try {
      return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0);
    } catch {
      return 0;
    }
  });
  return Math.round(Math.max(...pages) / 1024);
}
