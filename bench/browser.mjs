// face-trigger/web beside @vladmandic/face-api and @vladmandic/human in one Chromium, in turns, on the same frames:
//   node bench/browser.mjs [--rounds 8] [--memory-minutes 0] [--threads 1,2]
// Needs dist/ and models/ (node scripts/bootstrap.mjs) and a Chromium. The first run installs bench/peers (330 MB). Each
// contestant of tfjs runs with whichever of its backends is fastest here. Prints the environment, then a line of JSON for
// each row.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { writeWebFolder } from '../dist/node/models/write-web-folder.js';
import { browserVersion, openContestant, startBrowser } from './browser/contestants.mjs';
import { downloadSizes } from './browser/download-sizes.mjs';
import { writeFrames } from './browser/frames.mjs';
import { watchMemory } from './browser/memory.mjs';
import { serveBench } from './browser/serve.mjs';
import { measureStarts } from './browser/starts.mjs';
import { describeEnvironment } from './environment.mjs';
import { BenchImages } from './images.mjs';
import { round, summarize } from './measure.mjs';
import { installPeers } from './peers/install-peers.mjs';

/** Of tfjs, those that a browser may have. */
const BACKENDS = ['wasm', 'webgl'];

/** What is compared: a task of ours, and the same work of others. */
const MATCHES = [
  ...['chain-ssd', 'chain-tiny'].map((theirs) => ({ ours: 'chain', name: 'face-api', theirs })),
  ...['chain-ssd', 'chain-tiny'].map((theirs) => ({ ours: 'chain-plain', name: 'face-api', theirs })),
  { ours: 'chain', name: 'human', theirs: 'chain' },
  { ours: 'chain-plain', name: 'human', theirs: 'chain' },
  { ours: 'embed', name: 'face-api', theirs: 'embed' },
  { ours: 'embed-plain', name: 'face-api', theirs: 'embed' },
];

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '8' },
    threads: { type: 'string', default: '1,2' },
    'memory-minutes': { type: 'string', default: '0' },
  },
});
const rounds = Number(values.rounds);
const memoryMinutes = Number(values['memory-minutes']);
const folder = mkdtempSync(join(tmpdir(), 'face-trigger-browser-bench-'));
const problem = installPeers((line) => console.error(line));
if (problem !== null) throw new Error(problem);
await writeWebFolder(join(folder, 'models'));
await writeFrames(folder, new BenchImages(folder));
const server = await serveBench(folder);
const browser = await startBrowser(chromium);
try {
  tell({ ...describeEnvironment(), browser: browserVersion(browser) });
  tell({ row: 'download', ...(await downloadSizes(join(folder, 'models'))) });
  for (const threads of values.threads.split(',').map(Number)) await compare(threads);
  tell({ row: 'start', ...(await measureStarts(browser, server.url)) });
  tell({ row: 'webcam', ...(await watchMemory(browser, server.url, { minutes: memoryMinutes })) });
} finally {
  await browser.close();
  server.close();
  rmSync(folder, { recursive: true, force: true });
}

async function compare(threads) {
  const isolated = threads > 1;
  const open = (name, backend) => openContestant(browser, server.url, { name, backend, isolated, threads });
  const ours = await open('face-trigger');
  const others = {};
  for (const [name, task] of [
    ['face-api', 'chain-tiny'],
    ['human', 'chain'],
  ]) {
    others[name] = await fastest(name, task, open);
  }
  for (const { ours: ourTask, name, theirs } of MATCHES) {
    const them = others[name];
    const [a, b] = await inTurns([
      [ours, ourTask],
      [them, theirs],
    ]);
    const ratio = round(b.median / a.median);
    tell({
      ...{ row: 'speed', threads, ours: ourTask, name, theirs, backend: them.ready.backend },
      ...{ ourMs: a, theirMs: b, timesAsFast: ratio },
    });
  }
  for (const contestant of [ours, ...Object.values(others)]) {
    tell({ row: 'contestant', threads, ...contestant.ready });
    await contestant.end();
  }
}

/** Opens a contestant with each backend that starts, and keeps the fastest. */
async function fastest(name, task, open) {
  let best = null;
  for (const backend of BACKENDS) {
    const contestant = await open(name, backend).catch((error) => {
      tell({ row: 'backend', name, backend, failed: error.message.split('\n')[0] });
      return null;
    });
    if (contestant === null) continue;
    await contestant.run(task, 1);
    const { min } = summarize((await contestant.run(task, 2)).times);
    tell({ row: 'backend', name, backend: contestant.ready.backend, minMs: min });
    const slower = best !== null && min >= best.min ? contestant : best?.contestant;
    if (slower) await slower.end();
    if (slower !== contestant) best = { contestant, min };
  }
  if (best === null) throw new Error(`${name} runs with no backend`);
  return best.contestant;
}

async function inTurns(sides) {
  const times = sides.map(() => []);
  for (const [contestant, task] of sides) await contestant.run(task, 2);
  for (let i = 0; i < rounds; i++) {
    for (const [at, [contestant, task]] of sides.entries()) {
      times[at].push(...(await contestant.run(task, 3)).times);
    }
  }
  return times.map(summarize);
}

function tell(line) {
  console.log(JSON.stringify(line));
}
