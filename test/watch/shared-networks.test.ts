import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AlignedFace } from '../../src/core/align/aligned-face.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../src/watch/create-face-analyzer.ts';
import { SharedNetworks } from '../../src/watch/shared-networks.ts';
import { media } from './ffmpeg-tools.ts';

describe('SharedNetworks', () => {
  let networks: SharedNetworks;
  beforeAll(async () => {
    networks = await SharedNetworks.create({ detection: 'fast', workers: 1 });
  });
  afterAll(() => networks?.[Symbol.asyncDispose]());

  it('find, cut out and embed as a pipeline here does, for several cameras at once', async () => {
    await using pipeline = await FacePipeline.create({ detection: 'fast' });
    const own = createFaceAnalyzer(pipeline);
    expect(networks.embedder).toEqual({
      id: pipeline.embedder.profile.id,
      sha256: pipeline.embedder.profile.sha256,
    });
    const names = ['franck_02159.jpg', 'audrey.jpg'];
    const images = await Promise.all(names.map((name) => readImage(media(name), { colorMode: 'rgb' })));
    const answers = await Promise.all(
      images.map(async (image, i) => {
        const steps = networks.stepsFor(`camera-${i}`);
        const [found] = await steps.detect(image, { minFaceSize: 80, near: null });
        const aligned = await steps.align(image, found!);
        const [again] = await steps.detect(image, { minFaceSize: 80, near: [found!.box] });
        return { found, aligned, again, embeddings: await steps.embed([aligned, aligned]) };
      }),
    );
    for (const [i, image] of images.entries()) {
      const [found] = await own.detect(image, { minFaceSize: 80, near: null });
      const [again] = await own.detect(image, { minFaceSize: 80, near: [found!.box] });
      expect(answers[i]).toMatchObject({ found, again });
      const aligned = await own.align(image, found!);
      const there = answers[i]!.aligned;
      expect(there.landmarks).toEqual(aligned.landmarks);
      expect(there.source.place).toEqual(aligned.source.place);
      for (const part of [(face: AlignedFace) => face.chip, (face: AlignedFace) => face.source.image])
        expect(Buffer.compare(part(there).data, part(aligned).data)).toBe(0);
      const [embedding] = await own.embed([aligned]);
      expect(answers[i]!.embeddings).toHaveLength(2);
      for (const [k, value] of answers[i]!.embeddings[0]!.entries())
        expect(value).toBeCloseTo(embedding![k]!, 5);
    }
  });

  it('ask a live camera what to look at when its turn has come, and not before', async () => {
    const image = await readImage(media('audrey.jpg'), { colorMode: 'rgb' });
    const order: string[] = [];
    const where = { minFaceSize: 80, near: null };
    const before = networks.stepsFor('yard').detect(image, where);
    const door = networks.stepsFor('door');
    const newest = door.detectNewest!(() => {
      order.push('asked');
      return { image, ...where };
    });
    const nothing = networks.stepsFor('gate').detectNewest!(() => null);
    void before.then(() => order.push('the other is done'));
    expect(await newest).toEqual(await before);
    expect(await nothing).toEqual([]);
    expect(order).toEqual(['the other is done', 'asked']);
  });

  it('pass on what is wrong with a step, and go on', async () => {
    const steps = networks.stepsFor('door');
    const image = await readImage(media('audrey.jpg'), { colorMode: 'rgb' });
    const broken = { ...image, width: image.width + 1 };
    await expect(steps.detect(broken, { minFaceSize: 80, near: null })).rejects.toMatchObject({
      code: 'ERR_SHAPE_MISMATCH',
    });
    expect(await steps.detect(image, { minFaceSize: 80, near: null })).toHaveLength(1);
  });

  it('refuse parts that cannot be sent to a thread, and numbers of threads that are none', async () => {
    await expect(SharedNetworks.create({ workers: 0 })).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    await expect(SharedNetworks.create({ models: 'no-such-pack' })).rejects.toMatchObject({
      code: 'ERR_MODEL_NOT_FOUND',
    });
  });
});
