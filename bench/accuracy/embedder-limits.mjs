// Where an embedder's limits lie: node bench/accuracy/embedder-limits.mjs [--models NAME|PATH] [--quality balanced]
// Limits between people (verify, identify, farthest) are learned from half of LFW's people, as the probabilities are
// (probability-reliability.mjs --fit); those between copies of a photo from copies made here of 60 photos.
// Needs ../shared/data and dist/ (npm run build).
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { metricOf } from '../../dist/core/metric/metric.js';
import { createRandom } from '../../dist/core/random/random.js';
import { equalErrorRate } from '../../dist/evaluate/roc.js';
import { FacePipeline, readImage } from '../../dist/index.js';
import { ROOT } from '../child.mjs';
import { listPictures, mainFace } from './pictures.mjs';

const DATA = join(ROOT, '../shared/data/lfw-dev');
const { values } = parseArgs({
  options: {
    models: { type: 'string' },
    quality: { type: 'string', default: 'balanced' },
    photos: { type: 'string', default: '60' },
  },
});
const { models, quality } = values;

/** Ways in which a photo comes back: saved again, found otherwise, changed by somebody. */
const COPIES = {
  samePhoto: [
    (picture) => picture.jpeg({ quality: 80 }),
    (picture) => picture.jpeg({ quality: 95 }),
    (picture) => picture.png(),
    (picture) => picture.webp({ quality: 90 }),
  ],
  variation: [(picture) => picture.flop().png(), (picture) => picture.grayscale().png()],
  copy: [
    (picture) => picture.resize(150, 150).jpeg({ quality: 60 }),
    (picture) => picture.extract({ left: 20, top: 20, width: 210, height: 210 }).jpeg({ quality: 70 }),
    (picture) => picture.modulate({ brightness: 1.3 }).jpeg({ quality: 80 }),
  ],
};

if (!existsSync(DATA)) console.log(`skipped: there is no ${DATA}`);
else {
  const pipeline = await FacePipeline.create({ models, detection: 'fast' });
  const { distance } = metricOf(pipeline.embedder.profile.metric);
  const people = new Map();
  for (const path of listPictures(DATA, '.jpg')) {
    const embedding = await embed(pipeline, readFileSync(path));
    const name = basename(dirname(path));
    if (embedding) people.set(name, [...(people.get(name) ?? []), { path, embedding }]);
  }
  const names = createRandom(1).shuffle([...people.keys()].sort());
  const learned = names.filter((_, i) => i % 2 === 0).map((name) => people.get(name));
  const { genuine, impostor } = pairs(learned, distance);
  const result = { ...between(genuine, impostor), pairs: [genuine.length, impostor.length] };
  result.impostors = spread(pairs(learned, metricOf('cosine').distance).impostor.map((d) => 1 - d));
  const photos = createRandom(2).shuffle(learned.flat()).slice(0, Number(values.photos));
  for (const [kind, ways] of Object.entries(COPIES)) {
    const found = [];
    for (const { path, embedding } of photos) {
      for (const way of ways) {
        const copy = await embed(pipeline, await way(sharp(path)).toBuffer());
        if (copy) found.push(distance(embedding, copy));
      }
    }
    result[kind] = {
      median: at(found, 0.5),
      p95: at(found, 0.95),
      largest: at(found, 1),
      copies: found.length,
    };
  }
  console.log(JSON.stringify(result, null, 2));
  await pipeline.dispose();
}

async function embed(pipeline, bytes) {
  const image = await readImage(bytes);
  const face = await mainFace(pipeline, image, 80);
  return face && (await pipeline.describe(image, [face], { quality }))[0].embedding;
}

function pairs(people, distance) {
  const genuine = [];
  const impostor = [];
  const all = people.flatMap((faces, person) => faces.map(({ embedding }) => ({ person, embedding })));
  for (let i = 0; i < all.length; i++) {
    for (let j = 0; j < i; j++) {
      const d = distance(all[i].embedding, all[j].embedding);
      (all[i].person === all[j].person ? genuine : impostor).push(d);
    }
  }
  return { genuine, impostor };
}

/** Of the cosine similarity of strangers: what an embedder is weighed by beside another one. */
function spread(values) {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { mean, deviation };
}

function between(genuine, impostor) {
  const { eer, maxDistance } = equalErrorRate({
    genuine: Float64Array.from(genuine),
    impostor: Float64Array.from(impostor),
  });
  return {
    // People with many photos would decide alone where each pair counted: errors are shares of each kind.
    equalError: { distance: maxDistance, rate: eer },
    falseAccepts: Object.fromEntries([1e-2, 1e-3, 1e-4, 1e-5].map((rate) => [rate, at(impostor, rate)])),
    genuineMedian: at(genuine, 0.5),
    impostorMedian: at(impostor, 0.5),
    impostorAlmostAll: at(impostor, 0.999),
  };
}

function at(numbers, share) {
  const sorted = Float64Array.from(numbers).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}
