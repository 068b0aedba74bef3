// Whether what metric learning makes of the network's end tells people apart better: whom it did not learn from (part
// "people"), and whom it did learn from, among strangers (part "protocol", AT&T only). What was learned is measured here
// even where the judgment keeps it out of use.
//   node bench/accuracy/metric-learning.mjs [--part people|protocol] [--domain att|degraded] [--data ../shared/data]
//     [--cache FOLDER] [--json FILE]
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { createRandom } from '../../dist/core/random/random.js';
import { splitForIdentification } from '../../dist/dataset/split-for-identification.js';
import { tarAtFar } from '../../dist/evaluate/error-rates.js';
import { evaluateIdentification } from '../../dist/evaluate/identification.js';
import { areaUnderCurve, equalErrorRate } from '../../dist/evaluate/roc.js';
import { searchGallery } from '../../dist/evaluate/search-outcome.js';
import { BlockModel } from '../../dist/extras/metric-learning/block-model.js';
import { pairDistances } from '../../dist/extras/metric-learning/decidability.js';
import { EmbeddingHead } from '../../dist/extras/metric-learning/embedding-head.js';
import { DEFAULT_FIT, embedPhotos, fitModel } from '../../dist/extras/metric-learning/fit-model.js';
import { judgeModel, MAX_P_VALUE } from '../../dist/extras/metric-learning/judge-model.js';
import { readLastBlocks } from '../../dist/extras/metric-learning/read-last-blocks.js';
import { readLastLayer } from '../../dist/extras/metric-learning/read-last-layer.js';
import { normalizeRows } from '../../dist/extras/metric-learning/triplet-loss.js';
import { loadModel } from '../../dist/node/models/load-model.js';
import { readSamples, splitPeople } from './metric-domains.mjs';

const { values } = parseArgs({
  options: {
    part: { type: 'string', default: 'people' },
    domain: { type: 'string', default: 'att' },
    data: { type: 'string', default: new URL('../../../shared/data', import.meta.url).pathname },
    json: { type: 'string' },
    cache: { type: 'string', default: join(tmpdir(), 'face-trigger-accuracy', 'metric') },
  },
});
const DRAWS = [1, 2, 3];
const { bytes } = await loadModel('embedder');
const { blocks } = readLastBlocks(bytes, { count: 1 });
const lastLayer = readLastLayer(bytes);
const samples = await readSamples(values.domain, values);
const names = [...new Set(samples.map(({ person }) => person))].sort();

