import { availableParallelism } from 'node:os';
import { readImage } from '../../dist/index.js';
import { extractFaceChip } from '../../dist/models/dlib/chip.js';
import { openDetector, openEmbedder, openLandmarkDetector } from '../../dist/node/models/open-models.js';
import { matrixPeak } from '../matrix-peak.mjs';
import { measure, round } from '../measure.mjs';

const BATCHES = [1, 4, 16];
/** Multiply-adds of the network for one chip, 270.9 million, as two operations each. */
const OPERATIONS = 2 * 270.9e6;
const LEAST_SHARE = 85;

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
    rate: 'thousand million operations/s, best',
    share: '% of the best matrix product',
  },

  async run({ images, quick }) {
    const chip = await cutChip(await images.one());
    const rows = [];
    const threadCounts = [1, 2].filter((count) => count <= availableParallelism());
    const cases = ['fp32', 'int8'].flatMap((precision) =>
      threadCounts.map((threads) => ({ precision, threads })),
    );
    for (const { precision, threads } of cases) {
      const embedder = await openEmbedder({ precision, threads });
      const peak = await matrixPeak({ threads, precision });
      for (const batch of BATCHES) {
        const chips = Array.from({ length: batch }, () => chip);
        const counts = quick ? { warmUp: 1, n: 3 } : { warmUp: 5, n: Math.ceil(240 / batch) };
        const times = await measure(() => embedder.embed(chips), counts);
        const perFace = times.median / batch;
        const rate = (OPERATIONS * batch) / times.min / 1e6;
        rows.push({
          precision,
          batch,
          threads,
          perFace: round(perFace),
          facesPerSecond: round(1000 / perFace),
          ...times,
          rate: Math.round(rate),
          share: Math.round((100 * rate) / peak),
        });
      }
      await embedder.dispose();
    }
    const best = Math.max(...rows.filter(({ precision }) => precision === 'fp32').map(({ share }) => share));
    const aim = `embed in fp32 at ${LEAST_SHARE} % and more of the best matrix product`;
    return { rows, aims: [{ aim, value: best, ok: best >= LEAST_SHARE }] };
  },
};

async function cutChip(path) {
  const image = await readImage(path);
  const detector = await openDetector({ threads: 1 });
  const [face] = await detector.detect(image);
  await detector.dispose();
  if (face === undefined) throw new Error(`No face in ${path}: there is nothing to embed`);
  return extractFaceChip(image, (await openLandmarkDetector()).detect(image, face.box));
}
