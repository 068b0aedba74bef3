import { expect, it } from 'vitest';
import type { Image } from '../../src/core/image/image.ts';
import { euclideanDistance } from '../../src/core/metric/metric.ts';
import type { Face } from '../../src/core/pipeline/face.ts';
import { readImage } from '../../src/node/image/read-image.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import type { OpenOptions, FacePipeline as WebPipeline } from '../../src/web/index.ts';
import { clmtrackrPhoto, twoPeople } from '../conformance/two-people.ts';
import { compareBoxes, type GoldenGroupPhoto, maxDifference, readJsonLines } from '../golden/native-dlib.ts';
import { sharedData } from '../shared-data.ts';
import { type BrowserLab, describeInBrowser } from './browser-lab.ts';
import { rgbaOf } from './in-page.ts';
import type { Lab } from './page/lab.ts';

interface PagePipeline {
  readonly pipeline: WebPipeline;
}

/** A pipeline of `face-trigger/web` in a page: pixels go in as ImageData, so that no decoder stands between. */
async function pipelineIn(lab: BrowserLab, options: OpenOptions, isolated = false) {
  const page = await lab.open({ isolated });
  const threads = await page.evaluate(async (given) => {
    const { lab } = globalThis as unknown as { lab: Lab };
    const pipeline = await lab.web.FacePipeline.create(given);
    Object.assign(globalThis, { pipeline });
    return pipeline.threads;
  }, options);
  const analyze = async (image: Image): Promise<Face[]> =>
    (await page.evaluate(async ({ rgba, width, height }) => {
      const { pipeline } = globalThis as unknown as PagePipeline;
      return pipeline.analyze(new ImageData(rgba, width, height));
    }, rgbaOf(image))) as Face[];
  return { page, analyze, threads };
}

const rounded = ({ landmarks }: Face) => landmarks.points.map((point) => point.map(Math.round));

function expectSame(web: readonly Face[], node: readonly Face[]): void {
  expect(web.map(({ box, turn }) => ({ box, turn }))).toEqual(node.map(({ box, turn }) => ({ box, turn })));
  expect(web.map(rounded)).toEqual(node.map(rounded));
}

describeInBrowser('face-trigger/web beside face-trigger', (lab) => {
  it('gives the same boxes, landmarks and embeddings in floats', async () => {
    await using node = await FacePipeline.create();
    const web = await pipelineIn(lab(), { precision: 'fp32', detection: 'exact' });
    for (const image of [await twoPeople(), await clmtrackrPhoto('bieber_small.jpg')]) {
      const theirs = await node.analyze(image);
      const ours = await web.analyze(image);
      expect(theirs.length).toBeGreaterThan(0);
      expectSame(ours, theirs);
      for (const [i, face] of ours.entries()) {
        expect(maxDifference(face.embedding!, theirs[i]!.embedding!)).toBeLessThan(1e-4);
      }
    }
    await web.page.close();
  });

  it('gives them quantized too, with threads and without', async () => {
    await using node = await FacePipeline.create({ precision: 'int8', detection: 'fast' });
    const image = await twoPeople();
    const theirs = await node.analyze(image);
    for (const isolated of [false, true]) {
      const web = await pipelineIn(lab(), {}, isolated);
      if (!isolated) expect(web.threads).toBe(1);
      const ours = await web.analyze(image);
      expectSame(ours, theirs);
      for (const [i, face] of ours.entries()) {
        expect(euclideanDistance(face.embedding!, theirs[i]!.embedding!)).toBeLessThan(QUANTIZED);
      }
      await web.page.close();
    }
  });

  const [golden, folder] = [sharedData('golden/group.jsonl'), sharedData('group')];
  it.skipIf(golden === null || folder === null)('finds the boxes of native dlib', async () => {
    const web = await pipelineIn(lab(), { precision: 'fp32', detection: 'exact' });
    const photos = readJsonLines<GoldenGroupPhoto>(golden!).slice(0, 3);
    for (const photo of photos) {
      const image = await readImage(`${folder}/${photo.image.replace('group/', '')}`);
      const faces = (await web.page.evaluate(async ({ rgba, width, height }) => {
        const { pipeline } = globalThis as unknown as PagePipeline;
        return pipeline.analyze(new ImageData(rgba, width, height), {
          minFaceSize: 80,
          turned: false,
          quality: 'fast',
        });
      }, rgbaOf(image))) as Face[];
      expect(faces).toHaveLength(photo.mmod0.length);
      for (const [i, face] of faces.entries()) {
        const native = photo.mmod0[i]!;
        expect(compareBoxes(face.box, native.box)).not.toBe('different');
        expect(rounded(face)).toEqual(native.landmarks);
        expect(maxDifference(face.embedding!, native.descriptor)).toBeLessThan(1e-4);
      }
    }
    await web.page.close();
  });

  it('does nothing that a strict security policy forbids', () => {
    expect(lab().problems).toEqual([]);
  });
});

/** Distance of two embeddings of one face: weights of seven bits make no processor round or overflow. */
const QUANTIZED = 1e-4;
