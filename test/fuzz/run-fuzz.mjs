// `npm run fuzz -- --seconds 60 --seed 7 --only images,dat`: puts wrong files and requests to everything that reads
// any, and looks for crashes, hangs, memory and errors that are no FaceTriggerError. A case is named by its target and
// seed: `--only dat --case 123456` runs that one again.
import { fork } from 'node:child_process';
import { randomInt } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { TARGETS } from './targets.mjs';

const { createRandom } = await import(new URL('../../dist/core/random/random.js', import.meta.url).href);
const CHILD = fileURLToPath(new URL('fuzz-child.mjs', import.meta.url));

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string' },
    only: { type: 'string' },
    /** Stops each target after so many cases, whatever the time. */
    cases: { type: 'string' },
    case: { type: 'string' },
    'time-limit': { type: 'string', default: '5' },
    out: { type: 'string', default: 'fuzz-failures' },
    processes: { type: 'string', default: '1' },
  },
});
const names = values.only?.split(',') ?? Object.keys(TARGETS);
const unknown = names.filter((name) => !(name in TARGETS));
if (unknown.length > 0) {
  console.error(`no target ${unknown.join(', ')}; there are: ${Object.keys(TARGETS).join(', ')}`);
  process.exit(2);
}
const seed = number('seed', randomInt(2 ** 31));
const seconds = number('seconds');
const maxCases = number('cases', Number.POSITIVE_INFINITY);
const timeLimitMs = number('time-limit') * 1000;

console.log(`seed ${seed}`);
const scratch = mkdtempSync(join(tmpdir(), 'face-trigger-fuzz-'));
let failures = 0;
try {
  const waiting = names.map((name, i) => ({ name, seed: (seed + 7919 * i) % 2 ** 31 }));
  const workers = Array.from({ length: number('processes') }, (_, i) =>
    runTargets(waiting, join(scratch, String(i))),
  );
  await Promise.all(workers);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${failures} failures`);
process.exitCode = failures === 0 ? 0 : 1;

function number(option, fallback) {
  const value = values[option] === undefined ? fallback : Number(values[option]);
  if (Number.isFinite(value) || value === fallback) return value;
  console.error(`--${option} must be a number`);
  process.exit(2);
}

async function runTargets(waiting, folder) {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const share = (seconds * 1000 * number('processes')) / names.length;
    await runTarget(next, { folder, until: performance.now() + share });
  }
}

async function runTarget({ name, seed: own }, { folder, until }) {
  mkdirSync(folder, { recursive: true });
  const random = createRandom(own);
  const outcomes = new Map();
  let worker = null;
  let count = 0;
  let slowest = 0;
  let peak = 0;
  const single = values.case === undefined ? null : number('case');
  const limit = single === null ? maxCases : 1;
  while (
    count < limit &&
    (count === 0 || maxCases !== Number.POSITIVE_INFINITY || performance.now() < until)
  ) {
    const caseSeed = single ?? random.int(2 ** 31);
    worker ??= await startWorker(folder);
    const result = await worker.run({ name, seed: caseSeed });
    count += 1;
    outcomes.set(result.outcome, (outcomes.get(result.outcome) ?? 0) + 1);
    slowest = Math.max(slowest, result.ms ?? 0);
    peak = Math.max(peak, result.peak ?? 0);
    if (result.outcome === 'FAILED') {
      failures += 1;
      report({ name, seed: caseSeed, folder, result });
    }
    if (worker.isDead) worker = null;
  }
  await worker?.stop();
  const told = [...outcomes].sort(([, a], [, b]) => b - a).map(([outcome, times]) => `${outcome} ${times}`);
  console.log(
    `${name}: ${count} cases, slowest ${Math.round(slowest)} ms, peak ${Math.round(peak)} MB; ${told.join(', ')}`,
  );
}

function report({ name, seed: caseSeed, folder, result }) {
  mkdirSync(values.out, { recursive: true });
  const file = join(values.out, `${name}-${caseSeed}`);
  if (existsSync(join(folder, 'input'))) copyFileSync(join(folder, 'input'), file);
  writeFileSync(`${file}.txt`, `--only ${name} --case ${caseSeed}\n${result.problem}\n`);
  console.log(
    `FAILED ${name} case ${caseSeed}: ${result.problem.split('\n').slice(0, 4).join(' | ')} -> ${file}`,
  );
}

/** A process that works on cases until one of them breaks it. */
async function startWorker(folder) {
  const child = fork(CHILD, [folder], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    execArgv: ['--max-old-space-size=1024'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr = (stderr + text).slice(-4000);
  });
  const exited = new Promise((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? `exit status ${code}`)),
  );
  const worker = { isDead: false, run, stop };
  await Promise.race([
    message(child, 'ready'),
    exited.then((how) => fail(`the process ended at once (${how}): ${stderr}`)),
  ]);
  return worker;

  async function run(order) {
    const { megabytes } = TARGETS[order.name];
    let timer;
    let watcher;
    let started = 0;
    const broken = new Promise((resolve) => {
      const kill = (problem) => {
        resolve({ outcome: 'FAILED', problem });
        end();
      };
      // Making the valid files takes time of its own, once.
      timer = setTimeout(kill, 120_000, 'the process did not come to the case');
      void message(child, 'started').then(() => {
        started = performance.now();
        clearTimeout(timer);
        timer = setTimeout(kill, timeLimitMs, `took more than ${timeLimitMs} ms`);
        watcher = setInterval(() => {
          const used = treeMegabytes(child.pid);
          if (used > megabytes) kill(`took ${Math.round(used)} MB, the limit is ${megabytes}`);
        }, 20);
      });
    });
    const crashed = exited.then((how) => ({
      outcome: 'FAILED',
      problem: `the process ended: ${how}\n${stderr}`,
    }));
    child.send(order);
    const result = await Promise.race([message(child, 'done'), broken, crashed]);
    clearTimeout(timer);
    clearInterval(watcher);
    if (started > 0) result.ms ??= performance.now() - started;
    if (result.outcome !== 'FAILED' && result.peak > megabytes) {
      return {
        ...result,
        outcome: 'FAILED',
        problem: `took ${Math.round(result.peak)} MB, the limit is ${megabytes}`,
      };
    }
    if (child.exitCode !== null || child.signalCode !== null) worker.isDead = true;
    return result;
  }

  function end() {
    worker.isDead = true;
    child.kill('SIGKILL');
  }

  async function stop() {
    if (!worker.isDead) child.disconnect();
    setTimeout(end, 5000).unref();
    await exited;
  }

  function fail(text) {
    throw new Error(text);
  }
}

function message(child, type) {
  return new Promise((resolve) => {
    const listen = (content) => {
      if (content.type !== type) return;
      child.off('message', listen);
      resolve(content);
    };
    child.on('message', listen);
  });
}

/** Memory of a process and its children, which the server has; 0 where there is no /proc. */
function treeMegabytes(pid) {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')[1]);
    const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').split(' ').filter(Boolean),
    );
    return (pages * 4096) / 2 ** 20 + children.reduce((sum, child) => sum + treeMegabytes(child), 0);
  } catch {
    return 0;
  }
}
