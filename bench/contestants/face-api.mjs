// @vladmandic/face-api with its WebAssembly backend as a contestant:
//   node bench/contestants/face-api.mjs IMAGE...
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { readImage } from '../../dist/index.js';
import { serve } from './serve.mjs';

// Its packages are installed in a folder of their own, which only this file looks into.
const requirePeer = createRequire(new URL('../peers/package.json', import.meta.url));
const packageFolder = (name) => dirname(requirePeer.resolve(`${name}/package.json`));
requirePeer('@tensorflow/tfjs');
requirePeer('@tensorflow/tfjs-backend-wasm').setWasmPaths(
  `${join(packageFolder('@tensorflow/tfjs-backend-wasm'), 'dist')}/`,
);
const faceapi = requirePeer('@vladmandic/face-api/dist/face-api.node-wasm.js');
const { nets, tf } = faceapi;
tf.enableProdMode();
await tf.setBackend('wasm');
await tf.ready();
const weights = join(packageFolder('@vladmandic/face-api'), 'model');
await nets.ssdMobilenetv1.loadFromDisk(weights);
await nets.tinyFaceDetector.loadFromDisk(weights);
await nets.faceLandmark68Net.loadFromDisk(weights);
await nets.faceRecognitionNet.loadFromDisk(weights);

// Both detectors' own defaults.
const ssd = new faceapi.SsdMobilenetv1Options();
const tiny = new faceapi.TinyFaceDetectorOptions();
const inputs = [];
for (const path of process.argv.slice(2)) {
  const { data, width, height } = await readImage(path, { colorMode: 'rgb' });
  const image = tf.tensor3d(data, [height, width, 3], 'int32');
  const [face] = await faceapi.detectAllFaces(image, ssd);
  if (face === undefined) throw new Error(`No face in ${path}`);
  const [crop] = await faceapi.extractFaceTensors(image, [face.box]);
  inputs.push({ image, crop });
}
const chain = async (image, options) =>
  (await faceapi.detectAllFaces(image, options).withFaceLandmarks().withFaceDescriptors()).length;
const tasks = {
  'detect-ssd': async ({ image }) => (await faceapi.detectAllFaces(image, ssd)).length,
  'detect-tiny': async ({ image }) => (await faceapi.detectAllFaces(image, tiny)).length,
  landmarks: async ({ crop }) => (await nets.faceLandmark68Net.detectLandmarks(crop)).positions.length,
  'embed-1': async ({ crop }) => Math.hypot(...(await nets.faceRecognitionNet.computeFaceDescriptor(crop))),
  'chain-ssd': ({ image }) => chain(image, ssd),
  'chain-tiny': ({ image }) => chain(image, tiny),
};

const ready = {
  'face-api': requirePeer('@vladmandic/face-api/package.json').version,
  tfjs: requirePeer('@tensorflow/tfjs/package.json').version,
  backend: tf.getBackend(),
  simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'),
  threads: requirePeer('@tensorflow/tfjs-backend-wasm').getThreadsCount(),
};
await serve(ready, (task, image) => tasks[task](inputs[image]));
