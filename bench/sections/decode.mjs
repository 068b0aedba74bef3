import { readImage } from '../../dist/index.js';
import { measure } from '../measure.mjs';

/** Reading JPEG files. */
export const decode = {
  name: 'decode',
  title: 'Decoding',
  columns: { what: 'JPEG', median: 'ms, median', p95: 'p95', min: 'min', n: 'n' },

  async run({ images, quick }) {
    const cases = [
      { what: '250x250', path: await images.one(), n: 200 },
      { what: '640x480', path: await images.vga(), n: 100 },
      { what: '6000x4000', path: await images.large(), n: 10 },
    ];
    const rows = [];
    for (const { what, path, n } of cases) {
      const counts = quick ? { warmUp: 1, n: 3 } : { warmUp: Math.ceil(n / 10), n };
      rows.push({ what, ...(await measure(() => readImage(path), counts)) });
    }
    return { rows };
  },
};
