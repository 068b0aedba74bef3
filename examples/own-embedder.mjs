// Gives a pipeline an embedder of its own. This one has no network: it shrinks the face to a grid of grays, which knows
// light and pose better than people; it shows what an embedder has to say of itself.
// node examples/own-embedder.mjs PHOTO PHOTO
import {
  cosineSimilarity,
  DLIB_FIVE_POINTS,
  FacePipeline,
  readImage,
  resizeImage,
  toGray,
} from 'face-trigger';

const GRID = 8;
const evidence = { midpoint: 0.2, scale: 20, perReference: 0 };

/** @type {import('face-trigger').FaceEmbedder} */
const embedder = {
  profile: {
    id: 'gray-grid-1',
    // Of a network: the SHA-256 of its weights. What has none needs a value that changes when its embeddings do.
    sha256: '0001'.padStart(64, '0'),
    dimension: GRID * GRID,
    metric: 'cosine',
    // Distances between embeddings, and what they mean: measure yours with measure-accuracy.mjs.
    thresholds: { verify: 0.2, identify: 0.15, samePhoto: 0.005, variation: 0.02, copy: 0.03, farthest: 1 },
    evidence: { fast: evidence, balanced: evidence, best: evidence },
    calibration: { midpoint: 0.2, scale: 20 },
    lengthRule: { length: 1, applies: 'always' },
    // How faces are cut out: eyes in the upper third, the nose in the middle.
    chip: {
      size: 64,
      layout: DLIB_FIVE_POINTS,
      points: [
        [0.85, 0.3],
        [0.65, 0.3],
        [0.15, 0.3],
        [0.35, 0.3],
        [0.5, 0.62],
      ],
    },
    input: { colors: 'rgb', normalization: null },
    licence: 'MIT',
  },
  async embed(chips) {
    return chips.map((chip) =>
      Float32Array.from(resizeImage(toGray(chip), { width: GRID, height: GRID }).data, (v) => v - 128),
    );
  },
  async dispose() {},
  async [Symbol.asyncDispose]() {},
};

const pipeline = await FacePipeline.create({ embedder });
const [a, b] = await Promise.all(
  process.argv.slice(2, 4).map(async (path) => (await pipeline.analyze(await readImage(path)))[0]?.embedding),
);
if (!a || !b) throw new Error('Both photos must show a face');
console.log(`cosine distance ${(1 - cosineSimilarity(a, b)).toFixed(3)} of ${a.length} numbers`);
await pipeline.dispose();
