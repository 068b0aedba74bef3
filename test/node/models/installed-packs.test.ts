import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import { convertTflite } from '../../../src/convert/tflite/convert-tflite.ts';
import type { ModelPack } from '../../../src/models/model-pack.ts';
import { assemblePack } from '../../../src/node/models/assemble-pack.ts';
import { assertBase } from '../../../src/node/models/assert-base.ts';
import { choosePack, chosenPack } from '../../../src/node/models/chosen-pack.ts';
import type { CollectedModels } from '../../../src/node/models/collect-models.ts';
import { folderSource } from '../../../src/node/models/folder-source.ts';
import { installPack, removePack } from '../../../src/node/models/installed-packs.ts';
import { packNames } from '../../../src/node/models/pack-folders.ts';
import { networksOfEmbedder, profileOfEmbedder } from '../../../src/node/models/packaged-models.ts';
import { readPack } from '../../../src/node/models/read-pack.ts';
import { tryPack } from '../../../src/node/models/try-pack.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';

/** Packs that come with face-trigger. */
const PACKAGED = ['dlib', 'mobilefacenet'];
const CHECKOUT = fileURLToPath(new URL('../../..', import.meta.url));

let data: string;
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'face-trigger-data-'));
  vi.stubEnv('FACE_TRIGGER_DATA', data);
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(data, { recursive: true, force: true });
});

/** The package's embedder as a pack of its own that lacks everything else. */
async function embedderPack(name: string): Promise<{ pack: ModelPack; files: Map<string, Uint8Array> }> {
  const { pack, folder } = await readPack('dlib');
  const part = pack.parts.find(({ kind, precision }) => kind === 'embedder' && precision === 'int8');
  if (part?.kind !== 'embedder') throw new Error('the package has no quantized embedder');
  const bytes = readFileSync(join(folder, part.file));
  const own = { ...part, id: `${name}-embedder`, identity: sha256(Buffer.from(name)) };
  return {
    pack: { format: 'face-trigger-models', version: 1, name, title: 'a test', base: 'dlib', parts: [own] },
    files: new Map([[part.file, bytes]]),
  };
}

describe('installPack', () => {
  it('makes a pack that is found by its name, and by the embedder that made a gallery', async () => {
    const { pack, files } = await embedderPack('mine');
    await installPack(pack, files);
    expect(await packNames()).toEqual([...PACKAGED, 'mine']);
    expect((await readPack('mine')).pack).toEqual(pack);
    const [part] = pack.parts;
    expect(await networksOfEmbedder(part!.identity)).toEqual({ models: 'mine', precision: 'int8' });
    expect((await profileOfEmbedder(part!.identity))?.id).toBe('mine-embedder');
    expect(await profileOfEmbedder(part!.identity, 'dlib')).toBeUndefined();
  });

  it('gives what the pack lacks from its base, each file from its own folder', async () => {
    const { pack, files } = await embedderPack('mine');
    await installPack(pack, files);
    const source = folderSource('mine');
    const { parts } = await source.readPack();
    expect(parts.map(({ id }) => id)).toEqual([
      'mine-embedder',
      'dlib-mmod-v1',
      'dlib-mmod-v1-int8',
      'dlib-5-point-v1',
    ]);
    for (const part of parts) expect(sha256(await source.readPart(part))).toBe(part.sha256);
  });

  it('refuses a name that is taken and leaves nothing of a pack that cannot be written', async () => {
    const { pack, files } = await embedderPack('mine');
    await expect(installPack({ ...pack, name: 'dlib' }, files)).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
    await installPack(pack, files);
    await expect(installPack(pack, files)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await expect(installPack({ ...pack, name: 'other' }, new Map())).rejects.toThrow();
    expect(readdirSync(join(data, 'models'))).toEqual(['mine']);
  });

  it('passes over a damaged pack when it looks for an embedder', async () => {
    for (const name of ['aaa', 'mine']) {
      const { pack, files } = await embedderPack(name);
      await installPack(pack, files);
    }
    writeFileSync(join(data, 'models', 'aaa', 'face-trigger.json'), '{');
    const identity = sha256(Buffer.from('mine'));
    expect(await networksOfEmbedder(identity)).toMatchObject({ models: 'mine' });
    await expect(readPack('aaa')).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });
});

describe('installPack beside others', () => {
  it('tells of the name, and not of the disk, where two add it at once', async () => {
    const { pack, files } = await embedderPack('mine');
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => installPack(pack, files)));
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected');
    expect(failed).toHaveLength(3);
    for (const { reason } of failed) {
      expect(reason).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringContaining('remove mine') });
    }
    expect((await readPack('mine')).pack).toEqual(pack);
    expect(readdirSync(join(data, 'models'))).toEqual(['mine']);
  });

  it('takes away what killed processes left, and not what others are writing', async () => {
    const { pack, files } = await embedderPack('mine');
    const leftover = (name: string, uuid: string) => join(data, 'models', `.${name}.${uuid}.tmp`);
    const old = leftover('old', '0f3bd8ae-0000-4000-8000-000000000000');
    const fresh = leftover('fresh', '0f3bd8ae-0000-4000-8000-000000000001');
    const own = join(data, 'models', '.own.tmp');
    for (const folder of [old, fresh, own]) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'part.onnx'), 'x');
    }
    const before = new Date(Date.now() - 2 * 60 * 60 * 1000);
    for (const folder of [old, own]) utimesSync(folder, before, before);
    await installPack(pack, files);
    expect(readdirSync(join(data, 'models')).sort()).toEqual([basename(fresh), '.own.tmp', 'mine'].sort());
  });

  it('says of a name of the package that it can not be removed', async () => {
    const { pack, files } = await embedderPack('dlib');
    const error = await installPack(pack, files).catch((caught: Error) => caught.message);
    expect(error).toContain('comes with face-trigger');
    expect(error).not.toContain('remove');
  });
});

