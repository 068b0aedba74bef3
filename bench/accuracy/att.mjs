#!/usr/bin/env node
// Identification on the AT&T / ORL faces: 2, 5 and 8 training photos a person, 3 folds; closed set, and open set with
// 20 of the 40 people as strangers. Prints a Markdown table and, as the last line, JSON.
//
//   node bench/accuracy/att.mjs [--data ../shared/data/att] [--quality fast|balanced|best]
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const ROOT = new URL('../../', import.meta.url);
const load = (path) => import(new URL(`dist/${path}`, ROOT).href);
const { values } = parseArgs({
  options: {
    data: { type: 'string', default: fileURLToPath(new URL('../shared/data/att', ROOT)) },
    quality: { type: 'string', default: 'balanced' },
  },
});
const { data: FOLDER, quality } = values;
const TRAIN_IMAGES = [2, 5, 8];
const FOLDS = 3;
const STRANGERS = 20;
const MAX_DISTANCE = 0.6;
// The photos in ../shared are 23 x 28 pixels: the face fills them.
const MIN_FACE_SIZE = 20;

if (!existsSync(FOLDER)) {
  console.error(`There are no photos at ${FOLDER}`);
  process.exit(1);
}

const { readPeopleFolder } = await load('dataset/people-folder.js');
const { splitForIdentification } = await load('dataset/split-for-identification.js');
const { evaluateIdentification } = await load('evaluate/identification.js');
const { searchGallery } = await load('evaluate/search-outcome.js');
const { readImage } = await load('node/image/read-image.js');
const { FacePipeline } = await load('pipeline/face-pipeline.js');

const people = await readPeopleFolder(FOLDER);
const pipeline = await FacePipeline.create();
const embeddings = new Map();
const sizes = new Set();
for (const photo of people.flatMap((person) => person.photos)) {
  const image = await readImage(photo);
  sizes.add(`${image.width} x ${image.height}`);
  const faces = await pipeline.analyze(image, {
    minFaceSize: MIN_FACE_SIZE,
    maxFaces: 1,
    quality,
    identities: false,
  });
  embeddings.set(photo, faces[0]?.embedding ?? null);
}
const missing = [...embeddings.values()].filter((embedding) => embedding === null).length;
console.log(
  `${embeddings.size} photos of ${people.length} people, ${[...sizes].join(', ')} pixels; no face in ${missing}\n`,
);

const faces = (some) =>
  some.flatMap(({ label, photos }) =>
    photos.map((photo) => ({ id: photo, person: label, embedding: embeddings.get(photo) })),
  );
const rows = [];
for (const trainImages of TRAIN_IMAGES) {
  for (const strangers of [0, STRANGERS]) {
    for (let fold = 0; fold < FOLDS; fold++) {
      const { gallery, probes } = splitForIdentification(people, { trainImages, strangers, seed: fold });
      const known = faces(gallery).filter((face) => face.embedding);
      const outcomes = searchGallery(faces(probes), known);
      const nearest = evaluateIdentification(outcomes, { rounds: 0 });
      const at = (maxDistance) => rates(outcomes, maxDistance);
      const point = nearest.openSet.findLast((each) => each.fpir <= 0.05);
      rows.push({
        trainImages,
        strangers,
        fold,
        nearestRank1: nearest.rank1.rate,
        svmRank1: await svmRank1(known, faces(probes), gallery),
        ...(strangers > 0 && {
          fnirAtFpir5: point?.fnir ?? 1,
          thresholdAtFpir5: point?.maxDistance ?? 0,
          at06: at(MAX_DISTANCE),
        }),
      });
    }
  }
}
await pipeline.dispose();

const percent = (values) => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(
    values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1),
  );
  return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)} %`;
};
console.log(
  '| training photos | people known / strangers | rank 1, nearest photo | rank 1, linear SVM | FNIR at FPIR 5 % | FPIR / FNIR at 0.6 |',
);
console.log('| --- | --- | --- | --- | --- | --- |');
for (const trainImages of TRAIN_IMAGES) {
  for (const strangers of [0, STRANGERS]) {
    const own = rows.filter((row) => row.trainImages === trainImages && row.strangers === strangers);
    const cells = [
      trainImages,
      `${people.length - strangers} / ${strangers}`,
      percent(own.map((row) => row.nearestRank1)),
      own[0].svmRank1 === null ? 'needs 5 photos' : percent(own.map((row) => row.svmRank1)),
      strangers ? percent(own.map((row) => row.fnirAtFpir5)) : '',
      strangers
        ? `${percent(own.map((row) => row.at06.fpir))} / ${percent(own.map((row) => row.at06.fnir))}`
        : '',
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}
console.log(`\n${JSON.stringify({ folder: 'att', quality, minFaceSize: MIN_FACE_SIZE, missing, rows })}`);

function rates(outcomes, maxDistance) {
  const near = (outcome) => outcome.best !== null && outcome.best.distance <= maxDistance;
  const strangers = outcomes.filter((outcome) => !outcome.enrolled);
  const known = outcomes.filter((outcome) => outcome.enrolled);
  return {
    fpir: strangers.filter(near).length / strangers.length,
    fnir: known.filter((outcome) => !(outcome.rank === 1 && near(outcome))).length / known.length,
  };
}

async function svmRank1(known, probes, gallery) {
  // Calibration takes 5 folds, so fewer photos of a person cannot train it.
  if (gallery.some((person) => person.photos.length < 5)) return null;
  const labels = new Set(gallery.map((person) => person.label));
  await pipeline.recognizer.train(
    { embeddings: known.map((face) => face.embedding), labels: known.map((face) => face.person) },
    { kind: 'svm' },
  );
  const own = probes.filter((probe) => labels.has(probe.person));
  const found = own.filter((probe) => probe.embedding);
  const answers = await pipeline.recognizer.identify(found.map((probe) => probe.embedding));
  return answers.filter(({ candidates }, i) => candidates[0].label === found[i].person).length / own.length;
}
