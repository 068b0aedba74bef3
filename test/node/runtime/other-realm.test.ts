import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { trainClassifier } from '../../../src/classify/train-classifier.ts';
import { isError, isKind } from '../../../src/core/is-kind.ts';
import { readImage } from '../../../src/node/image/read-image.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { media } from '../../cli/run-cli.ts';

const ROOT = join(import.meta.dirname, '../../..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const CONFIG = join(import.meta.dirname, 'vm/vitest.config.mjs');

/** The classes of another realm. */
const other = runInNewContext('({ Float32Array, Uint8Array, Date, Error, Array })') as typeof globalThis;

describe('isKind', () => {
  it('knows the built-in classes of every realm, and what only looks like them', () => {
    expect(new other.Float32Array(1)).not.toBeInstanceOf(Float32Array);
    for (const realm of [globalThis, other]) {
      expect(isKind(new realm.Float32Array(1), 'Float32Array')).toBe(true);
      expect(isKind(new realm.Uint8Array(1), 'Float32Array')).toBe(false);
      expect(isKind(new realm.Date(), 'Date')).toBe(true);
      expect(isError(new realm.Error())).toBe(true);
    }
    expect(isKind(Buffer.alloc(1), 'Uint8Array')).toBe(true);
    for (const value of [null, undefined, 'Uint8Array', [], {}, { length: 1 }])
      expect(isKind(value, 'Uint8Array')).toBe(false);
    expect(isError(new TypeError())).toBe(true);
    expect(isError({ message: 'no' })).toBe(false);
  });
});

describe('what comes from another realm', () => {
  it('is taken as pixels, bytes and embeddings', async () => {
    const image = await readImage(new other.Uint8Array(readFileSync(media('audrey.jpg'))));
    await using pipeline = await FacePipeline.create({ threads: 1 });
    const [face] = await pipeline.analyze({ ...image, data: new other.Uint8Array(image.data) });
    const foreign = new other.Float32Array(face!.embedding!);
    await pipeline.recognizer.train({
      embeddings: other.Array.from([foreign, new other.Float32Array(128).fill(0.1)]),
      labels: ['Ada', 'Bob'],
    });
    expect((await pipeline.recognizer.identify([foreign]))[0]!.label).toBe('Ada');
    expect(
      (await trainClassifier([foreign, foreign], [0, 1], { kind: 'nearest' })).onnx.length,
    ).toBeGreaterThan(0);
  });
});

describe('the library in a context of node:vm', () => {
  it.each(['vmForks', 'vmThreads'])(
    'works as elsewhere, with vitest --pool %s',
    (pool) => {
      const args = [VITEST, 'run', '--config', CONFIG, '--pool', pool];
      // In a thread nothing can be set for native code any more.
      const env = { ...process.env, ORT_DISABLE_TELEMETRY: '1', NO_COLOR: '1' };
      const run = spawnSync(process.execPath, args, { cwd: ROOT, env, encoding: 'utf8', timeout: 240_000 });
      expect(`${run.stdout}${run.stderr}`).toMatch(/Tests +8 passed/);
      expect(run.status).toBe(0);
    },
    300_000,
  );
});
