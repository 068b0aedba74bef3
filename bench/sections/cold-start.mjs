import { runNode } from '../child.mjs';
import { summarize } from '../measure.mjs';

const AIM_MS = 1500;

/** The command line on one photo, from starting the process to its end. */
export const coldStart = {
  name: 'cold-start',
  title: 'Cold start',
  columns: { what: 'command', image: 'image', median: 'ms, median', p95: 'p95', min: 'min', n: 'n' },

  async run({ images, quick }) {
    const cases = [
      { what: 'detect', image: '250x250', path: await images.one() },
      { what: 'detect', image: '640x480', path: await images.vga() },
      { what: 'embed', image: '250x250', path: await images.one() },
    ];
    const rows = [];
    for (const { what, image, path } of cases) {
      const args = ['bin/face-trigger.js', what, path, '--json'];
      await runNode(args); // the files come into the system's cache
      const times = [];
      for (let i = 0; i < (quick ? 2 : 7); i++) {
        const start = performance.now();
        await runNode(args);
        times.push(performance.now() - start);
      }
      rows.push({ what, image, warmUp: 1, ...summarize(times) });
    }
    const [first] = rows;
    const aim = `face-trigger detect on one photo under ${AIM_MS} ms`;
    return { rows, aims: [{ aim, value: first.median, ok: first.median < AIM_MS }] };
  },
};
