import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { assemblePack } from '../../../src/node/models/assemble-pack.ts';
import { collectModels } from '../../../src/node/models/collect-models.ts';

const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

it('converts the TFLite files of a package, knows them by what they were, and tells which it can not', async () => {
  const { pack, files, leftOut } = assemblePack([
    await collectModels('npm:@mediapipe/face_detection', CHECKOUT),
  ]);
  expect(pack.parts).toMatchObject([
    {
      kind: 'detector',
      id: 'mediapipe-full-range',
      adapter: 'mediapipe',
      file: 'face_detection_full_range.onnx',
      source: { file: 'face_detection_full_range.tflite' },
      licence: { code: 'Apache-2.0', weights: 'Apache-2.0' },
    },
  ]);
  const [part] = pack.parts;
  expect(part!.identity).toBe(part!.source.sha256);
  expect(part!.sha256).toBe(sha256(files.get(part!.file)!));
  const why = Object.fromEntries(leftOut.map((left) => [left.file, left.why]));
  expect(why['face_detection_short_range.tflite']).toMatch(/operator 2/);
  expect(why['face_detection_full_range_sparse.tflite']).toMatch(/sparse/);
  expect(why['package.json']).toBe('no model');
});

it('refuses a folder of neither', async () => {
  const folder = mkdtempSync(`${tmpdir()}/face-trigger-none-`);
  await expect(collectModels(folder)).rejects.toMatchObject({
    code: 'ERR_MODEL_NOT_FOUND',
    message: expect.stringContaining('.onnx, .tflite'),
  });
  rmSync(folder, { recursive: true });
});
