import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { exportGallery, importGallery, readGalleryFileHeader } from '../../src/gallery/gallery-file.ts';
import { galleryNetworks } from '../../src/gallery/gallery-networks.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import type { ModelSource } from '../../src/models/model-source.ts';
import { folderSource } from '../../src/node/models/folder-source.ts';
import { packagedPackFolder } from '../../src/node/models/pack-folders.ts';
import { packageEmbedder } from '../../src/node/models/packaged-models.ts';
import { SqliteConnection } from '../../src/node/sqlite/sqlite-connection.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { folder } = temporaryGalleries();

let data: string;
beforeEach(async () => {
  data = await mkdtemp(join(tmpdir(), 'face-trigger-data-'));
  vi.stubEnv('FACE_TRIGGER_DATA', data);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(data, { recursive: true, force: true });
});

/** The package's models under another name, with landmarks that count as others. */
async function install(name: string, change: (part: { kind: string; identity: string }) => void) {
  const to = join(data, 'models', name);
  await cp(packagedPackFolder('dlib'), to, { recursive: true });
  const file = join(to, 'face-trigger.json');
  const pack = JSON.parse(await readFile(file, 'utf8'));
  for (const part of pack.parts) change(part);
  await writeFile(file, JSON.stringify({ ...pack, name }));
  return to;
}

const otherLandmarks = (part: { kind: string; identity: string }) => {
  if (part.kind === 'landmarks') part.identity = 'a'.repeat(64);
};

/** Counts how often a pack's description is read. */
function counting(models?: string): ModelSource & { reads: number } {
  const source = folderSource(models);
  const counted = {
    reads: 0,
    readPack: () => {
      counted.reads++;
      return source.readPack();
    },
    readPart: source.readPart,
  };
  return counted;
}

describe('the models of a gallery', () => {
  it.each(['memory:', 'file'])('are remembered with it: %s', async (kind) => {
    await install('house', otherLandmarks);
    const url = kind === 'file' ? join(folder(), 'g.db') : kind;
    await using gallery = await openGallery(url, { embedder: await packageEmbedder(), models: 'house' });
    expect(gallery.pack?.name).toBe('house');
    expect(gallery.pack?.parts.map(({ kind: part, id }) => [part, id])).toEqual([
      ['detector', 'dlib-mmod-v1'],
      ['landmarks', 'dlib-5-point-v1'],
      ['embedder', 'dlib-resnet-v1'],
    ]);
    expect((await gallery.stats()).pack).toEqual(gallery.pack);
  });

  it('go with an export into a new gallery', async () => {
    await install('house', otherLandmarks);
    const file = join(folder(), 'g.jsonl');
    await using first = await openGallery('memory:', { embedder: await packageEmbedder(), models: 'house' });
    await exportGallery(first, file);
    const path = join(folder(), 'g.db');
    const copy = await openGallery(path, await readGalleryFileHeader(file));
    await importGallery(copy, file);
    await copy.dispose();
    await using again = await openGallery(path);
    expect(again.pack).toEqual(first.pack);
  });

  it('are described once for a new gallery, and not at all for one that knows everything', async () => {
    const path = join(folder(), 'g.db');
    const { id, sha256, dimension } = await packageEmbedder();
    const models = counting();
    await (await openGallery(path, { embedder: { id, sha256, dimension }, models })).dispose();
    expect(models.reads).toBe(1);
    await (await openGallery(path, { embedder: { id, sha256, dimension }, models })).dispose();
    expect(models.reads).toBe(1);
  });

  it('are described once for an old gallery that does not know what distances mean', async () => {
    const path = join(folder(), 'g.db');
    const { id, sha256, dimension } = await packageEmbedder();
    await (await openGallery(path, { embedder: { id, sha256, dimension } })).dispose();
    const connection = await SqliteConnection.open(path, { create: false });
    connection.run("DELETE FROM setting WHERE key IN ('distances', 'ledger', 'pack')");
    connection.close();
    const models = counting();
    await using old = await openGallery(path, { embedder: { id, sha256, dimension }, models });
    expect(models.reads).toBe(1);
    expect(old.pack).toBeUndefined();
  });

  it('are refused where a file names them badly', async () => {
    const path = join(folder(), 'g.db');
    await (await openGallery(path, { embedder: await packageEmbedder() })).dispose();
    const connection = await SqliteConnection.open(path, { create: false });
    connection.run("UPDATE setting SET value = ? WHERE key = 'pack'", ['{"name":"../../etc","parts":[]}']);
    connection.close();
    await expect(openGallery(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });
});

describe('the networks that a gallery is used with', () => {
  const said: string[] = [];
  const say = (message: string) => void said.push(message);
  beforeEach(() => said.splice(0));

  it('are those of its own pack, though another has the same embedder', async () => {
    await install('house', otherLandmarks);
    await using gallery = await openGallery('memory:', {
      embedder: await packageEmbedder(),
      models: 'house',
    });
    expect(await galleryNetworks(gallery, {}, say)).toMatchObject({ models: 'house', precision: 'fp32' });
    expect(said).toEqual([]);
  });

  it('are others with a word where its own pack is not installed', async () => {
    const installed = await install('house', otherLandmarks);
    await using gallery = await openGallery('memory:', {
      embedder: await packageEmbedder(),
      models: 'house',
    });
    await rm(installed, { recursive: true });
    expect(await galleryNetworks(gallery, {}, say)).toMatchObject({ models: undefined, precision: 'fp32' });
    expect(said.join()).toMatch(
      /"house", which is not installed here \("face-trigger models add".*landmarks/,
    );
  });

  it('are those of --models with a word where they find faces otherwise, and without where they do not', async () => {
    await install('house', otherLandmarks);
    await install('twin', () => undefined);
    await using gallery = await openGallery('memory:', { embedder: await packageEmbedder() });
    expect(await galleryNetworks(gallery, { models: 'twin' }, say)).toMatchObject({ models: 'twin' });
    expect(said).toEqual([]);
    expect(await galleryNetworks(gallery, { models: 'house' }, say)).toMatchObject({ models: 'house' });
    expect(said.join()).toMatch(/found with the models "dlib"; now "house" is used.*another landmarks/);
  });

  it('are refused with the name of the pack where nothing here has the embedder', async () => {
    const installed = await install('house', (part) => {
      if (part.kind === 'embedder') part.identity = 'b'.repeat(64);
    });
    const embedder = await packageEmbedder('fp32', 'house').catch(() => null);
    await using gallery = await openGallery('memory:', { embedder: embedder!, models: 'house' });
    await rm(installed, { recursive: true });
    const refused = galleryNetworks(gallery, {}, say);
    await expect(refused).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    await expect(refused).rejects.toThrow(/made with the models "house": "face-trigger models add"/);
  });
});