describe('a pack with a base', () => {
  it('is refused where the base is not there, or is itself', async () => {
    const { pack } = await embedderPack('mine');
    await expect(assertBase(pack)).resolves.toBeUndefined();
    await expect(assertBase({ ...pack, base: 'nowhere' })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
      message: expect.stringContaining('"nowhere"'),
    });
    await expect(assertBase({ ...pack, base: 'mine' })).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
  });

  it('keeps its base from being removed', async () => {
    const { pack, files } = await embedderPack('lower');
    await installPack(pack, files);
    const upper = await embedderPack('upper');
    await installPack({ ...upper.pack, base: 'lower' }, upper.files);
    await expect(removePack('lower')).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
      message: expect.stringContaining('"upper"'),
    });
    await removePack('upper');
    await removePack('lower');
  });
});

describe('assemblePack', () => {
  const network = (() => {
    const graph = new GraphBuilder('g');
    graph.input('picture', 'float32', ['n', 3, 112, 112]);
    const pooled = graph.node('AveragePool', ['picture'], { kernel_shape: [14, 14], strides: [14, 14] });
    graph.node('Flatten', [pooled], {}, { outputs: ['embedding'] });
    graph.output('embedding', 'float32', ['n', 192]);
    return graph.toModel();
  })();
  const place = (name: string, bytes: Uint8Array): CollectedModels => ({
    kind: 'files',
    name: 'mine',
    files: [{ name, bytes, sha256: sha256(bytes) }],
    others: [],
  });

  it('makes of one file another embedder where it is said to be of another family', () => {
    const identities = ['arcface', 'adaface', 'sface'].map(
      (family) => assemblePack([place('a.onnx', network)], { family }).pack.parts[0]!.identity,
    );
    expect(new Set(identities).size).toBe(3);
    const again = assemblePack([place('b.onnx', network)], { family: 'arcface' }).pack.parts[0]!.identity;
    expect(again).toBe(identities[0]);
  });

  it('says which words of the user it did not need, and why', async () => {
    const known = readFileSync(
      join(CHECKOUT, 'node_modules/@mediapipe/face_detection/face_detection_full_range.tflite'),
    );
    const detector: CollectedModels = {
      ...{ kind: 'files', name: 'mine', others: [] },
      files: [
        {
          ...{ name: 'full.onnx', bytes: convertTflite(known), sha256: 'b'.repeat(64) },
          source: { name: 'full.tflite', sha256: sha256(known) },
        },
      ],
    };
    expect(assemblePack([detector], { family: 'arcface', licence: 'MIT', anchors: 16 }).notes).toEqual([
      '--family is not used: none of the files is an embedder whose family has to be told',
      '--license is not used: full.onnx is known by its SHA-256 (Apache-2.0)',
      '--anchors is not used: full.onnx is known by its SHA-256 (mediapipe)',
    ]);
    const both = assemblePack([detector, place('a.onnx', network)], { family: 'arcface', licence: 'mit' });
    expect(both.notes).toEqual([]);
    expect(both.pack.parts.map(({ licence }) => licence.weights)).toEqual(['Apache-2.0', 'MIT']);
    const { pack, files } = await embedderPack('mine');
    const whole = assemblePack([{ kind: 'pack', pack, files }], { family: 'arcface' });
    expect(whole.notes).toEqual([expect.stringContaining('describes itself')]);
  });

  it('refuses words that mean nothing before it looks at files', () => {
    for (const hints of [{ family: 'nobody' }, { licence: 'do as you like' }, { anchors: 12 as 10 }])
      expect(() => assemblePack([place('a.onnx', network)], hints)).toThrow(
        expect.objectContaining({ code: 'ERR_INVALID_ARGUMENT' }),
      );
  });

  it('asks for the anchors of a RetinaFace, whatever its outputs are called', () => {
    for (const names of [
      ['loc', 'conf', 'landm'],
      ['output', 'outputt', 'outputtt'],
      ['output0', '590', '589'],
    ]) {
      const graph = new GraphBuilder('g');
      graph.input('input0', 'float32', [1, 3, 640, 640]);
      for (const [i, name] of names.entries()) {
        graph.node('Identity', ['input0'], {}, { outputs: [name] });
        graph.output(name, 'float32', [1, 16_800, [4, 2, 10][i]!]);
      }
      const file = place('face.onnx', graph.toModel());
      expect(() => assemblePack([file]), names.join()).toThrow('--anchors 16');
      const adapters = ([10, 16] as const).map(
        (anchors) => assemblePack([file], { anchors }).pack.parts[0]!.adapter,
      );
      expect(adapters).toEqual(['retinaface', 'retinaface-16']);
    }
  });

  it('keeps files of the same name apart', () => {
    const graph = new GraphBuilder('g');
    graph.input('picture', 'float32', [1, 3, 64, 64]);
    for (const name of ['scores', 'boxes']) {
      graph.node('Identity', ['picture'], {}, { outputs: [name] });
      graph.output(name, 'float32', [1, 3, 64, 64]);
    }
    const places = [place('model.onnx', graph.toModel()), place('model.onnx', network)];
    const { pack, files, leftOut } = assemblePack(places, { family: 'arcface' });
    expect(leftOut).toEqual([]);
    expect(pack.parts.map(({ file }) => file)).toEqual(['model.onnx', 'embedder-model.onnx']);
    for (const part of pack.parts) expect(sha256(files.get(part.file)!)).toBe(part.sha256);
  });
});

