// How embeddings lie about each other, of real people and of the benchmark's synthetic ones:
//   node bench/accuracy/embedding-shape.mjs [--json | --markdown]
// Needs ../shared/data/lfw-dev and dist/ (npm run build).

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { covariance, EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { euclideanDistance } from '../../dist/core/metric/metric.js';
import { chooseFace } from '../../dist/evaluate/face-reader.js';
import { FacePipeline, readImage } from '../../dist/index.js';
import { ROOT } from '../child.mjs';
import { round } from '../measure.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';
import { syntheticFaces } from '../synthetic-faces.mjs';

const FACES = join(ROOT, '../shared/data/lfw-dev');
const NEIGHBORS = [10, 20, 50];
const COLUMNS = {
  what: 'embeddings',
  people: 'people',
  strangers: 'distance of strangers',
  nearest: 'of the nearest stranger',
  onePerson: 'of two photos of one person',
  ratio: 'participation ratio',
  most: 'directions that hold 97 % of the variance',
  all: 'that hold 99.99 %',
  ...Object.fromEntries(
    NEIGHBORS.map((k, i) => [`local${k}`, i === 0 ? `dimensions among ${k} neighbors` : `among ${k}`]),
  ),
};

if (!existsSync(FACES)) {
  console.log(`skipped: there is no ${FACES}`);
} else {
  const real = await lfw();
  const source = syntheticFaces({ seed: 1 });
  const synthetic = real.map((photos) => {
    const person = source.person();
    return photos.map(() => source.photo(person));
  });
  const rows = [describe('lfw-dev', real), describe('bench/synthetic-faces.mjs', synthetic)];
  if (process.argv.includes('--json')) for (const row of rows) console.log(JSON.stringify(row));
  else {
    const table = tableOf(COLUMNS, rows);
    console.log(process.argv.includes('--markdown') ? markdownTable(table) : plainTable(table));
  }
}

/** One embedding a photo, grouped by person: of the face nearest to the photo's center. */
async function lfw() {
  const pipeline = await FacePipeline.create();
  const people = [];
  for (const folder of readdirSync(FACES, { withFileTypes: true }).filter((entry) => entry.isDirectory())) {
    const photos = [];
    for (const name of readdirSync(join(FACES, folder.name)).sort()) {
      const image = await readImage(join(FACES, folder.name, name));
      const faces = await pipeline.analyze(image);
      const face = chooseFace({ width: image.width, height: image.height, faces }, 'center');
      if (face) photos.push(face.embedding);
    }
    if (photos.length > 0) people.push(photos);
  }
  await pipeline.dispose();
  return people;
}

function describe(what, people) {
  const ones = people.map(([first]) => first);
  const sorted = ones.map((one) =>
    ones
      .filter((other) => other !== one)
      .map((other) => euclideanDistance(one, other))
      .sort((a, b) => a - b),
  );
  const variances = principalVariances(ones);
  const pairs = people.flatMap(([first, ...rest]) => rest.map((other) => euclideanDistance(first, other)));
  return {
    what,
    people: people.length,
    strangers: round(mean(sorted.map(mean))),
    nearest: round(mean(sorted.map(([nearest]) => nearest))),
    onePerson: round(mean(pairs)),
    ratio: round(participationRatio(variances)),
    most: directionsHolding(0.97, variances),
    all: directionsHolding(0.9999, variances),
    ...Object.fromEntries(NEIGHBORS.map((k) => [`local${k}`, round(localDimension(sorted, k))])),
  };
}

/** Variances along the principal directions, widest first. */
function principalVariances(vectors) {
  const eigen = new EigenvalueDecomposition(covariance(new Matrix(vectors)), { assumeSymmetric: true });
  return eigen.realEigenvalues.toReversed();
}

/** (sum of the principal variances)^2 / sum of their squares. */
function participationRatio(variances) {
  return sum(variances) ** 2 / sum(variances.map((variance) => variance ** 2));
}

function directionsHolding(share, variances) {
  const wanted = share * sum(variances);
  let held = 0;
  return (
    1 +
    variances.findIndex((variance) => {
      held += variance;
      return held >= wanted;
    })
  );
}

/**
 * Intrinsic dimension by maximum likelihood among the `k` nearest neighbors.
 * Source: Levina and Bickel, Maximum Likelihood Estimation of Intrinsic Dimension, 2004, averaged as MacKay and
 * Ghahramani advise.
 */
function localDimension(sortedDistances, k) {
  return 1 / mean(sortedDistances.map((distances) => mean(logRatios(distances, k)) * ((k - 1) / (k - 2))));
}

function logRatios(distances, k) {
  return distances.slice(0, k - 1).map((distance) => Math.log(distances[k - 1] / distance));
}

function mean(values) {
  return sum(values) / values.length;
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}
