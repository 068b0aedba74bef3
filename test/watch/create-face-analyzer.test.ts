import { describe, expect, it } from 'vitest';
import { cutFaceChip } from '../../src/core/align/face-chip.ts';
import { extractFaceChip } from '../../src/models/dlib/chip.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../src/watch/create-face-analyzer.ts';
import { media } from './ffmpeg-tools.ts';

describe('createFaceAnalyzer', () => {
  it.each(['exact', 'fast'] as const)('finds and embeds as the pipeline does (%s)', async (detection) => {
    await using pipeline = await FacePipeline.create({ detection });
    const analyzer = createFaceAnalyzer(pipeline);
    for (const name of ['franck_02159.jpg', 'audrey.jpg', 'cage.jpg']) {
      const image = await readImage(media(name), { colorMode: 'rgb' });
      const [expected] = await pipeline.analyze(image, { minFaceSize: 80 });
      const [found] = await analyzer.detect(image, { minFaceSize: 80, near: null });
      expect(found?.box).toEqual(expected?.box);
      const aligned = await analyzer.align(image, found!);
      expect(aligned.landmarks).toEqual(expected?.landmarks);
      const { image: part, place } = aligned.source;
      expect(part.data.buffer).not.toBe(image.data.buffer);
      expect(cutFaceChip(part, place, aligned.chip.width).data).toEqual(aligned.chip.data);
      expect(extractFaceChip(image, aligned.landmarks).data).toEqual(aligned.chip.data);
      const [embedding] = await analyzer.embed([aligned]);
      for (const [i, value] of expected!.embedding!.entries()) expect(embedding![i]).toBeCloseTo(value, 5);
    }
  });

  it('says nobody is known where nobody is', async () => {
    await using pipeline = await FacePipeline.create();
    const [identity] = await createFaceAnalyzer(pipeline).identify([new Float32Array(128)]);
    expect(identity).toEqual({ label: null, probability: null, distance: null, candidates: [] });
  });
});
