import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeLabelMap } from '../../src/classify/label-map.ts';
import {
  type ModelDescription,
  type ModelFolderContent,
  readModelDescription,
  writeModelFolder,
} from '../../src/people/model-folder.ts';
import { makeTree } from '../dataset/photo-tree.ts';

const description: ModelDescription = {
  format: 'face-trigger-model',
  version: 1,
  createdBy: '0.0.0',
  embedder: { id: 'test', sha256: '0'.repeat(64), dimension: 128 },
  classifier: { kind: 'nearest', C: null },
  people: [{ label: 'Zoë', photos: 1 }],
  detection: { minFaceSize: null, minScore: null },
  averaging: { mirror: false, jitter: 0 },
  thresholds: { maxDistance: 0.6, minProbability: 0.2 },
};

function content(byte: number): ModelFolderContent {
  const recognizer = {
    save: (path: string) => writeFile(path, Uint8Array.of(byte)),
    saveLabelMapping: (path: string) => writeFile(path, '{}'),
  };
  return { recognizer, description };
}

describe('writeModelFolder', () => {
  it('writes the three files and leaves nothing else behind', async () => {
    const folder = await makeTree([]);
    await writeModelFolder(join(folder, 'new', 'model'), content(1));
    expect((await readdir(join(folder, 'new'))).sort()).toEqual(['model']);
    expect((await readdir(join(folder, 'new', 'model'))).sort()).toEqual([
      'classifier.onnx',
      'labels.json',
      'model.json',
    ]);
    expect(await readModelDescription(join(folder, 'new', 'model'))).toEqual(description);
  });

  it.skipIf(process.platform === 'win32')('lets nobody but the owner read it', async () => {
    const path = join(await makeTree([]), 'model');
    await writeModelFolder(path, {
      recognizer: {
        save: (file) => writeFile(file, ''),
        saveLabelMapping: (file) => writeLabelMap(file, ['Zoë']),
      },
      description,
    });
    const mode = async (name: string) => (await stat(join(path, name))).mode & 0o777;
    expect(await mode('.')).toBe(0o700);
    expect(await mode('labels.json')).toBe(0o600);
    expect(await mode('model.json')).toBe(0o600);
  });

  it('replaces a model folder and an empty folder', async () => {
    const folder = await makeTree([]);
    const path = join(folder, 'model');
    await mkdir(path);
    await writeModelFolder(path, content(1));
    await writeModelFolder(path, content(2));
    expect(await readFile(join(path, 'classifier.onnx'))).toEqual(Buffer.of(2));
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('replaces the folder behind a link and keeps the link', async () => {
    const folder = await makeTree([]);
    await writeModelFolder(join(folder, 'v1'), content(1));
    await symlink(join(folder, 'v1'), join(folder, 'current'));
    await writeModelFolder(join(folder, 'current'), content(2));
    expect(await readFile(join(folder, 'v1', 'classifier.onnx'))).toEqual(Buffer.of(2));
  });

  it.each([
    ['a folder of something else', ['model/photo.jpg']],
    ['a file', ['model']],
    ["another program's model.json", ['model/model.json']],
  ])('refuses to replace %s and leaves it as it is', async (_, names) => {
    const folder = await makeTree(names);
    await expect(writeModelFolder(join(folder, 'model'), content(1))).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    });
    expect(await readFile(join(folder, names[0]!), 'utf8')).toBe('x');
    expect(await readdir(folder)).toEqual(['model']);
  });

  it('refuses to replace a model folder that the user has put a file into', async () => {
    const folder = await makeTree([]);
    await writeModelFolder(join(folder, 'model'), content(1));
    await writeFile(join(folder, 'model', 'notes.txt'), 'mine');
    await expect(writeModelFolder(join(folder, 'model'), content(2))).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    });
  });
});

describe('readModelDescription', () => {
  it('says what it expected where there is no model, and where model.json is something else', async () => {
    const folder = await makeTree(['a/model.json', 'b/model.json', 'c/x.txt']);
    await writeFile(join(folder, 'b', 'model.json'), JSON.stringify({ ...description, version: 2 }));
    await expect(readModelDescription(join(folder, 'a'))).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    await expect(readModelDescription(join(folder, 'b'))).rejects.toMatchObject({ code: 'ERR_MODEL_FORMAT' });
    await expect(readModelDescription(join(folder, 'c'))).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
  });
});
