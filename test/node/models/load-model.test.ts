import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { loadModel } from '../../../src/node/models/load-model.ts';
import { openDetector, openEmbedder, openLandmarkDetector } from '../../../src/node/models/open-models.ts';
import { packagedPackFolder } from '../../../src/node/models/pack-folders.ts';
import { readPack } from '../../../src/node/models/read-pack.ts';
import { readPart } from '../../../src/node/models/read-part.ts';
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
  it('gives the model that the pack names', async () => {
    const { pack } = await readPack();
    for (const entry of pack.parts) {
      const model = await loadModel(entry.kind, { precision: entry.precision });
      expect(model.part).toEqual(entry);
      expect(sha256(model.bytes)).toBe(entry.sha256);
    }
  });

  it('gives floats unless bytes are wanted, and tells the two apart', async () => {
    const floats = await loadModel('embedder');
    const bytes = await loadModel('embedder', { precision: 'int8' });
    expect(floats.part.id).toBe('dlib-resnet-v1');
    expect(bytes.part.id).toBe('dlib-resnet-v1-int8');
    expect(bytes.part.identity).not.toBe(floats.part.identity);
    expect(bytes.bytes.length).toBeLessThan(floats.bytes.length / 3);
    const byPath = await loadModel('embedder', { modelPath: builtModel('face-embedder-int8.onnx') });
    expect(byPath.part).toEqual(bytes.part);
  });

  it('has no landmark model in bytes', async () => {
    await expect(loadModel('landmarks', { precision: 'int8' })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
  });

  it('refuses a model whose bytes are not those of the pack', async () => {
    const entry = (await readPack()).pack.parts.find(({ kind }) => kind === 'detector')!;
    const bytes = readFileSync(join(packagedPackFolder('dlib'), entry.file));
    writeFileSync(join(folder, entry.file), withByte(bytes, 400_000, 1));
    await expect(readPart(entry, folder)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    rmSync(join(folder, entry.file));
    await expect(readPart(entry, folder)).rejects.toMatchObject({ code: 'ERR_MODEL_NOT_FOUND' });
  });
});

describe("loadModel with a user's own .dat", () => {
  it('converts it once and gives the same bytes from the cache', async () => {
    const path = dlibFile('detector');
    const first = await loadModel('detector', { modelPath: path });
    expect(Buffer.compare(first.bytes, readBytes(builtModel('face-detector.onnx')))).toBe(0);
    expect(first.part.id).toBe('dlib-mmod-v1');
    const [file, ...others] = readdirSync(cachedModels());
    expect(others).toEqual([]);
    expect(file).toContain(first.part.identity);
    const second = await loadModel('detector', { modelPath: path });
    expect(Buffer.compare(first.bytes, second.bytes)).toBe(0);
    expect(second.part).toEqual(first.part);
  });

  it.each([
    ['emptied', () => new Uint8Array(0)],
    ['cut', (bytes: Uint8Array) => bytes.subarray(0, 3_000_000)],
    ['changed in one number', (bytes: Uint8Array) => withByte(bytes, 2_000_000, 4)],
    ['of another program', () => Buffer.from('hello')],
  ])('makes a cache file that is %s anew', async (_, damage) => {
    const path = dlibFile('landmarks');
    const first = await loadModel('landmarks', { modelPath: path });
    const file = join(cachedModels(), readdirSync(cachedModels())[0]!);
    const written = readFileSync(file);
    writeFileSync(file, damage(written));
    const again = await loadModel('landmarks', { modelPath: path });
    expect(Buffer.compare(first.bytes, again.bytes)).toBe(0);
    expect(Buffer.compare(readFileSync(file), written)).toBe(0);
  });

  it('works where the cache cannot be written', async () => {
    writeFileSync(cache, 'a file where the folder should be');
    const model = await loadModel('detector', { modelPath: dlibFile('detector') });
    expect(model.part.kind).toBe('detector');
    rmSync(cache);
    mkdirSync(cache);
    chmodSync(cache, 0o500);
    expect((await loadModel('detector', { modelPath: dlibFile('detector') })).part.kind).toBe('detector');
    chmodSync(cache, 0o700);
  });

  it('loads the same file many times at once', async () => {
    const models = await Promise.all(
      Array.from({ length: 6 }, () => loadModel('detector', { modelPath: dlibFile('detector') })),
    );
    for (const model of models) expect(Buffer.compare(model.bytes, models[0]!.bytes)).toBe(0);
    expect(readdirSync(cachedModels())).toHaveLength(1);
  });

  it('names a model that is not the published one after its hash', async () => {
    const source = readBytes(dlibFile('detector'));
    const path = join(folder, 'mine.DAT');
    writeFileSync(path, withByte(source, source.length / 2, 1));
    const model = await loadModel('detector', { modelPath: path });
    expect(model.part.id).toBe(`custom-${model.part.identity.slice(0, 12)}`);
    expect(model.part.identity).toBe(sha256(readBytes(path)));
  });

  it('runs with the converted models as with those of the package', async () => {
    const image = {
      data: new Uint8Array(150 * 150 * 3).fill(90),
      width: 150,
      height: 150,
      channels: 3 as const,
    };
    await using own = await openEmbedder({ modelPath: dlibFile('embedder') });
    await using packaged = await openEmbedder();
    expect(own.profile).toEqual(packaged.profile);
    expect(await own.embed([image])).toEqual(await packaged.embed([image]));
  });
});

