// Whether a head learnt with the triplet loss tells people apart whom it did not learn from, on the gray AT&T faces.
//   node bench/accuracy/metric-learning.mjs [--data ../shared/data/att] [--json FILE] [--cache FOLDER]
// Half of the people are learnt from, the other half is only tested on; three seeded splits.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { tarAtFar } from '../../dist/evaluate/error-rates.js';
import { chooseFace } from '../../dist/evaluate/face-reader.js';
import { areaUnderCurve, equalErrorRate } from '../../dist/evaluate/roc.js';
import { readImage } from '../../dist/image/read-image.js';
import { pairDistances } from '../../dist/metric/decidability.js';
import { EmbeddingHead } from '../../dist/metric/embedding-head.js';
import { DEFAULT_FIT, fitHead } from '../../dist/metric/fit-head.js';
import { judgeHead } from '../../dist/metric/judge-head.js';
import { readLastLayer } from '../../dist/metric/read-last-layer.js';
import { loadModel } from '../../dist/models/load-model.js';
import { createRandom } from '../../dist/random/random.js';
import { FacePipeline } from '../../dist/recognizer/face-pipeline.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: new URL('../../../shared/data/att', import.meta.url).pathname },
    json: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'face-trigger-accuracy', 'att') },
  },
});
const SEEDS = [1, 2, 3];
const HIDDEN = [0, 64];
// The photos in ../shared are 23 x 28 pixels: the face fills them.
const MIN_FACE_SIZE = 20;

const samples = await readSamples();
const lastLayer = readLastLayer((await loadModel('embedder')).bytes);
const rows = [];
for (const seed of SEEDS) for (const hidden of HIDDEN) rows.push(...(await tryHead(seed, hidden)));
const result = {
  what: 'AT&T gray, 20 people to learn from, 20 others tested: all pairs, two views averaged, length 1',
  photos: samples.length,
  cpu: cpus()[0]?.model,
  node: process.version,
  date: new Date().toISOString().slice(0, 10),
  rows,
};
console.log(JSON.stringify(result, null, 2));
console.table(rows);
if (values.json) {
  mkdirSync(dirname(values.json), { recursive: true });
  writeFileSync(values.json, `${JSON.stringify(result, null, 2)}\n`);
}

async function tryHead(seed, hidden) {
  const names = createRandom(seed).shuffle([...new Set(samples.map(({ person }) => person))].sort());
  const learntFrom = new Set(names.slice(0, names.length / 2));
  const { features, photos } = arrange();
  const learn = photos.filter(({ name }) => learntFrom.has(name));
  const test = photos.filter(({ name }) => !learntFrom.has(name));
  const start = EmbeddingHead.fromLinear(lastLayer, { hidden, random: createRandom(seed) });
  const began = process.cpuUsage();
  const judgement = await judgeHead(start, { features, photos: learn }, { fit: DEFAULT_FIT, seed });
  // What the head would do is shown even where the judgement keeps it out of use.
  const maxEpochs = Math.max(1, judgement.epochs);
  const fit = { ...DEFAULT_FIT, maxEpochs, stopOn: null, random: createRandom(seed) };
  const { head } = await fitHead(start, { features, photos: learn }, fit);
  const { user } = process.cpuUsage(began);
  const facts = {
    seed,
    hidden,
    adopted: judgement.adopted,
    epochs: judgement.epochs,
    judgedPlain: percent(judgement.plainFnmr),
    judgedLearnt: percent(judgement.learnedFnmr),
    p: round(judgement.pValue, 4),
    cpuSeconds: round(user / 1e6, 1),
  };
  const plain = { seed, hidden, head: 'plain', ...measure(start, features, test) };
  return [plain, { ...facts, head: 'learnt', ...measure(head, features, test) }];
}

function measure(head, features, test) {
  const embeddings = head.forward(
    pick(
      features,
      test.map(({ rows: [row] }) => row),
    ),
  ).embeddings;
  const { same, different } = pairDistances(
    embeddings,
    test.map(({ person }) => person),
  );
  const scores = { genuine: same, impostor: different };
  const missed = (far) => percent(1 - tarAtFar(scores, { far, rounds: 0 }).tar);
  return {
    pairs: `${same.length} / ${different.length}`,
    EER: percent(equalErrorRate(scores).eer),
    AUC: round(areaUnderCurve(scores), 6),
    'FNMR@1e-2': missed(1e-2),
    'FNMR@1e-3': missed(1e-3),
  };
}

function arrange() {
  const names = [...new Set(samples.map(({ person }) => person))].sort();
  const columns = lastLayer.inputs;
  const vectors = [];
  const photos = samples.map(({ person, views, augmented }) => {
    const first = vectors.length;
    vectors.push(views[0].map((_, j) => views.reduce((sum, view) => sum + view[j] / views.length, 0)));
    vectors.push(...augmented);
    const rows = Array.from({ length: 1 + augmented.length }, (_, i) => first + i);
    return { name: person, person: names.indexOf(person), rows };
  });
  const data = new Float64Array(vectors.length * columns);
  for (const [i, vector] of vectors.entries()) data.set(vector, i * columns);
  return { features: { data, columns }, photos };
}

function pick({ data, columns }, wanted) {
  const picked = new Float64Array(wanted.length * columns);
  for (const [i, row] of wanted.entries()) {
    picked.set(data.subarray(row * columns, (row + 1) * columns), i * columns);
  }
  return { data: picked, columns };
}

async function readSamples() {
  const file = join(values.cache, 'samples.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  const pipeline = await FacePipeline.create();
  const found = [];
  for (const person of readdirSync(values.data)
    .filter((name) => /^s\d+$/.test(name))
    .sort()) {
    for (const photo of readdirSync(join(values.data, person)).sort()) {
      const image = await readImage(join(values.data, person, photo));
      const faces = await pipeline.analyze(image, { minFaceSize: MIN_FACE_SIZE, embeddings: false });
      const face = chooseFace({ width: image.width, height: image.height, faces }, 'center');
      if (face === null) {
        console.error(`no face: ${person}/${photo}`);
        continue;
      }
      const sample = await pipeline.recognizer.metricSample(image, face.landmarks, { quality: 'balanced' });
      const plainArrays = (vectors) => vectors.map((vector) => Array.from(vector));
      found.push({ person, views: plainArrays(sample.views), augmented: plainArrays(sample.augmented) });
    }
  }
  await pipeline.dispose();
  mkdirSync(values.cache, { recursive: true });
  writeFileSync(file, JSON.stringify(found));
  return found;
}

function percent(share) {
  return round(share * 100, 2);
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
