// Search, start, memory and enrollment of one gallery of synthetic people, as one line of JSON:
//   node --expose-gc bench/children/gallery-size.mjs FACES QUERIES
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openGallery } from '../../dist/gallery/open-gallery.js';
import { syntheticFaces } from '../synthetic-faces.mjs';
import { EMBEDDER, exactAnswers, makeProbes, records, TOP } from '../synthetic-gallery.mjs';

/** Of the monitor of the event loop, in milliseconds: what it tells is longer by this. */
const RESOLUTION_MS = 1;
const [, , faceCount, queryCount] = process.argv;
const queries = Number(queryCount);
console.log(JSON.stringify(await measure(Number(faceCount))));

async function measure(faces) {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
  const path = join(folder, 'gallery.db');
  try {
    const made = makeProbes(faces, queries);
    const first = await openGallery(path, { embedder: EMBEDDER });
    const importStart = performance.now();
    await first.import(records(faces));
    const importMs = performance.now() - importStart;
    await first.dispose();

    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const openStart = performance.now();
    const gallery = await openGallery(path);
    const startMs = performance.now() - openStart;
    await gallery.indexed();
    const indexedMs = performance.now() - openStart;
    globalThis.gc?.();
    const memoryMb = (process.memoryUsage().rss - before) / 1e6;

    for (const probe of made.known.slice(0, 50)) await gallery.search(probe, { limit: TOP });
    const known = await timeSearches(gallery, made.known);
    const strangers = await timeSearches(gallery, made.strangers);
    const longestStopMs = await longestStop(gallery, made.known);
    const recall = await recalls(gallery, faces, made);
    const { index } = await gallery.stats();
    const enrollPerSecond = await enrollRate(gallery);
    await gallery.dispose();
    return {
      faces,
      index,
      p50Ms: known.p50,
      p99Ms: known.p99,
      strangersP50Ms: strangers.p50,
      strangersP99Ms: strangers.p99,
      recallAt10: recall.known,
      strangersRecallAt10: recall.strangers,
      rank1: known.rank1,
      longestStopMs,
      startMs: Math.round(startMs),
      indexedMs: Math.round(indexedMs),
      memoryMb: Math.round(memoryMb),
      importPerSecond: Math.round(faces / (importMs / 1000)),
      enrollPerSecond: Math.round(enrollPerSecond),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function timeSearches(gallery, probes) {
  const times = [];
  let right = 0;
  for (const probe of probes) {
    const start = performance.now();
    const [best] = await gallery.search(probe, { limit: TOP });
    times.push(performance.now() - start);
    if (best?.person.name === probe.person) right++;
  }
  times.sort((a, b) => a - b);
  const at = (share) => round(times[Math.min(times.length - 1, Math.floor(share * times.length))], 3);
  return { p50: at(0.5), p99: at(0.99), rank1: round(right / probes.length, 4) };
}

/** Searches with turns of the event loop between them, as a server has, and its longest stop meanwhile. */
async function longestStop(gallery, probes) {
  const monitor = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  monitor.enable();
  for (const probe of probes) {
    await gallery.search(probe, { limit: TOP });
    await nextTurn();
  }
  monitor.disable();
  return round(monitor.max / 1e6 - RESOLUTION_MS, 1);
}

/** Share of the true ten nearest people, found by comparing with everybody, that the gallery's ten contain. */
async function recalls(gallery, faces, { known, strangers }) {
  const recall = async (probes) => {
    let found = 0;
    for (const [i, truth] of (await exactAnswers(faces, probes)).entries()) {
      const answer = await gallery.search(probes[i], { limit: TOP });
      found += answer.filter(({ person }) => truth.has(person.name)).length;
    }
    return round(found / (probes.length * TOP), 4);
  };
  // Comparing with everybody is slow on purpose: 300 probes of each kind are enough for three digits.
  return { known: await recall(known.slice(0, 300)), strangers: await recall(strangers.slice(0, 300)) };
}

async function enrollRate(gallery) {
  const source = syntheticFaces({ seed: 3 });
  const { id } = await gallery.createPerson({ name: 'Newcomer' });
  const center = source.person();
  const start = performance.now();
  const count = 200;
  for (let i = 0; i < count; i++) await gallery.addFaces(id, [{ embedding: source.photo(center) }]);
  return count / ((performance.now() - start) / 1000);
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
