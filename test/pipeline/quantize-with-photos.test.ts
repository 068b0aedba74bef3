import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../../src/convert/convert-model.ts';
import { scanPeopleFolder } from '../../src/dataset/people-folder.ts';
import { describeModel } from '../../src/models/describe-model.ts';
import type { EmbedderPart } from '../../src/models/model-pack.ts';
import { quantizeWithPhotos } from '../../src/pipeline/quantize-with-photos.ts';
import { sharedData } from '../shared-data.ts';

const MODEL = new URL('../../../shared/models/mobilefacenet_foamliu_128.onnx', import.meta.url);
const people = sharedData('lfw-dev');
const isHere = existsSync(MODEL) && people !== null;
if (!isHere)
  console.warn('skipped: quantizing a published network: needs ../shared/models and ../shared/data/lfw-dev');

describe.skipIf(!isHere)('quantizeWithPhotos', () => {
  const bytes = isHere ? readFileSync(MODEL) : new Uint8Array();
  const partOf = () => {
    const file = { name: 'network.onnx', bytes, sha256: sha256(bytes) };
    const verdict = describeModel(file, { family: 'mobilefacenet-foamliu' });
    if (!verdict.use) throw new Error(verdict.why);
    return verdict.part as EmbedderPart;
  };
  const photos = async (count: number) =>
    (await scanPeopleFolder(people!)).people
      .flatMap(({ label, photos: paths }) => paths.slice(0, 2).map((path) => ({ path, person: label })))
      .slice(0, count);

  it('keeps embeddings and accuracy, and says with how many faces and what was lost', async () => {
    const part = partOf();
    const made = await quantizeWithPhotos({ part, bytes }, await photos(100));
    expect(made.calibrated).toBeGreaterThanOrEqual(70);
    expect(made.loss.faces).toBeGreaterThanOrEqual(20);
    expect(made.loss.meanCosine).toBeGreaterThan(0.98);
    expect(made.part).toMatchObject({ precision: 'int8', id: `${part.id}-int8`, file: 'network-int8.onnx' });
    expect(made.part.identity).not.toBe(part.identity);
    expect(made.bytes.length).toBeLessThan(bytes.length / 2);
    const { fp32, int8 } = made.accuracy!;
    expect(int8.genuine).toBe(fp32.genuine);
    expect(Math.abs(int8.equalErrorRate - fp32.equalErrorRate)).toBeLessThan(0.1);
  }, 120_000);

  it('refuses to measure ranges with a handful of faces', async () => {
    const few = quantizeWithPhotos({ part: partOf(), bytes }, await photos(8));
    await expect(few).rejects.toMatchObject({ code: 'ERR_TOO_FEW_SAMPLES' });
    await expect(few).rejects.toThrow(/at least 20 faces/);
  }, 60_000);

  it('refuses a part that is no network of chips before it reads a photo', async () => {
    const part = { ...partOf(), adapter: 'dlib-resnet' };
    const unread = [{ path: '/nowhere.jpg' }];
    await expect(quantizeWithPhotos({ part, bytes }, unread)).rejects.toThrow(/can't be quantized/);
  });
});
