// Runs a home of a configuration for so many seconds and prints, as one line of JSON, how late its events were told, how
// often it looked at each camera, and what it used: `node bench/children/home.mjs home.yaml 60`.
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readHomeConfig } from '../../dist/home/config/read-home-config.js';
import { Home } from '../../dist/home/home.js';

/** The kernel's unit of time in /proc. */
const TICKS_A_SECOND = 100;
/** Cameras are opened and buffers filled in this part of the run, which is not counted. */
const WARM_UP_MS = 10_000;
/** Looks at the memory. */
const SAMPLE_MS = 1000;

const [path, seconds] = process.argv.slice(2);
const home = await Home.open(await readHomeConfig(path), { log: (line) => console.error(line) });
await sleep(WARM_UP_MS);
const latenessMs = [];
const types = {};
home.subscribe((event) => {
  types[event.type] = (types[event.type] ?? 0) + 1;
  latenessMs.push(Date.now() - Date.parse(event.time));
});
const before = { self: cpuOf('self'), decoders: cpuOfDecoders() };
const start = performance.now();
const memory = [];
const fps = home.cameras.map(() => []);
while (performance.now() - start < Number(seconds) * 1000) {
  await sleep(SAMPLE_MS);
  memory.push({ self: rssOf('self'), decoders: decoders().reduce((sum, pid) => sum + rssOf(pid), 0) });
  for (const [i, { status }] of home.cameras.entries()) fps[i].push(status.fps);
}
const tookS = (performance.now() - start) / 1000;
const percent = (ticks) => Math.round((100 * ticks) / TICKS_A_SECOND / tookS);
const half = memory.slice(Math.floor(memory.length / 2));
console.log(
  JSON.stringify({
    seconds: Math.round(tookS),
    events: latenessMs.length,
    types,
    medianMs: quantile(latenessMs, 0.5),
    p95Ms: quantile(latenessMs, 0.95),
    maxMs: quantile(latenessMs, 1),
    // Frames a second that were looked at, of each camera.
    fps: fps.map((values) => Math.round(10 * quantile(values, 0.5)) / 10),
    // Of one core.
    cpuPercent: percent(cpuOf('self') - before.self),
    decoderCpuPercent: percent(cpuOfDecoders() - before.decoders),
    rssMb: quantile(
      memory.map(({ self }) => self),
      0.5,
    ),
    // Medians of sixths of the run.
    rssMbOverTime: Array.from({ length: 6 }, (_, i) => {
      const [from, to] = [i, i + 1].map((sixth) => Math.floor((sixth * memory.length) / 6));
      return quantile(
        memory.slice(from, to).map(({ self }) => self),
        0.5,
      );
    }),
    decoderRssMb: quantile(
      memory.map(({ decoders: mb }) => mb),
      0.5,
    ),
    // Of the second half of the run: what grows there, grows for ever.
    mbAMinute: Math.round(10 * slope(half.map(({ self }) => self)) * (60_000 / SAMPLE_MS)) / 10,
  }),
);
await home[Symbol.asyncDispose]();

/** The ffmpeg processes that read the cameras. */
function decoders() {
  return readdirSync('/proc')
    .filter((pid) => /^\d+$/.test(pid))
    .filter((pid) => statOf(pid)?.parent === process.pid);
}

function cpuOfDecoders() {
  return decoders().reduce((sum, pid) => sum + cpuOf(pid), 0);
}

function cpuOf(pid) {
  const stat = statOf(pid);
  return stat ? stat.ticks : 0;
}

function statOf(pid) {
  try {
    // After the name, which is in brackets and may hold anything.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}

function rssOf(pid) {
  try {
    return Math.round(
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
    );
  } catch {
    return 0;
  }
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? null;
}

/** Least squares, per sample. */
function slope(values) {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const spread = values.reduce((sum, _, x) => sum + (x - middle) ** 2, 0);
  return spread === 0 ? 0 : values.reduce((sum, y, x) => sum + (x - middle) * (y - mean), 0) / spread;
}
