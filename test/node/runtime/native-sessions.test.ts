import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { InferenceSession } from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OnnxClassifier } from '../../../src/classify/onnx-classifier.ts';
import { trainClassifier } from '../../../src/classify/train-classifier.ts';
import type { TrainableEmbedder } from '../../../src/core/embed/face-embedder.ts';
import { EmbeddingHead } from '../../../src/extras/metric-learning/embedding-head.ts';
import { HeadEmbedder } from '../../../src/extras/metric-learning/head-embedder.ts';
import { encodeHead } from '../../../src/extras/metric-learning/head-file.ts';
import { readLastLayer } from '../../../src/extras/metric-learning/read-last-layer.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { openDetector, openEmbedder } from '../../../src/node/models/open-models.ts';
import { OnnxSession } from '../../../src/node/runtime/session.ts';
import { FaceRecognizer } from '../../../src/people/face-recognizer.ts';
import { FaceFinder } from '../../../src/pipeline/face-finder.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { makeClusters } from '../../classify/clusters.ts';
import { media } from '../../cli/run-cli.ts';
import { builtModel, readBytes } from '../../convert/dlib-files.ts';

const create = InferenceSession.create;
let made = 0;
let freed = 0;

async function countingCreate(...args: unknown[]): Promise<InferenceSession> {
  const session = await (create as (...args: unknown[]) => Promise<InferenceSession>).apply(
    InferenceSession,
    args,
  );
  made += 1;
  const release = session.release;
  session.release = async () => {
    await release.call(session);
    freed += 1;
  };
  return session;
}

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-sessions-'));
  (InferenceSession as { create: unknown }).create = countingCreate;
});
afterAll(() => {
  (InferenceSession as { create: unknown }).create = create;
  rmSync(folder, { recursive: true, force: true });
});

/** What is freed twice counts twice: `freed` must be `made`, not only reach it. */
async function expectNoneLeft(work: () => Promise<void>, { atLeast = 1 } = {}): Promise<void> {
  made = 0;
  freed = 0;
  await work();
  expect(made).toBeGreaterThanOrEqual(atLeast);
  expect(freed).toBe(made);
}

const threads = 1;

/** Two people whose embeddings anybody can tell apart. */
function twoPeople() {
  const { embeddings, labels } = makeClusters({ counts: [4, 4], dimension: 128 });
  return { embeddings, labels: labels.map((label) => (label === 0 ? 'Ada' : 'Bob')) };
}

async function headOf(embedder: TrainableEmbedder): Promise<Uint8Array> {
  const { id, sha256 } = embedder.profile;
  const { inputs, outputs } = readLastLayer(await embedder.modelBytes());
  const head = new EmbeddingHead({ inputs, outputs, hidden: 0 });
  return encodeHead(head, { backbone: { id, sha256 }, scale: 0.9, training: {} as never });
}

