// @vladmandic/human with its WebAssembly backend as a contestant:
//   node bench/contestants/human.mjs IMAGE...
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { readImage } from '../../dist/index.js';
import { serve } from './serve.mjs';

// Its packages are installed in a folder of their own, which only this file looks into.
const requirePeer = createRequire(new URL('../peers/package.json', import.meta.url));
const folder = fileURLToPath(new URL('../peers/node_modules', import.meta.url));
const humanFolder = join(folder, '@vladmandic/human');
// By its path: the package's exports lead to the build that needs a compiler.
const { Human } = requirePeer(join(humanFolder, 'dist/human.node-wasm.js'));
// Its models lie on disk, which Node's fetch does not read.
globalThis.fetch = async (url) => new Response(await readFile(new URL(url)));
const off = { enabled: false };
const chainConfig = {
  backend: 'wasm',
  wasmPath: `${join(folder, '@tensorflow/tfjs-backend-wasm/dist')}/`,
  modelBasePath: `${pathToFileURL(join(humanFolder, 'models')).href}/`,
  // Every picture anew, as if it had never been seen.
  cacheSensitivity: 0,
  filter: off,
  body: off,
  hand: off,
  object: off,
  gesture: off,
  face: {
    enabled: true,
    emotion: off,
    iris: off,
    antispoof: off,
    liveness: off,
    detector: { rotation: false },
  },
};
const detectConfig = { face: { ...chainConfig.face, mesh: off, description: off } };
const human = new Human(chainConfig);
await human.init();
const { tf } = human;
const inputs = await Promise.all(
  process.argv.slice(2).map(async (path) => {
    const { data, width, height } = await readImage(path, { colorMode: 'rgb' });
    return tf.tensor4d(Array.from(data), [1, height, width, 3], 'float32');
  }),
);
const count = async (input, config) => {
  const { face, error } = await human.detect(input, config);
  if (error) throw new Error(error);
  return face.length;
};
const whole = { face: { ...chainConfig.face, mesh: { enabled: true }, description: { enabled: true } } };
const tasks = {
  detect: (input) => count(input, detectConfig),
  chain: (input) => count(input, whole),
};
const ready = {
  human: human.version,
  tfjs: tf.version_core ?? tf.version?.['tfjs-core'],
  backend: tf.getBackend(),
};
await serve(ready, (task, image) => tasks[task](inputs[image]));
