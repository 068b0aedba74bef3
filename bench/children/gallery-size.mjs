// Search, start, memory and enrollment of one gallery of synthetic people, as one line of JSON:
//   node --expose-gc bench/children/gallery-size.mjs FACES QUERIES
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { FlatVectors } from '../../dist/gallery/index/flat-vectors.js';
import { loadUsearch } from '../../dist/gallery/index/usearch-engine.js';
import { openGallery } from '../../dist/gallery/open-gallery.js';
import { syntheticFaces } from '../synthetic-faces.mjs';

const EMBEDDER = { id: 'synthetic', sha256: '0'.repeat(64), dimension: 128 };
const PHOTOS_PER_PERSON = 4;
const TOP = 10;
/** Of the monitor of the event loop, in milliseconds: what it tells is longer by this. */
const RESOLUTION_MS = 1;
const [, , faceCount, queryCount] = process.argv;
const queries = Number(queryCount);
console.log(JSON.stringify(await measure(Number(faceCount))));

async function measure(faces) {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
  const path = join(folder, 'gallery.db');
  try {
    const made = makeProbes(faces);
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

/** New photos of people in the gallery, and photos of people who are not. */
function makeProbes(faces) {
  const people = Math.floor(faces / PHOTOS_PER_PERSON);
  const step = Math.max(1, Math.floor(people / queries));
  const inside = syntheticFaces({ seed: 1 });
  const outside = syntheticFaces({ seed: 2 });
  const known = [];
  for (let i = 0; i < people; i++) {
    const center = inside.person();
    for (let j = 0; j < PHOTOS_PER_PERSON; j++) inside.photo(center);
    if (i % step === 0 && known.length < queries) {
      // The photo comes from the other stream: the gallery's own must not be disturbed.
      known.push(Object.assign(outside.photo(center), { person: `Person ${i}` }));
    }
  }
  return { known, strangers: Array.from({ length: queries }, () => outside.photo(outside.person())) };
}

function* records(faces) {
  const source = syntheticFaces({ seed: 1 });
  const createdAt = new Date().toISOString();
  const { id, sha256 } = EMBEDDER;
  for (let i = 0; i < faces / PHOTOS_PER_PERSON; i++) {
    const personId = randomUUID();
    const center = source.person();
    yield { type: 'person', id: personId, name: `Person ${i}`, createdAt, expiresAt: null, consent: null };
    for (let j = 0; j < PHOTOS_PER_PERSON; j++) {
      const embedding = Buffer.from(source.photo(center).buffer).toString('base64');
      const rest = { quality: null, source: null, thumbnail: null, createdAt };
      yield { type: 'face', id: randomUUID(), personId, embedder: { id, sha256 }, embedding, ...rest };
    }
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
  const engine = await loadUsearch();
  const all = new FlatVectors(EMBEDDER.dimension, engine);
  const source = syntheticFaces({ seed: 1 });
  for (let i = 0; i < faces / PHOTOS_PER_PERSON; i++) {
    const center = source.person();
    for (let j = 0; j < PHOTOS_PER_PERSON; j++) all.push(source.photo(center));
  }
  const recall = async (probes) => {
    let found = 0;
    for (const probe of probes) {
      const truth = new Set();
      for (const { slot } of all.nearest(probe, TOP * PHOTOS_PER_PERSON)) {
        if (truth.size < TOP) truth.add(`Person ${Math.floor(slot / PHOTOS_PER_PERSON)}`);
      }
      const answer = await gallery.search(probe, { limit: TOP });
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