describe('loadModel refuses', () => {
  it('a model of another kind', async () => {
    await expect(loadModel('embedder', { modelPath: dlibFile('detector') })).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    await expect(
      loadModel('detector', { modelPath: builtModel('face-landmarks.trees') }),
    ).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    await expect(openDetector({ modelPath: builtModel('face-embedder.onnx') })).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
    await expect(openLandmarkDetector({ modelPath: dlibFile('detector') })).rejects.toMatchObject({
      code: 'ERR_MODEL_MISMATCH',
    });
  });

  it('a file that is not there, a folder, an empty file and a text', async () => {
    await expect(loadModel('detector', { modelPath: join(folder, 'no.dat') })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
    await expect(loadModel('detector', { modelPath: folder })).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
    });
    for (const name of ['empty.dat', 'empty.onnx', 'text.dat', 'text.onnx', 'text.trees']) {
      writeFileSync(join(folder, name), name.startsWith('text') ? 'This is no model at all.' : '');
      await expect(loadModel('detector', { modelPath: join(folder, name) }), name).rejects.toMatchObject({
        code: 'ERR_MODEL_FORMAT',
      });
    }
  });
});

describe('readPack', () => {
  const entry = {
    kind: 'detector',
    precision: 'fp32',
    id: 'a',
    identity: '0'.repeat(64),
    adapter: 'dlib-mmod',
    file: 'a.onnx',
    bytes: 1,
    sha256: '0'.repeat(64),
    source: { file: 'a.dat', sha256: '0'.repeat(64), origin: '' },
    licence: { code: 'MIT', weights: 'CC0-1.0', data: 'unknown' },
  };
  const pack = (changes: object = {}) => ({
    format: 'face-trigger-models',
    version: 1,
    name: 'mine',
    title: 'Mine',
    parts: [entry],
    ...changes,
  });
  const write = (content: unknown) =>
    writeFileSync(
      join(folder, 'face-trigger.json'),
      typeof content === 'string' ? content : JSON.stringify(content),
    );

  it('reads the description of a folder of models', async () => {
    write(pack());
    expect(await readPack(folder)).toEqual({ pack: pack(), folder });
  });

  it('says how to get models where there are none', async () => {
    await expect(readPack(join(folder, 'none'))).rejects.toMatchObject({ code: 'ERR_MODEL_NOT_FOUND' });
    await expect(readPack('no-such-pack')).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
      message: expect.stringContaining('"dlib"'),
    });
  });

  it('says what is wrong, and where', async () => {
    write(pack({ parts: [{ ...entry, precision: 'int4' }] }));
    await expect(readPack(folder)).rejects.toThrow(/parts\[0\]\.precision/);
  });

  it.each([
    ['no JSON', 'models'],
    ['null', null],
    ['another version', pack({ version: 2 })],
    ['another format', pack({ format: 'models' })],
    ['no list', pack({ parts: {} })],
    ['no part', pack({ parts: [] })],
    ['null as a part', pack({ parts: [null] })],
    ['a path out of the folder', pack({ parts: [{ ...entry, file: '../a.onnx' }] })],
    ['the folder above', pack({ parts: [{ ...entry, file: '..' }] })],
    ['an unknown kind', pack({ parts: [{ ...entry, kind: 'gaze' }] })],
    ['an unknown precision', pack({ parts: [{ ...entry, precision: 'int4' }] })],
    ['no identity', pack({ parts: [{ ...entry, identity: undefined }] })],
    ['no source', pack({ parts: [{ ...entry, source: undefined }] })],
    ['a licence of the weights alone', pack({ parts: [{ ...entry, licence: 'CC0-1.0' }] })],
    ['an embedder without facts', pack({ parts: [{ ...entry, kind: 'embedder' }] })],
    ['what is not known', pack({ extra: 1 })],
  ])('refuses %s', async (_, content) => {
    write(content);
    await expect(readPack(folder)).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });
});
