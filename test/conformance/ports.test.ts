import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import { convertTflite } from '../../src/convert/tflite/convert-tflite.ts';
import type { FaceEmbedder } from '../../src/core/embed/face-embedder.ts';
import { HeadEmbedder } from '../../src/extras/metric-learning/head-embedder.ts';
import { openDetectorPart } from '../../src/models/adapters.ts';
import type { DetectorPart } from '../../src/models/model-pack.ts';
import { folderSource } from '../../src/node/models/folder-source.ts';
import { openDetector, openEmbedder, openLandmarkDetector } from '../../src/node/models/open-models.ts';
import { packagedPackFolder } from '../../src/node/models/pack-folders.ts';
import { NODE_RUNTIME } from '../../src/node/runtime/session.ts';
import { ToyDetector, ToyEmbedder, toyPhoto } from '../toy/toy-family.ts';
import { describeDetector } from './describe-detector.ts';
import { describeEmbedder } from './describe-embedder.ts';
import { describeLandmarkDetector } from './describe-landmark-detector.ts';
import { describeModelSource } from './describe-model-source.ts';
import { describeRuntime } from './describe-runtime.ts';
import { clmtrackrPhoto, twoPeople } from './two-people.ts';

const MEDIAPIPE = fileURLToPath(
  new URL('../../node_modules/@mediapipe/face_detection/face_detection_full_range.tflite', import.meta.url),
);
describeRuntime('onnxruntime-node', NODE_RUNTIME);

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-source-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
describeModelSource(
  'a folder',
  async () => folderSource('dlib'),
  async () => {
    cpSync(packagedPackFolder('dlib'), folder, { recursive: true });
    const file = join(folder, 'face-detector.onnx');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    writeFileSync(file, bytes);
    return folderSource(folder);
  },
);

for (const mode of ['exact', 'fast'] as const) {
  describeDetector(`dlib, ${mode}`, {
    open: () => openDetector({ mode }),
    picture: twoPeople,
    sizes: [50, 100],
  });
}
describeDetector('toy', {
  open: async () => new ToyDetector(),
  picture: async () =>
    toyPhoto([
      [200, 100, 50],
      [50, 100, 200],
    ]),
  sizes: [20, 60],
});

describeDetector('mediapipe', {
  async open() {
    const bytes = convertTflite(new Uint8Array(readFileSync(MEDIAPIPE)));
    const part = { kind: 'detector', id: 'mediapipe', adapter: 'mediapipe' } as DetectorPart;
    return openDetectorPart({ part, bytes, readAgain: async () => bytes }, { runtime: NODE_RUNTIME });
  },
  picture: twoPeople,
  sizes: [50, 100],
});

describeLandmarkDetector('dlib', openLandmarkDetector, async () => {
  const image = await clmtrackrPhoto('audrey.jpg');
  await using detector = await openDetector();
  const [face] = await detector.detect(image);
  return { image, box: face!.box };
});

describeEmbedder('dlib, fp32', () => openEmbedder());
describeEmbedder('dlib, int8', () => openEmbedder({ precision: 'int8' }));
describeEmbedder('a network of chips, fp32', () => openEmbedder({ models: 'mobilefacenet' }));
describeEmbedder('a network of chips, int8', () =>
  openEmbedder({ models: 'mobilefacenet', precision: 'int8' }),
);
describeEmbedder('two networks as one', () => openEmbedder({ models: 'dlib+mobilefacenet' }));
const HEAD = readFileSync(new URL('../fixtures/files-of-0.1/head.onnx', import.meta.url));
const backbones: FaceEmbedder[] = [];
afterAll(() => Promise.all(backbones.map((backbone) => backbone.dispose())));
describeEmbedder('a learned head', async () => {
  // The head leaves its network to its owner.
  const backbone = await openEmbedder();
  backbones.push(backbone);
  return HeadEmbedder.create(backbone, HEAD);
});
describeEmbedder('toy', async () => new ToyEmbedder());
