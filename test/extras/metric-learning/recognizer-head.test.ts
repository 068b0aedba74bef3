import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EMBEDDING_QUALITIES } from '../../../src/core/embed/embedding-quality.ts';
import type { Point } from '../../../src/core/geometry/point.ts';
import { normalizeEmbedding } from '../../../src/core/metric/metric.ts';
import { createRandom } from '../../../src/core/random/random.ts';
import { EmbeddingHead, type LinearLayer } from '../../../src/extras/metric-learning/embedding-head.ts';
import { encodeHead } from '../../../src/extras/metric-learning/head-file.ts';
import type { MetricSample } from '../../../src/extras/metric-learning/learn-metric.ts';
import { readLastLayer } from '../../../src/extras/metric-learning/read-last-layer.ts';
import { DLIB_MEAN_LENGTH } from '../../../src/models/dlib/dlib-facts.ts';
import { DLIB_FIVE_POINTS, MEAN_FACE } from '../../../src/models/dlib/five-points.ts';
import { loadModel } from '../../../src/node/models/load-model.ts';
import { FaceRecognizer } from '../../../src/people/face-recognizer.ts';
import { type ModelDescription, writeModelFolder } from '../../../src/people/model-folder.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';

// Any picture will do where only the arithmetic counts.
const random = createRandom(1);
const image = {
  data: Uint8Array.from({ length: 120 * 120 * 3 }, () => random.int(256)),
  width: 120,
  height: 120,
  channels: 3 as const,
};
const landmarks = MEAN_FACE.map(([x, y]): Point => [20 + x * 80, 20 + y * 80]);

let folder: string;
let recognizer: FaceRecognizer;
let lastLayer: LinearLayer;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-head-'));
  recognizer = await FaceRecognizer.create({ threads: 1 });
  lastLayer = readLastLayer((await loadModel('embedder')).bytes);
});
afterAll(async () => {
  await recognizer.dispose();
  rmSync(folder, { recursive: true, force: true });
});

/** Features in which people differ a little, and photos of one person much in eight others. */
function drawSamples(people: number, photos: number): { samples: MetricSample[]; labels: string[] } {
  const draw = createRandom(2);
  const { inputs } = lastLayer;
  const samples: MetricSample[] = [];
  const labels: string[] = [];
  for (let person = 0; person < people; person++) {
    const center = Array.from({ length: 32 }, () => draw.normal());
    const shot = () =>
      Float32Array.from({ length: inputs }, (_, i) => {
        if (i < center.length) return center[i]! + 0.1 * draw.normal();
        return i >= inputs - 8 ? 2 * draw.normal() : 0;
      });
    for (let photo = 0; photo < photos; photo++) {
      samples.push({ views: [shot()], augmented: [shot(), shot(), shot()] });
      labels.push(`person ${person}`);
    }
  }
  return { samples, labels };
}

function writeHead(name: string, sha256: string): string {
  const head = EmbeddingHead.fromLinear(lastLayer, { random: createRandom(0) });
  const path = join(folder, name);
  writeFileSync(path, encodeHead(head, { backbone: { id: 'x', sha256 }, scale: 1.25, training: {} }));
  return path;
}

describe('the last layer read from the embedder', () => {
  it('turns features into the embeddings that the network gives', async () => {
    expect(landmarks).toHaveLength(DLIB_FIVE_POINTS.points.length);
    const { views } = await recognizer.metricSample(image, landmarks, { quality: 'fast', augmentations: 0 });
    const [embedding] = await recognizer.embed([image], [landmarks], { quality: 'fast' });
    const head = EmbeddingHead.fromLinear(lastLayer, { random: createRandom(0) });
    const { data } = head.forward({ data: Float64Array.from(views[0]!), columns: 256 }).embeddings;
    expect(data).toHaveLength(128);
    for (const [i, value] of data.entries()) expect(embedding![i]).toBeCloseTo(value, 5);
  });
});

describe('FaceRecognizer.metricSample', () => {
  it('augments a photo alike in every run, and otherwise for another seed', async () => {
    const sample = (seed: number) =>
      recognizer.metricSample(image, landmarks, { quality: 'balanced', augmentations: 2, seed });
    const first = await sample(1);
    expect(first.views).toHaveLength(2);
    expect(first.augmented).toHaveLength(2);
    expect(await sample(1)).toEqual(first);
    expect((await sample(2)).views).toEqual(first.views);
    expect((await sample(2)).augmented).not.toEqual(first.augmented);
  });
});

