import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainableEmbedder } from '../../../src/core/embed/face-embedder.ts';
import type { Point } from '../../../src/core/geometry/point.ts';
import { asLandmarks } from '../../../src/core/landmark/landmarks.ts';
import { normalizeEmbedding } from '../../../src/core/metric/metric.ts';
import { createRandom } from '../../../src/core/random/random.ts';
import { BlockModel } from '../../../src/extras/metric-learning/block-model.ts';
import {
  collectMetricSample,
  MAX_ACTIVATION_BYTES,
} from '../../../src/extras/metric-learning/collect-samples.ts';
import { EmbeddingHead } from '../../../src/extras/metric-learning/embedding-head.ts';
import { encodeHead } from '../../../src/extras/metric-learning/head-file.ts';
import { readLastBlocks } from '../../../src/extras/metric-learning/read-last-blocks.ts';
import { readLastLayer } from '../../../src/extras/metric-learning/read-last-layer.ts';
import { DLIB_FIVE_POINTS, MEAN_FACE } from '../../../src/models/dlib/five-points.ts';
import { openEmbedder } from '../../../src/node/models/open-models.ts';
import { FaceRecognizer } from '../../../src/people/face-recognizer.ts';

// Any picture will do where only the arithmetic counts.
const random = createRandom(1);
const chip = () => ({
  data: Uint8Array.from({ length: 150 * 150 * 3 }, () => random.int(256)),
  ...{ width: 150, height: 150, channels: 3 as const },
});
const chips = [chip(), chip(), chip()];
const landmarks = MEAN_FACE.map(([x, y]): Point => [25 + x * 100, 25 + y * 100]);

let folder: string;
let backbone: TrainableEmbedder;
let bytes: Uint8Array;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-block-'));
  backbone = (await openEmbedder({ threads: 1 })) as TrainableEmbedder;
  bytes = await backbone.modelBytes();
});
afterAll(async () => {
  await backbone.dispose();
  rmSync(folder, { recursive: true, force: true });
});

async function modelOf(count: number) {
  const { input, blocks } = readLastBlocks(bytes, { count });
  const { dims, activations, features } = await backbone.activations(chips, input);
  const [channels, rows, columns] = dims as [number, number, number];
  const head = EmbeddingHead.fromLinear(readLastLayer(bytes), { random });
  const model = BlockModel.fromWeights(blocks, { input: { channels, rows, columns }, head });
  return { model, activations, features, input };
}

describe("the network's last blocks", () => {
  it.each([
    { count: 1, volume: 256 * 4 * 4 },
    { count: 2, volume: 256 * 4 * 4 },
    // Another down block, with a map of 8 x 8 in front of it.
    { count: 4, volume: 128 * 8 * 8 },
  ])(
    'give the embeddings that onnxruntime gives before they are trained ($count)',
    async ({ count, volume }) => {
      const { model, activations, features } = await modelOf(count);
      expect(activations[0]).toHaveLength(volume);
      const { data, columns } = model.pass(activations, [0, 1, 2]).embeddings;
      expect(columns).toBe(128);
      const wanted = await backbone.embed(chips);
      for (const [i, value] of wanted.flatMap((row) => [...row]).entries()) {
        expect(Math.abs(data[i]! - value)).toBeLessThan(1e-5);
      }
      const plain = await backbone.features(chips);
      for (const [i, row] of features.entries()) {
        for (const [j, value] of row.entries()) expect(Math.abs(value - plain[i]![j]!)).toBeLessThan(1e-5);
      }
    },
  );

  it('are refused where the network has no such end', () => {
    const code = 'ERR_MODEL_FORMAT';
    expect(() => readLastBlocks(bytes, { count: 50 })).toThrow(expect.objectContaining({ code }));
  });
});

describe('a learned block in a FaceRecognizer', () => {
  it('takes the place of its original, before and after training, and is refused elsewhere', async () => {
    const { model, activations } = await modelOf(1);
    const { id, sha256 } = backbone.profile;
    const write = (name: string, hash: string) => {
      const path = join(folder, name);
      const facts = { backbone: { id, sha256: hash }, scale: 1.25, training: {} };
      writeFileSync(path, encodeHead(model, facts));
      return path;
    };
    const image = chips[0]!;
    await using plain = await FaceRecognizer.create({ threads: 1, quality: 'fast' });
    const untouched = write('untouched.onnx', sha256);
    await using same = await FaceRecognizer.create({ headModelPath: untouched, threads: 1, quality: 'fast' });
    const [before] = await plain.embed([image], [landmarks]);
    const [equal] = await same.embed([image], [landmarks]);
    for (const [i, value] of normalizeEmbedding(before!, 1.25).entries()) {
      expect(Math.abs(equal![i]! - value)).toBeLessThan(1e-5);
    }

    for (const { values } of model.groups) {
      for (let i = 0; i < values.length; i++) values[i]! *= 1 + 0.1 * random.normal();
    }
    const headModelPath = write('learned.onnx', sha256);
    await using learned = await FaceRecognizer.create({ headModelPath, threads: 1 });
    const embeddings = await learned.embedder.embed(chips);
    const { data } = model.pass(activations, [0, 1, 2]).embeddings;
    for (const [i, embedding] of embeddings.entries()) {
      const wanted = normalizeEmbedding(Float32Array.from(data.subarray(i * 128, (i + 1) * 128)), 1.25);
      for (const [j, value] of wanted.entries()) expect(Math.abs(embedding[j]! - value)).toBeLessThan(1e-5);
    }

    const other = write('other.onnx', 'b'.repeat(64));
    const code = 'ERR_MODEL_MISMATCH';
    await expect(FaceRecognizer.create({ headModelPath: other })).rejects.toMatchObject({ code });
  });
});

