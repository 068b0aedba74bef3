import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { iou } from '../../src/core/geometry/box.ts';
import { euclideanDistance } from '../../src/core/metric/metric.ts';
import { type AnalyzeImage, analyzeFiles } from '../../src/pipeline/analyze-files.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { media } from '../watch/ffmpeg-tools.ts';

const WIDTH = 2160;
const HEIGHT = 2880;
const MIN_FACE_SIZE = 640;

describe('analyzeFiles', () => {
  let folder: string;
  let pipeline: FacePipeline;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'face-trigger-analyze-'));
    pipeline = await FacePipeline.create({ detection: 'fast' });
  });
  afterAll(async () => {
    await pipeline.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  async function analyze(path: string, shrink: 1 | 4) {
    const seen: number[] = [];
    const find: AnalyzeImage = (image, shrunk) => {
      seen.push(image.width);
      return pipeline.analyze(image, { minFaceSize: MIN_FACE_SIZE / shrunk });
    };
    const file = { path, name: path };
    for await (const analysis of analyzeFiles([file], find, { shrink })) {
      if ('error' in analysis) throw analysis.error;
      return { ...analysis, seen };
    }
    throw new Error('No result');
  }

  it('tells of faces in pixels of the picture, however small it was decoded', async () => {
    const picture = sharp(media('audrey.jpg')).resize(WIDTH, HEIGHT, { fit: 'fill' });
    for (const [format, width] of [
      ['jpeg', WIDTH / 4],
      ['png', WIDTH],
    ] as const) {
      const path = join(folder, `large.${format}`);
      await writeFile(path, await picture.clone().toFormat(format).toBuffer());
      const whole = await analyze(path, 1);
      const shrunk = await analyze(path, 4);
      expect(whole.seen).toEqual([WIDTH]);
      expect(shrunk.seen).toEqual([width]);
      expect(shrunk).toMatchObject({ width: WIDTH, height: HEIGHT });
      expect(whole.faces).toHaveLength(1);
      expect(shrunk.faces).toHaveLength(1);
      const [a, b] = [whole.faces[0]!, shrunk.faces[0]!];
      // The sizes of windows are not those of the shrunk picture: the boxes may be 4 % apart.
      expect(iou(a.box, b.box)).toBeGreaterThan(0.8);
      for (const [i, [x, y]] of a.landmarks.points.entries()) {
        expect(Math.hypot(x - b.landmarks.points[i]![0], y - b.landmarks.points[i]![1])).toBeLessThan(
          0.03 * a.box.width,
        );
      }
      // Two photos of one person are about 0.4 apart.
      expect(euclideanDistance(a.embedding!, b.embedding!)).toBeLessThan(0.15);
    }
  });
});
