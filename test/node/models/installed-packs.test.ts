import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from '../../../src/convert/convert-model.ts';
import type { ModelPack } from '../../../src/models/model-pack.ts';
import { assemblePack } from '../../../src/node/models/assemble-pack.ts';
import { choosePack, chosenPack } from '../../../src/node/models/chosen-pack.ts';
import type { CollectedModels } from '../../../src/node/models/collect-models.ts';
import { folderSource } from '../../../src/node/models/folder-source.ts';
import { installPack, removePack } from '../../../src/node/models/installed-packs.ts';
import { packNames } from '../../../src/node/models/pack-folders.ts';
import { networksOfEmbedder, profileOfEmbedder } from '../../../src/node/models/packaged-models.ts';
import { readPack } from '../../../src/node/models/read-pack.ts';
import { GraphBuilder } from '../../../src/onnx/graph-builder.ts';

/** Packs that come with face-trigger. */
const PACKAGED = ['dlib', 'mobilefacenet'];

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