const rows = [];
if (values.part === 'people') for (const seed of DRAWS) rows.push(...(await unseenPeople(seed)));
else {
  for (const trainImages of [2, 5, 8]) {
    for (const strangers of [0, 20]) {
      for (let fold = 0; fold < 3; fold++) rows.push(...(await protocol({ trainImages, strangers, fold })));
    }
  }
}
const result = {
  ...{ part: values.part, domain: values.domain, photos: samples.length },
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

/** Half of the people are learned from, the other half is only tested on. */
async function unseenPeople(seed) {
  const { learnable, pairs } =
    values.domain === 'att' ? { learnable: samples, pairs: [] } : splitPeople(samples);
  const people = createRandom(seed).shuffle([...new Set(learnable.map(({ person }) => person))].sort());
  const learned = new Set(people.slice(0, people.length / 2));
  const test = [...learnable.filter(({ person }) => !learned.has(person)), ...pairs];
  const learn = learnable.filter(({ person }) => learned.has(person));
  const found = [];
  for (const depth of ['head', 'last-block']) {
    const { start, model, facts } = await learnFrom(learn, { depth, seed });
    if (found.length === 0) found.push({ draw: seed, model: 'plain', ...verification(start, depth, test) });
    found.push({ draw: seed, model: depth, ...verification(model, depth, test), ...facts });
    console.error(JSON.stringify(found.at(-1)));
  }
  return found;
}

/** The people learned from are enrolled with the same photos and looked up among strangers. */
async function protocol({ trainImages, strangers, fold }) {
  const people = names.map((label) => ({
    label,
    photos: samples.filter(({ person }) => person === label).map(({ file }) => `${label}/${file}`),
  }));
  const byPhoto = new Map(samples.map((sample) => [`${sample.person}/${sample.file}`, sample]));
  const { gallery, probes } = splitForIdentification(people, { trainImages, strangers, seed: fold });
  const flat = (some) => some.flatMap(({ label, photos }) => photos.map((photo) => ({ label, photo })));
  const measure = (model, depth) => {
    const faces = (some) => {
      const own = flat(some);
      const { unit, columns } = embed(
        model,
        depth,
        own.map(({ photo }) => byPhoto.get(photo)),
      );
      return own.map(({ label, photo }, i) => ({
        ...{ id: photo, person: label },
        embedding: Float32Array.from(unit.subarray(i * columns, (i + 1) * columns)),
      }));
    };
    const outcomes = searchGallery(faces(probes), faces(gallery));
    const { rank1, openSet } = evaluateIdentification(outcomes, { rounds: 0 });
    const point = openSet?.findLast((each) => each.fpir <= 0.05);
    return { rank1: percent(rank1.rate), ...(strangers > 0 && { 'FNIR@FPIR5': percent(point?.fnir ?? 1) }) };
  };
  const run = { enrolled: trainImages, strangers, fold };
  const learn = flat(gallery).map(({ photo }) => byPhoto.get(photo));
  if (trainImages < 3) {
    const start = startOf('head', fold);
    return [{ ...run, model: 'plain', ...measure(start, 'head') }];
  }
  const found = [];
  for (const depth of ['head', 'last-block']) {
    const { start, model, facts } = await learnFrom(learn, { depth, seed: fold });
    if (found.length === 0) found.push({ ...run, model: 'plain', ...measure(start, depth) });
    found.push({ ...run, model: depth, ...measure(model, depth), ...facts });
    console.error(JSON.stringify(found.at(-1)));
  }
  return found;
}

async function learnFrom(learn, { depth, seed }) {
  const start = startOf(depth, seed);
  const arranged = arrange(learn, depth);
  const began = process.cpuUsage();
  const judgment = await judgeModel(start, arranged, { fit: DEFAULT_FIT, seed, maxPValue: MAX_P_VALUE / 2 });
  const maxEpochs = Math.max(1, judgment.epochs);
  const fit = { ...DEFAULT_FIT, maxEpochs, stopOn: null, random: createRandom(seed) };
  const { model } = await fitModel(start, arranged, fit);
  const facts = {
    judgedPlain: percent(judgment.plainFnmr),
    judgedLearned: percent(judgment.learnedFnmr),
    p: round(judgment.pValue, 4),
    adopted: judgment.adopted,
    epochs: judgment.epochs,
    cpuSeconds: round(process.cpuUsage(began).user / 1e6, 0),
  };
  return { start, model, facts };
}

function startOf(depth, seed) {
  const head = EmbeddingHead.fromLinear(lastLayer, { random: createRandom(seed) });
  if (depth === 'head') return head;
  const [channels, rows, columns] = samples[0].sample.activations.dims;
  return BlockModel.fromWeights(blocks, { input: { channels, rows, columns }, head });
}

/** The rows that a model of a depth takes: views are averaged before a head, and after a block. */
function arrange(some, depth) {
  if (depth === 'head') {
    const vectors = [];
    const photos = some.map(({ person, sample: { views, augmented } }) => {
      const mean = views[0].map((_, j) => views.reduce((sum, view) => sum + view[j] / views.length, 0));
      return {
        person: names.indexOf(person),
        rows: [mean, ...augmented].map((row) => vectors.push(row) - 1),
      };
    });
    const columns = lastLayer.inputs;
    const data = new Float64Array(vectors.length * columns);
    for (const [i, vector] of vectors.entries()) data.set(vector, i * columns);
    return { inputs: { data, columns }, photos };
  }
  const inputs = [];
  const photos = some.map(({ person, sample: { activations } }) => ({
    person: names.indexOf(person),
    rows: [...activations.views, ...activations.augmented].map((row) => inputs.push(row) - 1),
    views: activations.views.length,
  }));
  return { inputs, photos };
}

function embed(model, depth, some) {
  const { inputs, photos } = arrange(some, depth);
  const embeddings = embedPhotos(model, inputs, photos);
  return { unit: normalizeRows(embeddings).unit, columns: embeddings.columns };
}

function verification(model, depth, test) {
  const { unit, columns } = embed(model, depth, test);
  const people = test.map(({ person }) => names.indexOf(person));
  const { same, different } = pairDistances({ data: unit, columns }, people);
  const scores = { genuine: same, impostor: different };
  const missed = (far) => percent(1 - tarAtFar(scores, { far, rounds: 0 }).tar);
  return {
    people: new Set(people).size,
    pairs: `${same.length} / ${different.length}`,
    EER: percent(equalErrorRate(scores).eer),
    AUC: round(areaUnderCurve(scores), 5),
    'FNMR@1e-2': missed(1e-2),
    'FNMR@1e-3': missed(1e-3),
  };
}

function percent(share) {
  return round(share * 100, 2);
}

function round(value, digits) {
  return Number(value.toFixed(digits));
}