/** Maps in which people differ in 64 channels, and photos of one person much in 4 others. */
function drawActivations(people: number, photos: number): { rows: Float32Array[][]; labels: string[] } {
  const draw = createRandom(2);
  const rows: Float32Array[][] = [];
  const labels: string[] = [];
  for (let person = 0; person < people; person++) {
    const center = Array.from({ length: 64 }, () => Math.abs(draw.normal()));
    const shot = () => {
      const maps = new Float32Array(256 * 16);
      for (const [c, value] of center.entries()) maps.fill(value + 0.1 * draw.normal(), c * 16, (c + 1) * 16);
      for (let c = 252; c < 256; c++) maps.fill(Math.abs(3 * draw.normal()), c * 16, (c + 1) * 16);
      return maps;
    };
    for (let photo = 0; photo < photos; photo++) {
      rows.push([shot(), shot()]);
      labels.push(`person ${person}`);
    }
  }
  return { rows, labels };
}

describe('FaceRecognizer.train with the last block', () => {
  it('learns it where that helps, and saves what loads back to the same embeddings', async () => {
    const { model } = await modelOf(1);
    const { rows, labels } = drawActivations(15, 4);
    const featuresOf = (maps: Float32Array) => Float32Array.from(model.features([maps], [0]).data);
    const samples = rows.map(([view, other]) => ({
      views: [featuresOf(view!)],
      augmented: [featuresOf(other!)],
      activations: { dims: [256, 4, 4], views: [view!], augmented: [other!] },
    }));
    await using trained = await FaceRecognizer.create({ threads: 1, quality: 'fast' });
    // Few and long steps: this is about what becomes of the result.
    const fit = { learningRate: 0.03, maxEpochs: 12 };
    const metricOptions = { depth: 'last-block', fit } as const;
    const shares: number[] = [];
    const report = await trained.train(
      { samples, labels },
      {
        ...{ metric: 'triplet', metricOptions, kind: 'nearest' },
        onMetricProgress: (done) => shares.push(done),
      },
    );
    expect(report.metric).toMatchObject({ adopted: true, depth: 'last-block' });
    expect(shares.at(-1)).toBe(1);
    const headModelPath = join(folder, 'trained.onnx');
    const classifierModelPath = join(folder, 'classifier.onnx');
    await trained.saveHead(headModelPath);
    await trained.save(classifierModelPath);
    await using loaded = await FaceRecognizer.create({ headModelPath, classifierModelPath, threads: 1 });
    expect(await loaded.embedder.embed(chips)).toEqual(await trained.embedder.embed(chips));
    expect(await loaded.embedder.embed(chips)).not.toEqual(await backbone.embed(chips));
  }, 60_000);
});

describe('collectMetricSample with activations', () => {
  it('keeps those of every view, and as many augmented chips as there is memory for', async () => {
    const { input } = readLastBlocks(bytes, { count: 1 });
    const collect = (photos: number) =>
      collectMetricSample(
        backbone,
        { image: chips[0]!, landmarks: asLandmarks(landmarks, DLIB_FIVE_POINTS) },
        { mirror: true, augmentations: 3, activationsOf: input, photos },
      );
    const sample = await collect(1);
    expect(sample.activations).toMatchObject({ dims: [256, 4, 4] });
    expect([sample.views.length, sample.augmented.length]).toEqual([2, 3]);
    expect([sample.activations!.views.length, sample.activations!.augmented.length]).toEqual([2, 3]);
    const chipBytes = 256 * 4 * 4 * 4;
    const few = await collect(Math.floor(MAX_ACTIVATION_BYTES / (3 * chipBytes)));
    expect(few.activations!.augmented).toHaveLength(1);
    const most = MAX_ACTIVATION_BYTES / (2 * chipBytes);
    await expect(collect(most + 1)).rejects.toThrow(`Expected at most ${most} photos`);
  });
});