describe('dispose() frees every native session', () => {
  it('of OnnxSession, once, however often it is called', () =>
    expectNoneLeft(async () => {
      const session = await OnnxSession.create(readBytes(builtModel('face-detector.onnx')), { threads });
      await session.dispose();
      await session.dispose();
    }));

  it.each(['exact', 'fast'] as const)('of MmodDetector in mode %s', (mode) =>
    expectNoneLeft(async () => {
      const detector = await openDetector({ mode, threads });
      await detector.detect(await readImage(media('audrey_crop.jpg')));
      await detector.dispose();
    }),
  );

  it('of ResnetEmbedder, with those that look inside the network', () =>
    expectNoneLeft(
      async () => {
        const embedder = (await openEmbedder({ threads })) as TrainableEmbedder;
        const chip = { data: new Uint8Array(150 * 150 * 3), width: 150, height: 150, channels: 3 } as const;
        await embedder.embed([chip]);
        await embedder.activations([chip], 'features');
        await embedder.dispose();
      },
      { atLeast: 2 },
    ));

  it('of OnnxClassifier, also where it is refused', () =>
    expectNoneLeft(
      async () => {
        const { embeddings, labels } = makeClusters({ counts: [4, 4], dimension: 8 });
        const { onnx } = await trainClassifier(embeddings, labels, { kind: 'nearest' });
        const classifier = await OnnxClassifier.create(onnx);
        await classifier.predict(embeddings);
        await classifier.dispose();
        await expect(OnnxClassifier.create(onnx, { embedder: { dimension: 128 } })).rejects.toThrow();
      },
      { atLeast: 1 },
    ));

  it('of HeadEmbedder, and leaves the network to its owner', () =>
    expectNoneLeft(
      async () => {
        const embedder = (await openEmbedder({ threads })) as TrainableEmbedder;
        const head = await HeadEmbedder.create(embedder, await headOf(embedder));
        await head.dispose();
        expect(freed).toBe(1);
        await embedder.dispose();
      },
      { atLeast: 2 },
    ));

  it('of FaceFinder', () =>
    expectNoneLeft(async () => {
      const finder = await FaceFinder.create({ threads });
      await finder.dispose();
    }));

  it('of FaceRecognizer, also of the classifiers and heads that others took the place of', () =>
    expectNoneLeft(
      async () => {
        const recognizer = await FaceRecognizer.create({ threads });
        await recognizer.train(twoPeople(), { kind: 'nearest' });
        await recognizer.train(twoPeople(), { kind: 'nearest' });
        const path = join(folder, 'classifier.onnx');
        await recognizer.save(path);
        await recognizer.load(path);
        const headPath = join(folder, 'head.onnx');
        const embedder = (await openEmbedder({ threads })) as TrainableEmbedder;
        writeFileSync(headPath, await headOf(embedder));
        await embedder.dispose();
        await recognizer.loadHead(headPath);
        await recognizer.loadHead(headPath);
        await recognizer.dispose();
        await recognizer.dispose();
      },
      { atLeast: 7 },
    ));

  it('of FaceRecognizer that could not be made', () =>
    expectNoneLeft(async () => {
      const classifierModelPath = join(folder, 'none.onnx');
      await expect(FaceRecognizer.create({ threads, classifierModelPath })).rejects.toThrow();
    }));

  it('of FacePipeline', () =>
    expectNoneLeft(
      async () => {
        const pipeline = await FacePipeline.create({ threads });
        await pipeline.analyze(await readImage(media('audrey_crop.jpg')));
        await pipeline.dispose();
      },
      { atLeast: 2 },
    ));

  it('of FacePipeline whose model folder is broken', () =>
    expectNoneLeft(async () => {
      writeFileSync(
        join(folder, 'model.json'),
        JSON.stringify({
          ...{ format: 'face-trigger-model', version: 1, createdBy: '0', embedder: { id: 'a', sha256: 'b' } },
          ...{
            classifier: { kind: 'svm', C: null },
            people: [],
            detection: { minFaceSize: null, minScore: null },
          },
          thresholds: { maxDistance: 0.5, minProbability: 0 },
        }),
      );
      writeFileSync(join(folder, 'classifier.onnx'), 'broken');
      await expect(FacePipeline.create({ threads, modelFolder: folder })).rejects.toThrow();
    }));

  it('of the threads of PipelinePool', () => {
    const log = join(folder, 'sessions.log');
    const program = join(folder, 'program.mjs');
    const dist = pathToFileURL(join(import.meta.dirname, '../../../dist/index.js')).href;
    writeFileSync(
      program,
      `import { PipelinePool, readImage } from ${JSON.stringify(dist)};
      const pool = await PipelinePool.create({ workers: 2, threads: 1 });
      await pool.analyze(await readImage(${JSON.stringify(media('audrey_crop.jpg'))}));
      await pool.dispose();`,
    );
    const counter = pathToFileURL(join(import.meta.dirname, 'count-sessions.mjs')).href;
    execFileSync(process.execPath, ['--import', counter, program], {
      env: { ...process.env, SESSION_LOG: log },
    });
    const signs = [...readFileSync(log, 'utf8')];
    const opened = signs.filter((sign) => sign === '+').length;
    // A detector and an embedder in each of two threads, and what the one that looked at the picture opened besides.
    expect(opened).toBeGreaterThanOrEqual(4);
    expect(signs.filter((sign) => sign === '-')).toHaveLength(opened);
  });
});
