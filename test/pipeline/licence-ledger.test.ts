import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import type { ModelSource } from '../../src/models/model-source.ts';
import { packagedPackFolder } from '../../src/node/models/pack-folders.ts';
import { packLedger } from '../../src/node/models/pack-ledger.ts';
import { readPack } from '../../src/node/models/read-pack.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'face-trigger-ledger-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** The package's models, of whose weights nothing is known. */
async function unknownSource(): Promise<ModelSource> {
  const { pack, folder } = await readPack('dlib');
  const parts = pack.parts.map((part) => ({ ...part, licence: { ...part.licence, weights: 'unknown' } }));
  return {
    readPack: async () => ({ ...pack, parts }),
    readPart: (part) => readFile(join(folder, part.file)),
  };
}

describe('the licence ledger', () => {
  it('tells of each model that a pipeline opened, and that nothing is known of what was handed in', async () => {
    await using pipeline = await FacePipeline.create({ detection: 'fast', precision: 'int8' });
    expect(pipeline.ledger.map(({ kind, id }) => [kind, id])).toEqual([
      ['detector', 'dlib-mmod-v1-int8'],
      ['landmarks', 'dlib-5-point-v1'],
      ['embedder', 'dlib-resnet-v1-int8'],
    ]);
    expect(pipeline.ledger).toEqual(await packLedger('dlib', { detection: 'fast', precision: 'int8' }));
    const detectorModelPath = join(packagedPackFolder('dlib'), 'face-detector.onnx');
    await using own = await FacePipeline.create({ detectorModelPath });
    expect(own.ledger).toContainEqual(
      expect.objectContaining({
        kind: 'detector',
        id: 'face-detector.onnx',
        licence: { code: 'unknown', weights: 'unknown', data: 'unknown' },
      }),
    );
    expect(own.ledger.map(({ kind }) => kind).sort()).toEqual(['detector', 'embedder', 'landmarks']);
  });

  it('stays with a gallery, in its file and in what it exports', async () => {
    const path = join(await folder(), 'gallery.db');
    const { pack } = await readPack('dlib');
    const part = pack.parts.find(({ kind }) => kind === 'embedder');
    if (part?.kind !== 'embedder') throw new Error('the package has no embedder');
    const embedder = { id: part.id, sha256: part.identity, dimension: part.facts.dimension };
    await (await openGallery(path, { embedder }))[Symbol.asyncDispose]();
    await using gallery = await openGallery(path);
    const { ledger } = await gallery.stats();
    expect(ledger).toEqual([
      { kind: 'embedder', id: part.id, sha256: part.sha256, licence: part.licence, source: part.source },
    ]);
    for await (const record of gallery.export()) {
      expect(record).toMatchObject({ type: 'gallery', ledger });
    }
  });
});

describe('commercial', () => {
  it("opens the package's models, and refuses those of whose licence nothing is known", async () => {
    await using pipeline = await FacePipeline.create({ commercial: true });
    expect(pipeline.ledger).toHaveLength(3);
    await expect(
      FacePipeline.create({ models: await unknownSource(), commercial: true }),
    ).rejects.toMatchObject({ code: 'ERR_MODEL_LICENCE' });
  });
});
