import { describe, expect, it } from 'vitest';
import { identityOf } from '../../../src/core/embed/embedder-profile.ts';
import { createRandom } from '../../../src/core/random/random.ts';
import { applyLayer, EmbeddingHead } from '../../../src/extras/metric-learning/embedding-head.ts';
import { encodeHead, HEAD_TENSORS, inspectHead } from '../../../src/extras/metric-learning/head-file.ts';
import { signFlipTest } from '../../../src/extras/metric-learning/judge-model.ts';
import { learnMetric } from '../../../src/extras/metric-learning/learn-metric.ts';
import { sampleBatches } from '../../../src/extras/metric-learning/sample-batches.ts';
import { dlibEmbedderFacts } from '../../../src/models/dlib/dlib-facts.ts';
import { OnnxSession } from '../../../src/node/runtime/session.ts';
import {
  blockLayer,
  blockWeights,
  identityLayer,
  syntheticActivations,
  syntheticSamples,
} from './synthetic-samples.ts';

const lastLayer = identityLayer();
const backbone = { ...dlibEmbedderFacts('fp32'), id: 'test', sha256: 'a'.repeat(64), licence: 'unknown' };
const noisy = () => syntheticSamples({ people: 20, photos: 5, nuisance: 1, seed: 3 });

describe('learnMetric', () => {
  it('uses a head that helps people it did not learn from, and makes the same one from the same seed', async () => {
    const { samples, people } = noisy();
    const quick = { backbone, lastLayer, fit: { learningRate: 0.01 } };
    const first = await learnMetric(samples, people, { ...quick, seed: 5 });
    expect(first.report).toMatchObject({ method: 'triplet', adopted: true, people: 20, photos: 100 });
    expect(first.report.learnedFnmr).toBeLessThan(0.7 * first.report.plainFnmr);
    expect(first.report.reason).toContain('The learned head is used: ');
    const again = await learnMetric(samples, people, { ...quick, seed: 5 });
    expect(Buffer.from(again.onnx!).equals(first.onnx!)).toBe(true);
  });

  it('keeps the last layer where there is nothing to gain', async () => {
    const { samples, people } = syntheticSamples({ people: 20, photos: 5, nuisance: 0, seed: 4 });
    const { onnx, report } = await learnMetric(samples, people, { backbone, lastLayer });
    expect(onnx).toBeNull();
    expect(report.adopted).toBe(false);
    expect(report.reason).toContain('The learned head is not used: ');
  });

  it('keeps the last layer where features say nothing about who it is', async () => {
    const { samples } = syntheticSamples({ people: 100, photos: 1, nuisance: 1, seed: 6 });
    const people = samples.map((_, i) => i % 20);
    const { onnx } = await learnMetric(samples, people, { backbone, lastLayer });
    expect(onnx).toBeNull();
  });

  it('refuses too few people with enough photos and says how many there are', async () => {
    const { samples, people } = syntheticSamples({ people: 9, photos: 3, nuisance: 1, seed: 1 });
    await expect(learnMetric(samples, people, { backbone, lastLayer })).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_SAMPLES',
      message: expect.stringContaining('there are 9'),
    });
  });

  it('stops when it is canceled', async () => {
    const { samples, people } = noisy();
    const signal = AbortSignal.abort();
    await expect(learnMetric(samples, people, { backbone, lastLayer, signal })).rejects.toMatchObject({
      code: 'ERR_ABORTED',
    });
  });
});

