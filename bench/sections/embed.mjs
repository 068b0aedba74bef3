import { availableParallelism } from 'node:os';
import {
  extractFaceChip,
  MmodDetector,
  RegressionTreeLandmarks,
  ResnetEmbedder,
  readImage,
} from '../../dist/index.js';
import { measure, round } from '../measure.mjs';

const BATCHES = [1, 4, 16];

/** From a chip to an embedding. */
export const embed = {
  name: 'embed',
  title: 'Embedding',
  columns: {
    precision: 'precision',
    batch: 'batch',
    threads: 'threads',
    perFace: 'ms a face, median',
    facesPerSecond: 'faces a second',
    median: 'ms a batch, median',
    p95: 'p95',
    min: 'min',
    n: 'n',
  },

  async run({ images, quick }) {
    const chip = await cutChip(await images.one());
    const rows = [];
    const threadCounts = [1, 2].filter((count) => count <= availableParallelism());
    const cases = ['fp32', 'int8'].flatMap((precision) =>
      threadCounts.map((threads) => ({ precision, threads })),
    );
    for (const { precision, threads } of cases) {
      const embedder = await ResnetEmbedder.create({ precision, threads });
      for (const batch of BATCHES) {
        const chips = Array.from({ length: batch }, () => chip);
        const counts = quick ? { warmUp: 1, n: 3 } : { warmUp: 5, n: Math.ceil(240 / batch) };
        const times = await measure(() => embedder.embed(chips), counts);
        const perFace = times.median / batch;
        rows.push({
          precision,
          batch,
          threads,
          perFace: round(perFace),
          facesPerSecond: round(1000 / perFace),
          ...times,
        });
      }
      await embedder.dispose();
    }
    return { rows };
  },
};

async function cutChip(path) {
  const image = await readImage(path);
  const detector = await MmodDetector.create({ threads: 1 });
  const [face] = await detector.detect(image);
  await detector.dispose();
  if (face === undefined) throw new Error(`No face in ${path}: there is nothing to embed`);
  return extractFaceChip(image, (await RegressionTreeLandmarks.create()).detect(image, face.box));
}