describe('tryPack', () => {
  const runnable = (numbers: number) => {
    const graph = new GraphBuilder('g');
    graph.input('picture', 'float32', ['n', 3, 112, 112]);
    const pooled = graph.node('AveragePool', ['picture'], { kernel_shape: [14, 14], strides: [14, 14] });
    graph.node('Flatten', [pooled], {}, { outputs: ['embedding'] });
    graph.output('embedding', 'float32', ['n', numbers]);
    return graph.toModel();
  };
  const files = (contents: Readonly<Record<string, Uint8Array>>): CollectedModels => ({
    ...{ kind: 'files', name: 'mine', others: [] },
    files: Object.entries(contents).map(([name, bytes]) => ({ name, bytes, sha256: sha256(bytes) })),
  });

  it('keeps what runs', async () => {
    const assembled = assemblePack([files({ 'a.onnx': runnable(192) })], { family: 'arcface' });
    expect(await tryPack(assembled)).toBe(assembled);
  });

  it('refuses a file that says that it makes other numbers than it does', async () => {
    const assembled = assemblePack([files({ 'a.onnx': runnable(512) })], { family: 'arcface' });
    await expect(tryPack(assembled)).rejects.toMatchObject({
      code: 'ERR_MODEL_FORMAT',
      message: expect.stringContaining("a.onnx can't be run"),
    });
  });

  it('leaves a file out that can not be run beside one that can', async () => {
    const graph = new GraphBuilder('g');
    graph.input('picture', 'float32', [1, 3, 64, 64]);
    for (const name of ['scores', 'boxes']) {
      graph.node('Identity', ['picture'], {}, { outputs: [name] });
      graph.output(name, 'float32', [1, 3, 64, 64]);
    }
    const assembled = assemblePack([files({ 'a.onnx': runnable(192), 'd.onnx': graph.toModel() })], {
      family: 'arcface',
    });
    const { pack, leftOut } = await tryPack(assembled);
    expect(pack.parts.map(({ file }) => file)).toEqual(['a.onnx']);
    expect(leftOut).toEqual([{ file: 'd.onnx', why: expect.stringContaining("can't be run") }]);
  });

  it('runs every model of the package', async () => {
    const { pack, folder } = await readPack('dlib');
    const bytes = new Map(
      pack.parts.map(({ file }) => [file, new Uint8Array(readFileSync(join(folder, file)))]),
    );
    const assembled = assemblePack([{ kind: 'pack', pack, files: bytes }]);
    expect((await tryPack(assembled)).pack.parts).toHaveLength(pack.parts.length);
  });
});

describe('removePack', () => {
  it('takes away what was installed, and nothing that comes with face-trigger', async () => {
    const { pack, files } = await embedderPack('mine');
    await installPack(pack, files);
    await removePack('mine');
    expect(await packNames()).toEqual(PACKAGED);
    expect(readdirSync(join(data, 'models'))).toEqual([]);
    await expect(removePack('mine')).rejects.toMatchObject({ code: 'ERR_MODEL_NOT_FOUND' });
    await expect(removePack('dlib')).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
  });
});

describe('chosenPack', () => {
  it('is what was chosen last, and undefined before and after', async () => {
    expect(await chosenPack()).toBeUndefined();
    await choosePack('mine');
    expect(await chosenPack()).toBe('mine');
    await choosePack(undefined);
    expect(await chosenPack()).toBeUndefined();
  });

  it('refuses a file that says something else', async () => {
    for (const text of ['', '[]', '{"models":"../../etc"}', '{"models":"a","more":1}']) {
      writeFileSync(join(data, 'models.json'), text);
      await expect(chosenPack(), text).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    }
  });
});
