// face-trigger as a contestant: node bench/contestants/face-trigger.mjs IMAGE...

import { FacePipeline, readImage } from '../../dist/index.js';
import { extractFaceChip } from '../../dist/models/dlib/chip.js';
import { serve } from './serve.mjs';

const BATCH = 16;
const pipeline = await FacePipeline.create({ threads: 1 });
const { detector, landmarkDetector } = pipeline;
const { embedder } = pipeline.recognizer;
// The same networks in bytes, the detector on every second level.
const quick = await FacePipeline.create({ threads: 1, detection: 'fast', precision: 'int8' });
// The other packs that come along, in bytes too.
const packs = {
  mobilefacenet: await FacePipeline.create({ threads: 1, models: 'mobilefacenet', precision: 'int8' }),
  fused: await FacePipeline.create({ threads: 1, models: 'dlib+mobilefacenet', precision: 'int8' }),
};
const inputs = await Promise.all(
  process.argv.slice(2).map(async (path) => {
    const image = await readImage(path, { colorMode: 'rgb' });
    const [face] = await detector.detect(image);
    if (face === undefined) throw new Error(`No face in ${path}`);
    const points = landmarkDetector.detect(image, face.box);
    return { image, face, points, chip: extractFaceChip(image, points) };
  }),
);
const lengthOf = async (network, chips) => Math.hypot(...(await network.embed(chips))[0]);
const facesOf = async (finder, image, options) => (await finder.analyze(image, options)).length;
const tasks = {
  'detect-80': async ({ image }) => (await detector.detect(image, { minFaceSize: 80 })).length,
  'detect-160': async ({ image }) => (await detector.detect(image, { minFaceSize: 160 })).length,
  'detect-fast-80': async ({ image }) => (await quick.detector.detect(image, { minFaceSize: 80 })).length,
  'detect-fast-160': async ({ image }) => (await quick.detector.detect(image, { minFaceSize: 160 })).length,
  landmarks: ({ image, face }) => landmarkDetector.detect(image, face.box).points.length,
  chip: ({ image, points }) => extractFaceChip(image, points).width,
  'embed-1': ({ chip }) => lengthOf(embedder, [chip]),
  'embed-16': ({ chip }) => lengthOf(embedder, new Array(BATCH).fill(chip)),
  'embed-int8-1': ({ chip }) => lengthOf(quick.recognizer.embedder, [chip]),
  'embed-int8-16': ({ chip }) => lengthOf(quick.recognizer.embedder, new Array(BATCH).fill(chip)),
  'chain-80': ({ image }) => facesOf(pipeline, image, { minFaceSize: 80 }),
  // One view of each face, as native dlib and face-api embed it.
  'chain-plain-80': ({ image }) => facesOf(pipeline, image, { minFaceSize: 80, quality: 'fast' }),
  'chain-fast-80': ({ image }) => facesOf(quick, image, { minFaceSize: 80 }),
  'chain-fast-plain-80': ({ image }) => facesOf(quick, image, { minFaceSize: 80, quality: 'fast' }),
  'chain-mobilefacenet': ({ image }) => facesOf(packs.mobilefacenet, image, { minFaceSize: 80 }),
  'chain-mobilefacenet-plain': ({ image }) =>
    facesOf(packs.mobilefacenet, image, { minFaceSize: 80, quality: 'fast' }),
  'chain-fused': ({ image }) => facesOf(packs.fused, image, { minFaceSize: 80 }),
  'chain-fused-plain': ({ image }) => facesOf(packs.fused, image, { minFaceSize: 80, quality: 'fast' }),
};

await serve({ threads: 1 }, (task, image) => tasks[task](inputs[image]));
await pipeline.dispose();
await quick.dispose();
for (const pack of Object.values(packs)) await pack.dispose();
