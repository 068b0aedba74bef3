// How often the probabilities that people see come true: node bench/accuracy/probability-reliability.mjs
//   [--models NAME|PATH] [--quality fast|balanced|best] [--precision fp32|int8] [--detection exact|fast] [--cache file.json] [--fit] [--svg file.svg] [--json]
// The constants in src/models/dlib/dlib-facts.ts and src/models/cosine-facts.ts are learned from half of LFW's people (--fit prints them); the other
// half, and AT&T's people, judge them here. Needs ../shared/data and dist/ (npm run build).
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { personProbabilities } from '../../dist/core/embed/person-probability.js';
import { metricOf } from '../../dist/core/metric/metric.js';
import { createRandom } from '../../dist/core/random/random.js';
import { FacePipeline, readImage } from '../../dist/index.js';
import { packageEmbedder } from '../../dist/node/models/packaged-models.js';
import { ROOT } from '../child.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';
import { fitEvidence } from './fit-evidence.mjs';
import { listPictures, mainFace } from './pictures.mjs';
import { bins, drawReliability, judge } from './reliability.mjs';

const DATA = join(ROOT, '../shared/data');
const { values } = parseArgs({
  options: {
    models: { type: 'string' },
    quality: { type: 'string', default: 'balanced' },
    detection: { type: 'string', default: 'exact' },
    precision: { type: 'string', default: 'fp32' },
    cache: { type: 'string' },
    svg: { type: 'string' },
    fit: { type: 'boolean' },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
  },
});
const { models, quality, precision, detection } = values;
/** Enrolled people and photos of each. */
const GALLERIES = [
  [2, 1],
  [5, 1],
  [5, 5],
  [20, 1],
  [20, 2],
  [20, 5],
  [50, 1],
  [100, 1],
  [100, 2],
];
const ROUNDS = 12;
/** Of one enrolled person in one round, so that a few with many photos do not decide. */
const MAX_PROBES = 4;
const embedder = await packageEmbedder(precision, models);
const MAX_DISTANCE = embedder.thresholds.identify;
const distanceOf = metricOf(embedder.metric).distance;

const COLUMNS = {
  people: 'people',
  enrolled: 'enrolled',
  photos: 'photos each',
  faces: 'faces shown',
  right: 'mean of the right name',
  strangers: "mean of a stranger's best",
  ece: 'ECE',
  brier: 'Brier',
  missed: 'own missed at 0.5 %',
  named: 'strangers named at 0.5 %',
};
const BIN_COLUMNS = { said: 'said', faces: 'faces', mean: 'mean said', came: 'came true' };

if (!existsSync(DATA)) console.log(`skipped: there is no ${DATA}`);
else {
  const { lfw, att } = await allEmbeddings();
  const [learned, judged] = halves(lfw);
  if (values.fit) {
    const { midpoint, scale, perReference } = fitEvidence(learned, createRandom(1), distanceOf);
    console.log(JSON.stringify({ precision, quality, people: learned.size, midpoint, scale, perReference }));
  } else report({ "LFW, the other half's people": judged, 'AT&T': att });
}

function report(sets) {
  const evidence = embedder.evidence[quality];
  const rows = [];
  const diagrams = [];
  for (const [people, faces] of Object.entries(sets)) {
    const random = createRandom(2);
    const answers = [];
    for (const [enrolled, photos] of GALLERIES) {
      const own = simulate(faces, { enrolled, photos, evidence, random });
      if (own.length === 0) continue;
      answers.push(...own);
      rows.push({ people, enrolled, photos, ...judge(own) });
    }
    rows.push({ people, enrolled: 'all', photos: '', ...judge(answers) });
    diagrams.push({ people, bins: bins(answers) });
  }
  if (values.json) {
    for (const row of [...rows, ...diagrams]) console.log(JSON.stringify({ quality, precision, ...row }));
  } else {
    const table = values.markdown ? markdownTable : plainTable;
    console.log(table(tableOf(COLUMNS, rows)));
    for (const { people, bins: own } of diagrams)
      console.log(`\n${people}\n${table(tableOf(BIN_COLUMNS, own))}`);
  }
  if (values.svg) writeFileSync(values.svg, drawReliability(diagrams));
}

/** Half of the faces shown are of people enrolled, half of strangers, each of whom shows one face. */
function simulate(faces, { enrolled, photos, evidence, random }) {
  const answers = [];
  for (let round = 0; round < ROUNDS; round++) {
    const able = random.shuffle([...faces.keys()].filter((name) => faces.get(name).length > photos));
    if (able.length < enrolled) return [];
    const gallery = able.slice(0, enrolled).map((name) => {
      const own = random.shuffle([...faces.get(name)]);
      return { name, references: own.slice(0, photos), probes: own.slice(photos, photos + MAX_PROBES) };
    });
    const known = random.shuffle(
      gallery.flatMap(({ name, probes }) => probes.map((probe) => ({ name, probe }))),
    );
    const inside = new Set(gallery.map(({ name }) => name));
    const strangers = random
      .shuffle([...faces.keys()].filter((name) => !inside.has(name)))
      .map((name) => ({ name: null, probe: faces.get(name)[random.int(faces.get(name).length)] }));
    const count = Math.min(known.length, strangers.length);
    for (const { name, probe } of [...known.slice(0, count), ...strangers.slice(0, count)])
      answers.push({ ...answer(probe, gallery, evidence), own: name });
  }
  return answers.map(({ probability, distance, best, own }) => ({
    probability,
    isRight: best === own,
    isStranger: own === null,
    isNamed: distance <= MAX_DISTANCE && probability >= 0.5,
  }));
}

function answer(probe, gallery, evidence) {
  const people = gallery.map(({ references }) => ({
    distance: Math.min(...references.map((reference) => distanceOf(reference, probe))),
    references: references.length,
  }));
  const probabilities = personProbabilities(people, evidence);
  const best = probabilities.indexOf(Math.max(...probabilities));
  return { probability: probabilities[best], distance: people[best].distance, best: gallery[best].name };
}

/** The people of LFW in two halves, drawn once and for all. */
function halves(people) {
  const names = createRandom(1).shuffle([...people.keys()].sort());
  return [0, 1].map(
    (half) => new Map(names.filter((_, i) => i % 2 === half).map((name) => [name, people.get(name)])),
  );
}

async function allEmbeddings() {
  const kept =
    values.cache && existsSync(values.cache) ? JSON.parse(readFileSync(values.cache, 'utf8')) : null;
  const rows = kept ?? (await embedAll());
  if (values.cache && !kept) writeFileSync(values.cache, JSON.stringify(rows));
  const people = { lfw: new Map(), att: new Map() };
  for (const { set, name, [quality]: embedding } of rows) {
    const person = basename(dirname(name));
    people[set].set(person, [...(people[set].get(person) ?? []), embedding]);
  }
  return people;
}

/** The face nearest the middle of every picture. */
async function embedAll() {
  const pipeline = await FacePipeline.create({ models, precision, detection });
  const rows = [];
  for (const [set, folder, ending, minFaceSize] of [
    ['lfw', 'lfw-dev', '.jpg', 80],
    ['att', 'att', '.pgm', 20],
  ]) {
    for (const path of listPictures(join(DATA, folder), ending)) {
      const image = await readImage(path);
      const face = await mainFace(pipeline, image, minFaceSize);
      if (!face) continue;
      const [{ embedding }] = await pipeline.describe(image, [face], { quality });
      rows.push({ set, name: path, [quality]: [...embedding] });
    }
  }
  await pipeline.dispose();
  return rows;
}
