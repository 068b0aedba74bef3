// Works on one wrong file after the other in a process of its own, so that a crash ends nothing else.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeCase, TARGETS } from './targets.mjs';

const { createRandom } = await import(new URL('../../dist/core/random/random.js', import.meta.url).href);
const [folder] = process.argv.slice(2);
const seedsOf = new Map();

// What is thrown with nobody to catch it would end a user's process.
let stray = null;
process.on('uncaughtException', (error) => (stray ??= error));
process.on('unhandledRejection', (error) => (stray ??= error));

process.on('message', ({ name, seed }) => void work(name, seed));
process.on('disconnect', () => process.exit(0));
await send({ type: 'ready' });

async function work(name, seed) {
  const target = TARGETS[name];
  const scratch = join(folder, 'work');
  rmSync(scratch, { recursive: true, force: true });
  mkdirSync(scratch, { recursive: true });
  process.env.XDG_CACHE_HOME = join(scratch, 'cache');
  if (!seedsOf.has(name)) {
    seedsOf.set(name, await target.seeds());
    if (name === 'api' || name === 'folders')
      await target
        .run(seedsOf.get(name)[0], { folder: scratch, seedIndex: 0, random: createRandom(0) })
        .catch(() => undefined);
  }
  const random = createRandom(seed);
  const { bytes, seedIndex } = makeCase(target, { random, seeds: seedsOf.get(name) });
  writeFileSync(join(folder, 'input'), bytes);
  resetPeak();
  await send({ type: 'started' });
  stray = null;
  const start = performance.now();
  let outcome = 'accepted';
  let problem = null;
  try {
    await target.run(bytes, { folder: scratch, seedIndex, random });
    // Rejections that nobody waits for show in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    if (stray) throw stray;
  } catch (error) {
    if (error?.name === 'FaceTriggerError' && error !== stray) outcome = error.code;
    else {
      outcome = 'FAILED';
      problem = error === stray ? `not caught: ${error?.stack}` : String(error?.stack ?? error);
    }
  }
  await send({
    type: 'done',
    outcome,
    problem,
    seedIndex,
    ms: performance.now() - start,
    peak: peakMegabytes(),
  });
}

function send(message) {
  return new Promise((resolve) => process.send(message, resolve));
}

// Linux forgets the highest memory so far when told 5; elsewhere the peak is that of the whole process.
function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // not Linux, or not allowed
  }
}

function peakMegabytes() {
  try {
    return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync('/proc/self/status', 'latin1'))[1]) / 1024;
  } catch {
    return process.memoryUsage().rss / 2 ** 20;
  }
}
