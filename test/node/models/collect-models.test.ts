import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { assemblePack } from '../../../src/node/models/assemble-pack.ts';
import { collectModels } from '../../../src/node/models/collect-models.ts';
import { findKnownModels } from '../../../src/node/models/find-known-models.ts';

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
  expect(why['face_detection_short_range.tflite']).toMatch(/operators .*CONCATENATION/);
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

/** A folder with a published model deep below it, beside others. */
function folderOfMany(): string {
  const folder = mkdtempSync(`${tmpdir()}/face-trigger-many-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = 'node_modules/@mediapipe/face_detection/face_detection_full_range.tflite';
  mkdirSync(join(folder, 'zz', 'deep'), { recursive: true });
  cpSync(join(CHECKOUT, file), join(folder, 'zz', 'deep', 'full.tflite'));
  writeFileSync(join(folder, 'zz', 'layers.json'), '{"format":"layers-model","modelTopology":{}}');
  for (let i = 0; i < 30; i++) writeFileSync(join(folder, `${i}.json`), '{"name":"x"}');
  return folder;
}

it('finds published models below a folder, and says of all else what it is', async () => {
  const { models, others } = await findKnownModels(folderOfMany());
  expect(models.map(({ name }) => name)).toEqual(['full.tflite']);
  expect(others).toEqual([
    { file: join('zz', 'layers.json'), why: expect.stringContaining('tensorflowjs_converter') },
    { file: '30 other files', why: 'none of those is a published model' },
  ]);
});

it('looks at networks before .json files, and says which files it did not look at', async () => {
  const { models, others } = await findKnownModels(folderOfMany(), 5);
  expect(models.map(({ name }) => name)).toEqual(['full.tflite']);
  expect(others).toEqual([
    { file: '4 other files', why: 'none of those is a published model' },
    { file: expect.stringMatching(/^27 other files \(/), why: expect.stringContaining('not looked at') },
  ]);
});

it('tells in the error why the files of a folder are of no use', async () => {
  const folder = mkdtempSync(`${tmpdir()}/face-trigger-layers-`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'model.json'), '{"format":"layers-model","modelTopology":{}}');
  await expect(collectModels(folder)).rejects.toMatchObject({
    code: 'ERR_MODEL_NOT_FOUND',
    message: expect.stringMatching(/model\.json: .*tensorflowjs_converter/s),
  });
  // With another file that at first looks like a model all are told of by what puts them together.
  writeFileSync(join(folder, 'cut.tflite'), 'TFL3');
  const collected = await collectModels(folder);
  expect(() => assemblePack([collected])).toThrow(
    expect.objectContaining({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringMatching(/model\.json: .*tensorflowjs_converter.*cut\.tflite: Not a whole/s),
    }),
  );
});
