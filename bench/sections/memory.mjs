import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { startNode, whenEnded } from '../child.mjs';
import { round } from '../measure.mjs';

const PEAK_AIM_MB = 400;
/** Growth after the first 100 pictures that counts as flat: a hundredth of the aim. */
const FLAT_MB_PER_1000 = 20;
const STEP = 100;

/** Resident memory of the command line while it works through a folder. */
export const memory = {
  name: 'memory',
  title: 'Memory over a folder',
  columns: {
    what: 'command',
    images: 'images of 250x250',
    first: 'MB after the first tenth',
    last: 'MB at the end',
    peakMb: 'peak MB',
    slope: 'MB for 1,000 more images',
    seconds: 'seconds',
  },

  async run({ images, quick, log }) {
    const count = quick ? 40 : 1000;
    const step = quick ? 4 : STEP;
    const folder = await images.small(count);
    const rows = [];
    for (const command of quick ? ['detect'] : ['detect', 'embed']) {
      log(`face-trigger ${command} over ${count} images`);
      rows.push({ what: command, images: count, ...(await watchCommand(command, folder, step)) });
    }
    const peak = Math.max(...rows.map(({ peakMb }) => peakMb));
    const slope = Math.max(...rows.map((row) => row.slope));
    return {
      rows,
      facts: { rssEvery: step, rss: Object.fromEntries(rows.map(({ what, rss }) => [what, rss])) },
      aims: [
        { aim: `resident memory under ${PEAK_AIM_MB} MB`, value: peak, ok: peak < PEAK_AIM_MB },
        {
          aim: `flat after the first 100 images (under ${FLAT_MB_PER_1000} MB for 1,000)`,
          value: slope,
          ok: slope < FLAT_MB_PER_1000,
        },
      ],
    };
  },
};

async function watchCommand(command, folder, step) {
  const start = performance.now();
  const args = ['bin/face-trigger.js', command, folder, '--json'];
  const child = startNode(args);
  const ended = whenEnded(child, args.join(' '));
  const rss = [];
  let peakMb = 0;
  let lines = 0;
  for await (const _ of createInterface({ input: child.stdout })) {
    lines++;
    if (lines % step !== 0) continue;
    const now = residentMb(child.pid);
    if (now === null) continue; // the process ended between its last line and our look
    rss.push({ images: lines, mb: now.rss });
    peakMb = Math.max(peakMb, now.peak);
  }
  await ended;
  const seconds = (performance.now() - start) / 1000;
  return {
    first: rss[0].mb,
    last: rss.at(-1).mb,
    peakMb,
    slope: round(slopePerThousand(rss)),
    seconds: round(seconds),
    rss,
  };
}

/** Linux tells the peak too; elsewhere the largest look counts. */
function residentMb(pid) {
  try {
    if (process.platform === 'linux') {
      const status = readFileSync(`/proc/${pid}/status`, 'utf8');
      const kb = (name) => Number(status.match(new RegExp(`^${name}:\\s+(\\d+)`, 'm'))[1]);
      return { rss: Math.round(kb('VmRSS') / 1000), peak: Math.round(kb('VmHWM') / 1000) };
    }
    const kb = Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
    return { rss: Math.round(kb / 1000), peak: Math.round(kb / 1000) };
  } catch {
    return null;
  }
}

/** Least squares over the looks after the first: until then caches fill. */
function slopePerThousand(rss) {
  const meanX = rss.reduce((sum, { images }) => sum + images, 0) / rss.length;
  const meanY = rss.reduce((sum, { mb }) => sum + mb, 0) / rss.length;
  const covariance = rss.reduce((sum, { images, mb }) => sum + (images - meanX) * (mb - meanY), 0);
  const variance = rss.reduce((sum, { images }) => sum + (images - meanX) ** 2, 0);
  return (1000 * covariance) / variance;
}
