// Whole chains of the packs beside native dlib's, in turns, by what each process computes instead of by the clock: what
// other work on the machine hardly changes. Linux only.
//   node bench/chains.mjs [--rounds n] [--json]

import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT, startNode } from './child.mjs';
import { Contestant } from './contest.mjs';
import { BenchImages } from './images.mjs';
import { round, summarize } from './measure.mjs';
import { buildNative } from './native/build-native.mjs';
import { plainTable, tableOf } from './results.mjs';
import { KEEP_MEMORY, MODELS } from './sections/native.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '14' }, json: { type: 'boolean' } },
});
/** Runs of a turn: about as long on both sides. */
const OURS = 14;
const THEIRS = 4;
const WARM_ROUNDS = 2;
const CHAINS = ['fast', 'mobilefacenet', 'fused'].flatMap((pack) => [
  { pack, quality: 'fast', task: pack === 'fast' ? 'chain-fast-plain-80' : `chain-${pack}-plain` },
  { pack, quality: 'balanced', task: pack === 'fast' ? 'chain-fast-80' : `chain-${pack}` },
]);

const COLUMNS = {
  pack: 'pack',
  quality: 'quality',
  median: 'ms of one processor, median',
  min: 'min',
  ratio: 'times as fast as MMOD',
  ratioOfMinima: 'of minima',
};

const build = await buildNative((line) => console.error(line));
if ('problem' in build || !existsSync('/proc/self/schedstat')) {
  console.log(`skipped: ${build.problem ?? 'the system does not say what a process computes'}`);
} else await measure();

async function measure() {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-chains-'));
  try {
    const images = new BenchImages(folder);
    const picture = await images.ppm(await images.one());
    const env = { ...process.env, ...KEEP_MEMORY, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
    const native = spawn(build.program, [MODELS, picture], { env, stdio: ['pipe', 'pipe', 'inherit'] });
    const own = startNode(['bench/contestants/face-trigger.mjs', picture], { stdin: 'pipe', cwd: ROOT });
    const theirs = { child: native, contestant: await Contestant.start(native, 'dlib-bench'), count: THEIRS };
    const ours = { child: own, contestant: await Contestant.start(own, 'face-trigger'), count: OURS };
    const sides = [
      { name: { pack: 'native dlib, MMOD' }, ...theirs, task: 'chain-mmod', times: [] },
      { name: { pack: 'native dlib, HOG' }, ...theirs, task: 'chain-hog', times: [] },
      ...CHAINS.map(({ task, ...name }) => ({ name, ...ours, task, times: [] })),
    ];
    for (let turn = -WARM_ROUNDS; turn < Number(values.rounds); turn++) {
      for (const { child, contestant, count, task, times } of sides) {
        const before = computed(child.pid);
        await contestant.run(task, 0, count);
        if (turn >= 0) times.push((computed(child.pid) - before) / count);
      }
    }
    const [mmod] = sides.map(({ times }) => summarize(times));
    const rows = sides.map(({ name, times }) => {
      const { median, min } = summarize(times);
      const [ratio, ratioOfMinima] = [round(mmod.median / median), round(mmod.min / min)];
      return { ...name, median: round(median), min: round(min), ratio, ratioOfMinima };
    });
    if (values.json) for (const row of rows) console.log(JSON.stringify(row));
    else console.log(plainTable(tableOf(COLUMNS, rows)));
    await Promise.all([ours.contestant.end(), theirs.contestant.end()]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Milliseconds that all threads of a process have computed. */
function computed(pid) {
  const nanoseconds = readdirSync(`/proc/${pid}/task`).map((thread) =>
    Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0]),
  );
  return nanoseconds.reduce((sum, value) => sum + value, 0) / 1e6;
}
