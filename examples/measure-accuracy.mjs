// Measures how well faces of your own people are told apart, and how far the figures can be trusted.
// node examples/measure-accuracy.mjs PEOPLE_FOLDER
import { euclideanDistance, FacePipeline, readImage } from 'face-trigger';
import { readPeopleFolder } from 'face-trigger/dataset';
import { evaluateVerification } from 'face-trigger/evaluate';

const pipeline = await FacePipeline.create();
/** @type {{ label: string, photo: string, embedding: Float32Array | null }[]} */
const faces = [];
for (const { label, photos } of await readPeopleFolder(process.argv[2] ?? 'people')) {
  for (const photo of photos) {
    const [face] = await pipeline.analyze(await readImage(photo), { maxFaces: 1 });
    faces.push({ label, photo, embedding: face?.embedding ?? null });
  }
}
// Every photo with every other one: the same person, or two.
const pairs = faces.flatMap((a, i) =>
  faces.slice(i + 1).map((b) => ({
    first: a.photo,
    second: b.photo,
    same: a.label === b.label,
    distance: a.embedding && b.embedding ? euclideanDistance(a.embedding, b.embedding) : null,
    fold: 0,
  })),
);
const maxDistance = pipeline.embedder.profile.thresholds.verify;
const result = evaluateVerification(pairs, { thresholds: [maxDistance] });
for (const { fmr, fnmr } of result.thresholds) {
  console.log(`at distance ${maxDistance}, with intervals of 95 %:`);
  console.log(`  two people taken for one: ${percent(fmr)}`);
  console.log(`  one person taken for two: ${percent(fnmr)}`);
}
console.log(`pairs with a photo without a face: ${result.pairs.failures}`);
await pipeline.dispose();

/** @param {import('face-trigger/evaluate').RateEstimate} estimate */
function percent({ count, trials, low, high }) {
  const [from, to] = [low, high].map((share) => (100 * share).toFixed(1));
  return `${count} of ${trials} pairs (${from} % to ${to} %)`;
}
