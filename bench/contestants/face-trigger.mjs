// face-trigger as a contestant: node bench/contestants/face-trigger.mjs IMAGE...
import { extractFaceChip, FacePipeline, readImage } from '../../dist/index.js';
import { serve } from './serve.mjs';

const BATCH = 16;
const pipeline = await FacePipeline.create({ threads: 1 });
const { detector, landmarkDetector } = pipeline;
const { embedder } = pipeline.recognizer;
const inputs = await Promise.all(
  process.argv.slice(2).map(async (path) => {
    const image = await readImage(path, { colorMode: 'rgb' });
    const [face] = await detector.detect(image);
    if (face === undefined) throw new Error(`No face in ${path}`);
    const points = landmarkDetector.detect(image, face.box);
    return { image, face, points, chip: extractFaceChip(image, points) };
  }),
);
const tasks = {
  'detect-80': async ({ image }) => (await detector.detect(image, { minFaceSize: 80 })).length,
  'detect-160': async ({ image }) => (await detector.detect(image, { minFaceSize: 160 })).length,
  landmarks: ({ image, face }) => landmarkDetector.detect(image, face.box).length,
  chip: ({ image, points }) => extractFaceChip(image, points).width,
  'embed-1': async ({ chip }) => Math.hypot(...(await embedder.embed([chip]))[0]),
  'embed-16': async ({ chip }) => Math.hypot(...(await embedder.embed(new Array(BATCH).fill(chip)))[0]),
  'chain-80': async ({ image }) => (await pipeline.analyze(image, { minFaceSize: 80 })).length,
  'chain-160': async ({ image }) => (await pipeline.analyze(image, { minFaceSize: 160 })).length,
};

await serve({ threads: 1 }, (task, image) => tasks[task](inputs[image]));
await pipeline.dispose();