describe('learnMetric with the last block', () => {
  const deep = {
    backbone,
    depth: 'last-block',
    lastLayer: blockLayer(),
    lastBlocks: [blockWeights()],
    // Random weights have farther to go than a trained network's.
    fit: { learningRate: 0.1, maxEpochs: 40, patience: 15 },
  } as const;
  const draw = (gap: number) => syntheticActivations({ people: 15, photos: 5, gap, seed: 3 });

  it('uses the block where it tells people apart better than a head, and makes the same one from the same seed', async () => {
    const { samples, people } = draw(1);
    const { onnx, report } = await learnMetric(samples, people, { ...deep, seed: 5 });
    expect(report.candidates.map(({ depth }) => depth)).toEqual(['head', 'last-block']);
    expect(report).toMatchObject({ adopted: true, depth: 'last-block', people: 15, photos: 75 });
    expect(report.learnedFnmr).toBeLessThan(0.9 * report.candidates[0]!.learnedFnmr);
    expect(report.reason).toMatch(/^The learned last block is used: .* with the learned head \(p = /);
    expect(inspectHead(onnx!)).toMatchObject({ blocks: 1, inputShape: [2, 4, 4] });
    const again = await learnMetric(samples, people, { ...deep, seed: 5 });
    expect(Buffer.from(again.onnx!).equals(onnx!)).toBe(true);
  });

  it('keeps the network where there is nothing to gain', async () => {
    const { samples } = draw(0);
    const { onnx, report } = await learnMetric(
      samples,
      samples.map((_, i) => i % 15),
      deep,
    );
    expect(onnx).toBeNull();
    expect(report.reason).toContain('The learned head and the learned last block are not used: ');
  });

  it('says how far it is, and needs activations', async () => {
    const { samples, people } = draw(1);
    const shares: number[] = [];
    await learnMetric(samples, people, { ...deep, onProgress: (done) => shares.push(done) });
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares.at(-1)).toBe(1);
    const bare = samples.map(({ views, augmented }) => ({ views, augmented }));
    await expect(learnMetric(bare, people, deep)).rejects.toThrow('Expected samples with activations');
    await expect(learnMetric(bare, people, { ...deep, depth: 'all' as never })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});

describe('a head file', () => {
  const random = createRandom(2);
  const head = EmbeddingHead.fromLinear(lastLayer, { hidden: 5, random });
  for (let i = 0; i < head.hiddenOutputs.length; i++) head.hiddenOutputs[i] = random.normal();
  const bytes = encodeHead(head, { backbone: identityOf(backbone), scale: 1.5, training: { epochs: 3 } });

  it('says which network it belongs to and how it came about', () => {
    const facts = {
      ...{ backbone: identityOf(backbone), blocks: 0, inputShape: [16], dimension: 16, scale: 1.5 },
      training: { epochs: 3 },
    };
    expect(inspectHead(bytes)).toEqual(facts);
  });

  it('gives what the head gives, at the length of its scale', async () => {
    await using session = await OnnxSession.create(bytes, { threads: 1 });
    const row = Float32Array.from({ length: 16 }, () => random.normal());
    const feeds = { [HEAD_TENSORS.features]: { type: 'float32' as const, dims: [1, 16], data: row } };
    const output = (await session.run(feeds))[HEAD_TENSORS.embeddings]!.data as Float32Array;
    const wanted = head.forward({ data: Float64Array.from(row), columns: 16 }).embeddings.data;
    const length = Math.hypot(...wanted);
    for (const [i, value] of wanted.entries()) expect(output[i]).toBeCloseTo((1.5 * value) / length, 5);
  });

  it('is refused where it is no head', () => {
    const call = () => inspectHead(Uint8Array.of(0x3a, 0));
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_MODEL_FORMAT' }));
  });
});

describe('signFlipTest', () => {
  it('is small for differences of one sign and large for none', () => {
    const random = createRandom(1);
    expect(signFlipTest(Array(10).fill(0.1), random)).toBeLessThan(0.005);
    expect(signFlipTest(Array(10).fill(0), random)).toBe(1);
    expect(signFlipTest([0.1, -0.1, 0.2, -0.2], random)).toBeGreaterThan(0.3);
  });
});

describe('sampleBatches', () => {
  const photos = Array.from({ length: 30 }, (_, i) => ({ person: i % 7, rows: [2 * i, 2 * i + 1] }));

  it('puts P different people with K different photos each into a batch, and everybody into an epoch', () => {
    const batches = sampleBatches(photos, { people: 3, faces: 4, random: createRandom(9) });
    const personOf = (row: number) => photos[Math.floor(row / 2)]!.person;
    for (const batch of batches) {
      expect(new Set(batch.map(personOf)).size).toBe(3);
      expect(new Set(batch.map((row) => Math.floor(row / 2))).size).toBe(12);
    }
    expect(new Set(batches.flat().map(personOf)).size).toBe(7);
  });

  it('takes everybody where there are fewer than P people', () => {
    const [batch] = sampleBatches(photos, { people: 50, faces: 2, random: createRandom(9) });
    expect(batch).toHaveLength(14);
  });
});

describe('applyLayer', () => {
  it('multiplies and adds', () => {
    const layer = { inputs: 2, outputs: 1, weights: Float32Array.of(2, 3), biases: Float32Array.of(1) };
    expect(applyLayer(layer, [Float32Array.of(10, 100)])).toEqual([Float32Array.of(321)]);
  });
});
