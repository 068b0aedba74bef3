import { readImage } from '../../dist/index.js';
import { measure } from '../measure.mjs';

/** Reading JPEG files. */
export const decode = {
  name: 'decode',
  title: 'Decoding',
  columns: { what: 'JPEG', median: 'ms, median', p95: 'p95', min: 'min', n: 'n' },

  async run({ images, quick }) {
    const large = await images.large();
    const cases = [
      { what: '250x250', path: await images.one(), n: 200 },
      { what: '640x480', path: await images.vga(), n: 100 },
      ...[1, 2, 4, 8].map((shrink) => ({
        what: shrink === 1 ? '6000x4000' : `6000x4000 at 1/${shrink} of its sides`,
        path: large,
        n: 10,
        shrink,
      })),
    ];
    const rows = [];
    for (const { what, path, n, shrink = 1 } of cases) {
      const counts = quick ? { warmUp: 1, n: 3 } : { warmUp: Math.ceil(n / 10), n };
      rows.push({ what, ...(await measure(() => readImage(path, { shrink }), counts)) });
    }
    return { rows };
  },
};
