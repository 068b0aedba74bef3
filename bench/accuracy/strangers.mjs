// How well strangers are known again: node bench/accuracy/strangers.mjs (after npm run build; needs ../shared/data).
// Faces of people with photos are played as appearances before cameras, in an order drawn at random, into the memory
// that `face-trigger run` has, with the merges that it makes on evidence, and into the one of `watch`.
import { metricOf } from '../../dist/core/metric/metric.js';
import { createRandom } from '../../dist/core/random/random.js';
import { StrangerRegistry } from '../../dist/core/track/stranger-registry.js';
import { StrangerMemory } from '../../dist/home/strangers/stranger-memory.js';
import { FacePipeline } from '../../dist/index.js';
import { faceCollection } from './face-collections.mjs';

const SEED = 20261128;
/** Seen so often, a person counts for "strangers per person". */
const OFTEN = 3;

const pipeline = await FacePipeline.create();
const { thresholds } = pipeline.embedder.profile;
await pipeline.dispose();

const rows = [];
for (const name of ['lfw-dev', 'att']) {
  const collection = await faceCollection(name);
  if (collection === null) {
    console.error(`skipped: ${name}: ../shared/data/${name} is not here`);
    continue;
  }
  for (const photos of [1, 3]) {
    const appearances = appearancesOf(collection.faces, photos);
    for (const [method, play] of [
      ['run', playMemory],
      ['watch', playRegistry],
    ]) {
      const ids = play(appearances, collection.facts);
      rows.push({ collection: name, photos, method, ...judge(appearances, ids) });
    }
  }
}
console.log(JSON.stringify(rows, null, 2));
console.table(rows);

/** Photos of one person in groups of so many, shuffled; what is left over is an appearance of fewer. */
function appearancesOf(faces, photos) {
  const random = createRandom(SEED);
  const people = new Map();
  for (const face of faces) people.set(face.person, [...(people.get(face.person) ?? []), face]);
  const appearances = [];
  for (const [person, own] of people) {
    const order = random.shuffle([...own]);
    for (let at = 0; at < order.length; at += photos)
      appearances.push({ person, faces: order.slice(at, at + photos) });
  }
  return random.shuffle(appearances);
}

function playMemory(appearances, { metric, evidence }) {
  let made = 0;
  const scale = { distance: metricOf(metric).distance, toOwn: (own) => own, evidence };
  const memory = new StrangerMemory({ scale, createId: () => `s${++made}`, maxStrangers: 100_000 });
  const kept = new Map();
  const ids = [];
  for (const [i, { faces }] of appearances.entries()) {
    const { id } = memory.resolve(faces, { timeMs: i, appearance: String(i), exclude: new Set() });
    const row = (of, mergedInto = null) => ({ id: of, createdAt: new Date(0), isIgnored: false, mergedInto });
    const own = faces.map((face) => ({ ...face, appearanceId: String(i), takenAt: new Date(i) }));
    kept.set(id, [...(kept.get(id) ?? []), ...own]);
    const twin = memory.twinOf(id);
    if (twin !== null) {
      kept.set(twin, [...kept.get(twin), ...kept.get(id)]);
      kept.delete(id);
      memory.set(row(id, twin), [], []);
      memory.set(row(twin), kept.get(twin), []);
    }
    ids.push(id);
  }
  return ids.map((id) => memory.idOf(id));
}

function playRegistry(appearances, { metric }) {
  const { identify: maxDistance } = thresholds;
  const registry = new StrangerRegistry({ maxDistance, metric, ttlMs: 1e12, capacity: 100_000 });
  return appearances.map(({ faces }, i) => {
    const mean = new Float32Array(faces[0].embedding.length);
    for (const { embedding } of faces)
      for (let k = 0; k < mean.length; k++) mean[k] += embedding[k] / faces.length;
    return registry.resolve(mean, { timeMs: i }).id;
  });
}

function judge(appearances, ids) {
  const strangers = new Map();
  const people = new Map();
  for (const [i, { person }] of appearances.entries()) {
    const of = strangers.get(ids[i]) ?? new Map();
    strangers.set(ids[i], of.set(person, (of.get(person) ?? 0) + 1));
    const as = people.get(person) ?? { seen: 0, strangers: new Set() };
    as.seen++;
    people.set(person, { ...as, strangers: as.strangers.add(ids[i]) });
  }
  const pairs = (n) => (n * (n - 1)) / 2;
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const groups = [...strangers.values()].map((of) => [...of.values()]);
  const together = sum(groups.map((sizes) => pairs(sum(sizes))));
  const right = sum(groups.flat().map(pairs));
  const often = [...people.values()].filter(({ seen }) => seen >= OFTEN);
  const rounded = (value) => Math.round(value * 1e4) / 1e4;
  return {
    people: people.size,
    appearances: appearances.length,
    strangers: strangers.size,
    mixed: groups.filter((sizes) => sizes.length > 1).length,
    purity: rounded(sum(groups.map((sizes) => Math.max(...sizes))) / appearances.length),
    pairPrecision: rounded(together === 0 ? 1 : right / together),
    pairRecall: rounded(right / sum([...people.values()].map(({ seen }) => pairs(seen)))),
    perPerson: rounded(sum(often.map(({ strangers: own }) => own.size)) / often.length),
  };
}
