// Says whether the largest faces of two photos are one person.
// node examples/compare-photos.mjs PHOTO PHOTO
import { euclideanDistance, FacePipeline, readImage } from 'face-trigger';

const [first = 'a.jpg', second = 'b.jpg'] = process.argv.slice(2);
const pipeline = await FacePipeline.create();
const distance = euclideanDistance(await embedLargest(first), await embedLargest(second));
const limit = pipeline.embedder.profile.thresholds.verify;
const answer = distance <= limit ? 'the same person' : 'two people';
console.log(`${answer}: distance ${distance.toFixed(3)}, limit ${limit}`);
await pipeline.dispose();

/** @param {string} path */
async function embedLargest(path) {
  const faces = await pipeline.analyze(await readImage(path));
  const [largest] = faces.sort((a, b) => b.box.width - a.box.width);
  if (!largest?.embedding) throw new Error(`There is no face in ${path}`);
  return largest.embedding;
}
