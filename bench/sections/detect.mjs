import { readImage } from '../../dist/index.js';
import { openDetector } from '../../dist/node/models/open-models.js';
import { runNode } from '../child.mjs';
import { measure } from '../measure.mjs';

const THREADS = 1;

/** Finding faces: the sizes of a small photo, a camera's frame and a large photo. */
export const detect = {
  name: 'detect',
  title: 'Detection',
  columns: {
    mode: 'mode',
    what: 'image',
    minFaceSize: 'minFaceSize',
    faces: 'faces',
    median: 'ms, median',
    p95: 'p95',
    min: 'min',
    n: 'n',
    peakMb: 'peak RSS, MB',
  },

  async run({ images, quick }) {
    const small = { what: '250x250', path: await images.one() };
    const vga = { what: '640x480', path: await images.vga() };
    const cases = [
      { ...small, minFaceSize: 40, n: 20 },
      { ...small, minFaceSize: 80, n: 60 },
      { ...small, minFaceSize: 120, n: 60 },
      { ...vga, minFaceSize: 80, n: 30 },
      { ...vga, minFaceSize: 160, n: 60 },
      { ...vga, minFaceSize: 240, n: 60 },
    ];
    const rows = [];
    for (const mode of ['exact', 'fast']) {
      rows.push(...(await measureMode(mode, cases, quick)));
      rows.push({ mode, ...(await measureLarge(await images.large(), mode, quick ? 1 : 5)) });
    }
    return { rows };
  },
};

async function measureMode(mode, cases, quick) {
  const detector = await openDetector({ mode, threads: THREADS });
  const rows = [];
  for (const { what, path, minFaceSize, n } of cases) {
    const image = await readImage(path);
    const faces = (await detector.detect(image, { minFaceSize })).length;
    const counts = quick ? { warmUp: 1, n: 2 } : { warmUp: 3, n };
    const times = await measure(() => detector.detect(image, { minFaceSize }), counts);
    rows.push({ mode, what, minFaceSize, threads: THREADS, faces, ...times });
  }
  await detector.dispose();
  return rows;
}

/** In a process of its own, so that the peak is that of this photo. */
async function measureLarge(path, mode, n) {
  const output = await runNode(['bench/children/detect-large.mjs', path, mode, String(n), String(THREADS)]);
  return { what: '6000x4000', minFaceSize: 'default', threads: THREADS, ...JSON.parse(output) };
}
