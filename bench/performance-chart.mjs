// Draws docs/images/performance.svg from the results of full runs: node bench/performance-chart.mjs
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './child.mjs';
import { readResult } from './results.mjs';

const IMAGES = ['250x250', '640x480'];
/** Whose time of the whole chain stands in which section's rows. */
const BARS = [
  { who: 'face-trigger, fast, int8', section: 'native', task: ['ours', 'chain-fast-plain-80'] },
  { who: 'face-trigger, exact', section: 'native', task: ['ours', 'chain-plain-80'] },
  { who: 'native dlib, HOG', section: 'native', task: ['theirs', 'chain-hog'] },
  { who: 'native dlib, MMOD', section: 'native', task: ['theirs', 'chain-mmod'] },
  { who: 'face-api, tiny', section: 'peers', task: ['theirs', 'chain-tiny'] },
  { who: 'face-api, SSD', section: 'peers', task: ['theirs', 'chain-ssd'] },
  { who: 'human', section: 'human', task: ['theirs', 'chain'] },
];
const COLORS = { ours: '#0a7d5a', theirs: '#8a94a0' };

/** The picture of the page about speed; every bar is a row of a results file. */
export const PerformanceChart = {
  path: join(ROOT, 'docs/images/performance.svg'),
  script: 'bench/performance-chart.mjs',
  async render() {
    const [Plot, { parseHTML }] = await Promise.all([import('@observablehq/plot'), import('linkedom')]);
    const { document } = parseHTML('<!doctype html><html><body></body></html>');
    const bars = readBars();
    const svg = Plot.plot({
      document,
      width: 760,
      height: 76 + 44 * BARS.length,
      marginLeft: 170,
      marginRight: 60,
      marginTop: 44,
      marginBottom: 50,
      x: {
        label: 'milliseconds from pixels to embedding, one thread (shorter is better)',
        labelAnchor: 'left',
        labelOffset: 44,
        grid: true,
      },
      y: { label: null, domain: BARS.map(({ who }) => who) },
      fy: { label: null },
      fx: { label: null, domain: IMAGES },
      color: { domain: Object.keys(COLORS), range: Object.values(COLORS) },
      marks: [
        Plot.barX(bars, { fx: 'image', x: 'ms', y: 'who', fill: 'side' }),
        Plot.text(bars, {
          fx: 'image',
          x: 'ms',
          y: 'who',
          text: ({ ms }) => String(Number(ms.toPrecision(3))),
          textAnchor: 'start',
          dx: 4,
        }),
        Plot.ruleX([0]),
      ],
    });
    svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    // linkedom's elements take a style as an attribute only.
    svg.setAttribute('style', 'background: white; color: #222; font: 13px system-ui, sans-serif');
    return `${svg.outerHTML}\n`;
  },
};

function readBars() {
  return BARS.flatMap(({ who, section, task: [side, name] }) => {
    const rows = readResult(section)?.rows ?? [];
    return IMAGES.flatMap((image) => {
      const row = rows.find((candidate) => candidate[side] === name && candidate.image === image);
      if (row === undefined) return [];
      return [{ who, side, image, ms: side === 'ours' ? row.ourMedian : row.theirMedian }];
    });
  });
}

/** @returns {Promise<string>} the picture's path */
export async function writePerformanceChart() {
  writeFileSync(PerformanceChart.path, await PerformanceChart.render());
  return PerformanceChart.path;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(await writePerformanceChart());
}