describe('qualities', () => {
  it('give embeddings of one length, except fast', async () => {
    const lengthOf = async (quality: 'fast' | 'balanced' | 'best') =>
      Math.hypot(...(await recognizer.embed([image], [landmarks], { quality }))[0]!);
    expect(await lengthOf('balanced')).toBeCloseTo(DLIB_MEAN_LENGTH, 5);
    expect(await lengthOf('best')).toBeCloseTo(DLIB_MEAN_LENGTH, 5);
    const [plain] = await recognizer.embed([image], [landmarks], { quality: 'fast' });
    expect(await lengthOf('fast')).toBe(Math.hypot(...plain!));
  });
});

describe('a head in a FaceRecognizer', () => {
  it('takes the place of the last layer under a name of its own', async () => {
    const { id, sha256 } = recognizer.embedder.profile;
    const headModelPath = writeHead('own.onnx', sha256);
    await using headed = await FaceRecognizer.create({ headModelPath, threads: 1 });
    expect(headed.hasHead).toBe(true);
    expect(headed.embedder.profile.id).toMatch(new RegExp(`^${id}\\+head-[0-9a-f]{12}$`));
    expect(headed.embedder.profile.sha256).not.toBe(sha256);
    const [plain] = await recognizer.embed([image], [landmarks], { quality: 'fast' });
    const [learned] = await headed.embed([image], [landmarks], { quality: 'fast' });
    const wanted = normalizeEmbedding(plain!, 1.25);
    for (const [i, value] of wanted.entries()) expect(learned![i]).toBeCloseTo(value, 5);
  });

  it('is refused where it was learned on another network, or is not there', async () => {
    const headModelPath = writeHead('other.onnx', 'b'.repeat(64));
    const code = 'ERR_MODEL_MISMATCH';
    await expect(FaceRecognizer.create({ headModelPath })).rejects.toMatchObject({ code });
    const missing = FaceRecognizer.create({ headModelPath: join(folder, 'no.onnx') });
    await expect(missing).rejects.toMatchObject({ code: 'ERR_MODEL_NOT_FOUND' });
    await expect(recognizer.saveHead(join(folder, 'x.onnx'))).rejects.toMatchObject({
      code: 'ERR_NOT_TRAINED',
    });
  });

  it('is learned by train, saved, and needed by the classifier that came with it', async () => {
    const { samples, labels } = drawSamples(15, 4);
    await using trained = await FaceRecognizer.create({ threads: 1 });
    const report = await trained.train(
      { samples, labels },
      { metric: 'triplet', metricOptions: { fit: { learningRate: 0.01 } }, kind: 'nearest' },
    );
    expect(report.metric).toMatchObject({ adopted: true, people: 15 });
    expect(report.calibration).toMatchObject({ source: 'default' });
    const headModelPath = join(folder, 'learned.onnx');
    const classifierModelPath = join(folder, 'classifier.onnx');
    await trained.saveHead(headModelPath);
    await trained.save(classifierModelPath);
    await using loaded = await FaceRecognizer.create({ headModelPath, classifierModelPath, threads: 1 });
    expect(loaded.embedder.profile.sha256).toBe(trained.embedder.profile.sha256);
    expect(loaded.isTrained).toBe(true);
    const code = 'ERR_MODEL_MISMATCH';
    await expect(FaceRecognizer.create({ classifierModelPath })).rejects.toMatchObject({ code });

    const modelFolder = join(folder, 'model');
    const { id, sha256, dimension } = trained.embedder.profile;
    const description: ModelDescription = {
      format: 'face-trigger-model',
      version: 1,
      createdBy: '0.0.0',
      embedder: { id, sha256, dimension },
      classifier: { kind: report.kind, C: report.C },
      people: trained.labels.map((label) => ({ label, photos: 4 })),
      detection: { minFaceSize: null, minScore: null },
      averaging: EMBEDDING_QUALITIES.balanced,
      head: trained.hasHead,
      thresholds: { maxDistance: 0.6, minProbability: 0.5 },
    };
    await writeModelFolder(modelFolder, { recognizer: trained, description });
    await using pipeline = await FacePipeline.create({ modelFolder, threads: 1 });
    expect(pipeline.recognizer.embedder.profile.id).toBe(id);
    expect(pipeline.recognizer.labels).toHaveLength(15);
  });

  it('cannot be learned from embeddings alone', async () => {
    const dataset = { embeddings: [new Float32Array(128)], labels: ['a'] };
    await expect(recognizer.train(dataset, { metric: 'triplet' })).rejects.toThrow(
      'Expected images with landmarks to learn a metric from for dataset but received "embeddings alone"',
    );
    expect(recognizer.hasHead).toBe(false);
  });
});
