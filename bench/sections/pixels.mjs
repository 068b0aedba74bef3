import { FacePipeline, readImage } from '../../dist/index.js';
import { OnnxSession } from '../../dist/node/runtime/session.js';
import { round } from '../measure.mjs';

const THREADS = 1;

/** How much of the time is not the networks': pyramids, chips, landmarks, score maps. */
export const pixels = {
  name: 'pixels',
  title: 'The share of plain JavaScript',
  columns: {
    mode: 'mode',
    what: 'image',
    step: 'step',
    totalMs: 'ms, median',
    networkMs: 'of these in onnxruntime',
    pixelMs: 'in JavaScript',
    share: '% in JavaScript',
    n: 'n',
  },

  async run({ images, quick }) {
    const cases = [
      { what: '250x250', image: await readImage(await images.one()) },
      { what: '640x480', image: await readImage(await images.vga()) },
    ];
    const n = quick ? 3 : 100;
    const rows = [];
    for (const mode of ['exact', 'fast']) {
      const precision = mode === 'fast' ? 'int8' : 'fp32';
      const pipeline = await FacePipeline.create({ threads: THREADS, detection: mode, precision });
      for (const { what, image } of cases) {
        const faces = await pipeline.detector.detect(image, { minFaceSize: 80 });
        const steps = {
          'detect, faces from 80 px': () => pipeline.detector.detect(image, { minFaceSize: 80 }),
          'landmarks, chip, embedding': () => pipeline.describe(image, faces, { quality: 'fast' }),
        };
        for (const [step, run] of Object.entries(steps))
          rows.push({ mode, what, step, ...(await split(run, n)) });
      }
      await pipeline.dispose();
    }
    return { rows };
  },
};

async function split(run, n) {
  const clock = watchNetworks();
  try {
    const totals = [];
    const networks = [];
    for (let i = -Math.ceil(n / 5); i < n; i++) {
      clock.ms = 0;
      const start = performance.now();
      await run();
      const total = performance.now() - start;
      if (i < 0) continue;
      totals.push(total);
      networks.push(clock.ms);
    }
    const totalMs = median(totals);
    const networkMs = median(networks);
    const pixelMs = totalMs - networkMs;
    return {
      totalMs: round(totalMs),
      networkMs: round(networkMs),
      pixelMs: round(pixelMs),
      share: Math.round((100 * pixelMs) / totalMs),
      n,
    };
  } finally {
    clock.stop();
  }
}

/** Adds up the time of every run of every network. */
function watchNetworks() {
  const { run } = OnnxSession.prototype;
  const clock = { ms: 0, stop: () => Object.assign(OnnxSession.prototype, { run }) };
  OnnxSession.prototype.run = async function timed(...args) {
    const start = performance.now();
    const result = await run.apply(this, args);
    clock.ms += performance.now() - start;
    return result;
  };
  return clock;
}

function median(times) {
  return [...times].sort((a, b) => a - b)[times.length >> 1];
}
