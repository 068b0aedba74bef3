// How long grouping takes among many synthetic faces, and how right it is there:
//   node bench/clustering-speed.mjs [--faces 100000] [--added 1000] [--loops]
// Needs dist/ (npm run build). Prints JSON: seconds by the clock and of the processor (other work on the machine shows
// in the first alone), the most memory held, and the measures of bench/accuracy/clustering.mjs.
import { parseArgs } from 'node:util';
import { clusterFaces } from '../dist/cluster.js';
import { createRandom } from '../dist/core/random/random.js';
import { clusteringMetrics } from '../dist/evaluate/clustering-metrics.js';
import { DLIB_FACTS } from '../dist/models/dlib/dlib-facts.js';
import { NODE_RUNTIME } from '../dist/node/runtime/session.js';
import { syntheticFaces } from './synthetic-faces.mjs';

const { values } = parseArgs({
  options: {
    faces: { type: 'string', default: '100000' },
    added: { type: 'string', default: '1000' },
    loops: { type: 'boolean' },
  },
});
const runtime = values.loops ? undefined : NODE_RUNTIME;
const count = Number(values.faces);
const added = Number(values.added);
/** Nobody is on more photos. */
const MOST_PHOTOS = 3000;

const { faces, people } = collection(count + added);
const first = await timed(() => clusterFaces(faces.slice(0, count), { profile: DLIB_FACTS, runtime }));
const second = await timed(() =>
  clusterFaces(faces, { profile: DLIB_FACTS, runtime, state: first.result.state }),
);
for (const [what, { result, ...took }] of Object.entries({
  [`${count} faces`]: first,
  [`${added} more`]: second,
})) {
  const groupOf = new Map(result.groups.flatMap(({ id, faceIds }) => faceIds.map((face) => [face, id])));
  const seen = result === first.result ? faces.slice(0, count) : faces;
  const metrics = clusteringMetrics(
    seen.map(({ id }) => groupOf.get(id) ?? id),
    seen.map((_, i) => people[i]),
  );
  console.log(JSON.stringify({ what, ...took, ...metrics }));
}
const before = new Map(first.result.groups.flatMap(({ id, faceIds }) => faceIds.map((face) => [face, id])));
const after = new Map(second.result.groups.flatMap(({ id, faceIds }) => faceIds.map((face) => [face, id])));
const moved = [...before].filter(([face, id]) => after.get(face) !== id).length;
console.log(JSON.stringify({ groupedBefore: before.size, movedByAdding: moved }));

/** People of very different numbers of photos (half of them on one), in an order that mixes them. */
function collection(size) {
  const source = syntheticFaces({ seed: 1 });
  const random = createRandom(2);
  const made = [];
  for (let person = 0; made.length < size; person++) {
    const center = source.person();
    const photos = Math.min(MOST_PHOTOS, Math.floor(1 / (1 - random.next())));
    for (let i = 0; i < photos && made.length < size; i++)
      made.push({ person, embedding: source.photo(center) });
  }
  random.shuffle(made);
  return {
    faces: made.map(({ embedding }, i) => ({ id: `f${i}`, embedding })),
    people: made.map(({ person }) => person),
  };
}

async function timed(work) {
  const clock = performance.now();
  const processor = process.cpuUsage();
  const result = await work();
  const { user, system } = process.cpuUsage(processor);
  return {
    result,
    seconds: round((performance.now() - clock) / 1000),
    processorSeconds: round((user + system) / 1e6),
    // Of the whole process, the synthetic faces in it.
    peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024),
  };
}

function round(value) {
  return Number(value.toFixed(2));
}
