import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { MmodDetector } from '../../../src/models/dlib/detector/mmod-detector.ts';
import { ResnetEmbedder } from '../../../src/models/dlib/embedder/resnet-embedder.ts';
import { RegressionTreeLandmarks } from '../../../src/models/dlib/landmarks/regression-tree-landmarks.ts';
import { loadModel, readOwnModel } from '../../../src/node/models/load-model.ts';
import { modelsFolder, readManifest } from '../../../src/node/models/manifest.ts';
import { builtModel, dlibFile, readBytes, withByte } from '../../convert/dlib-files.ts';

let folder: string;
let cache: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-models-'));
  cache = join(folder, 'cache');
  vi.stubEnv('FACE_TRIGGER_CACHE', '');
  vi.stubEnv('XDG_CACHE_HOME', cache);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true, force: true });
});

const cachedModels = () => join(cache, 'face-trigger', 'models');

describe("loadModel with the package's models", () => {
  it('gives the model that the manifest names', async () => {
    const { models } = await readManifest();
    for (const entry of models) {
      const model = await loadModel(entry.kind, undefined, { precision: entry.precision });
      expect(model).toMatchObject({ kind: entry.kind, id: entry.id, sha256: entry.identity });
      expect(sha256(model.bytes)).toBe(entry.sha256);
    }
  });

  it('gives floats unless bytes are wanted, and tells the two apart', async () => {
    const floats = await loadModel('embedder');
    const bytes = await loadModel('embedder', undefined, { precision: 'int8' });
    expect(floats.id).toBe('dlib-resnet-v1');
    expect(bytes.id).toBe('dlib-resnet-v1-int8');
    expect(bytes.sha256).not.toBe(floats.sha256);
    expect(bytes.bytes.length).toBeLessThan(floats.bytes.length / 3);
    const byPath = await loadModel('embedder', builtModel('face-embedder-int8.onnx'));
    expect(byPath).toMatchObject({ id: bytes.id, sha256: bytes.sha256 });
  });

  it('has no landmark model in bytes', async () => {
    await expect(loadModel('landmarks', undefined, { precision: 'int8' })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
  });

  it('refuses a model whose bytes are not those of the manifest', async () => {
    const entry = (await readManifest()).models.find(({ kind }) => kind === 'detector')!;
    const bytes = readFileSync(join(modelsFolder(), entry.file));
    writeFileSync(join(folder, entry.file), withByte(bytes, 400_000, 1));
    await expect(readOwnModel(entry, folder)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    rmSync(join(folder, entry.file));
    await expect(readOwnModel(entry, folder)).rejects.toMatchObject({ code: 'ERR_MODEL_NOT_FOUND' });
  });
});

describe("loadModel with a user's own .dat", () => {
  it('converts it once and gives the same bytes from the cache', async () => {
    const path = dlibFile('detector');
    const first = await loadModel('detector', path);
    expect(Buffer.compare(first.bytes, readBytes(builtModel('face-detector.onnx')))).toBe(0);
    expect(first.id).toBe('dlib-mmod-v1');
    const [file, ...others] = readdirSync(cachedModels());
    expect(others).toEqual([]);
    expect(file).toContain(first.sha256);
    const second = await loadModel('detector', path);
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
    expect(second).toMatchObject({ id: first.id, sha256: first.sha256 });
  });

  it.each([
    ['emptied', () => new Uint8Array(0)],
    ['cut', (bytes: Uint8Array) => bytes.subarray(0, 3_000_000)],
    ['changed in one number', (bytes: Uint8Array) => withByte(bytes, 2_000_000, 4)],
    ['of another program', () => Buffer.from('hello')],
  ])('makes a cache file that is %s anew', async (_, damage) => {
    const path = dlibFile('landmarks');
    const first = await loadModel('landmarks', path);
    const file = join(cachedModels(), readdirSync(cachedModels())[0]!);
    const written = readFileSync(file);
    writeFileSync(file, damage(written));
    const again = await loadModel('landmarks', path);
    expect(Buffer.compare(first.bytes, again.bytes)).toBe(0);
    expect(Buffer.compare(readFileSync(file), written)).toBe(0);
  });

  it('works where the cache cannot be written', async () => {
    writeFileSync(cache, 'a file where the folder should be');
    const model = await loadModel('detector', dlibFile('detector'));
    expect(model.kind).toBe('detector');
    rmSync(cache);
    mkdirSync(cache);
    chmodSync(cache, 0o500);
    expect((await loadModel('detector', dlibFile('detector'))).kind).toBe('detector');
    chmodSync(cache, 0o700);
  });

  it('loads the same file many times at once', async () => {
    const models = await Promise.all(
      Array.from({ length: 6 }, () => loadModel('detector', dlibFile('detector'))),
    );
    for (const model of models) expect(Buffer.compare(model.bytes, models[0]!.bytes)).toBe(0);
    expect(readdirSync(cachedModels())).toHaveLength(1);
  });

  it('names a model that is not the published one after its hash', async () => {
    const source = readBytes(dlibFile('detector'));
    const path = join(folder, 'mine.DAT');
    writeFileSync(path, withByte(source, source.length / 2, 1));
    const model = await loadModel('detector', path);
    expect(model.id).toBe(`custom-${model.sha256.slice(0, 12)}`);
    expect(model.sha256).toBe(sha256(readBytes(path)));
  });

  it('runs with the converted models as with those of the package', async () => {
    const image = {
      data: new Uint8Array(150 * 150 * 3).fill(90),
      width: 150,
      height: 150,
      channels: 3 as const,
    };
    await using own = await ResnetEmbedder.create({ modelPath: dlibFile('embedder') });
    await using packaged = await ResnetEmbedder.create();
    expect(own.sha256).toBe(packaged.sha256);
    expect(await own.embed([image])).toEqual(await packaged.embed([image]));
  });
});

describe('loadModel refuses', () => {
  it('a model of another kind', async () => {
    await expect(loadModel('embedder', dlibFile('detector'))).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    await expect(loadModel('detector', builtModel('face-landmarks.trees'))).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    await expect(MmodDetector.create({ modelPath: builtModel('face-embedder.onnx') })).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    await expect(RegressionTreeLandmarks.create(dlibFile('detector'))).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
  });

  it('a file that is not there, a folder, an empty file and a text', async () => {
    await expect(loadModel('detector', join(folder, 'no.dat'))).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
    await expect(loadModel('detector', folder)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    for (const name of ['empty.dat', 'empty.onnx', 'text.dat', 'text.onnx', 'text.trees']) {
      writeFileSync(join(folder, name), name.startsWith('text') ? 'This is no model at all.' : '');
      await expect(loadModel('detector', join(folder, name)), name).rejects.toMatchObject({
        code: 'ERR_MODEL_FORMAT',
      });
    }
  });
});

describe('readManifest', () => {
  const entry = {
    kind: 'detector',
    precision: 'fp32',
    id: 'a',
    identity: '0'.repeat(64),
    file: 'a.onnx',
    bytes: 1,
    sha256: '0'.repeat(64),
    source: { file: 'a.dat', sha256: '0'.repeat(64), origin: '' },
    licence: 'CC0-1.0',
  };
  const write = (content: unknown) =>
    writeFileSync(
      join(folder, 'manifest.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );

  it('reads a list of models', async () => {
    write({ version: 1, converterVersion: 1, models: [entry] });
    expect((await readManifest(folder)).models).toEqual([entry]);
  });

  it('says how to get models where there are none', async () => {
    await expect(readManifest(join(folder, 'none'))).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
      message: expect.stringContaining('bootstrap'),
    });
  });

  it.each([
    ['no JSON', 'models'],
    ['null', null],
    ['another version', { version: 2, models: [] }],
    ['no list', { version: 1, models: {} }],
    ['null as an entry', { version: 1, models: [null] }],
    ['a path out of the folder', { version: 1, models: [{ ...entry, file: '../a.onnx' }] }],
    ['the folder above', { version: 1, models: [{ ...entry, file: '..' }] }],
    ['an unknown kind', { version: 1, models: [{ ...entry, kind: 'gaze' }] }],
    ['an unknown precision', { version: 1, models: [{ ...entry, precision: 'int4' }] }],
    ['no identity', { version: 1, models: [{ ...entry, identity: undefined }] }],
    ['no source', { version: 1, models: [{ ...entry, source: undefined }] }],
  ])('refuses %s', async (_, content) => {
    write(content);
    await expect(readManifest(folder)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });
});
