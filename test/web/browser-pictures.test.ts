import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import type { Image } from '../../src/core/image/image.ts';
import { encodeImage } from '../../src/node/image/encode-image.ts';
import type { FacePipeline } from '../../src/web/index.ts';
import { clmtrackrPhoto } from '../conformance/two-people.ts';
import { type BrowserLab, describeInBrowser } from './browser-lab.ts';
import { rgbaOf } from './in-page.ts';
import type { Lab } from './page/lab.ts';

interface Here {
  readonly lab: Lab;
  readonly pipeline: FacePipeline;
  readonly picture: ImageData;
}

/** Where a picture may be in a page. All are made of the same pixels, but for a video, whose encoder changes them. */
const KINDS = [
  'ImageData',
  'pixels',
  'ImageBitmap',
  'OffscreenCanvas',
  'HTMLCanvasElement',
  'VideoFrame',
  'Blob',
  'HTMLImageElement',
  'HTMLVideoElement',
] as const;
type Kind = (typeof KINDS)[number];

async function open(lab: BrowserLab, image: Image) {
  const page = await lab.open();
  await page.evaluate(async ({ rgba, width, height }) => {
    const { lab } = globalThis as unknown as Here;
    const pipeline = await lab.web.FacePipeline.create();
    Object.assign(globalThis, { pipeline, picture: new ImageData(rgba, width, height) });
  }, rgbaOf(image));
  const find = (kind: Kind) =>
    page.evaluate(async (wanted) => {
      const { pipeline, picture } = globalThis as unknown as Here;
      const { width, height } = picture;
      const canvas = Object.assign(document.createElement('canvas'), { width, height });
      canvas.getContext('2d')!.putImageData(picture, 0, 0);
      const make: Record<Kind, () => unknown> = {
        ImageData: () => picture,
        pixels: () => {
          const data = Uint8Array.from(
            { length: width * height * 3 },
            (_, i) => picture.data[Math.floor(i / 3) * 4 + (i % 3)]!,
          );
          return { data, width, height, channels: 3 };
        },
        ImageBitmap: () => createImageBitmap(picture),
        OffscreenCanvas: () => {
          const off = new OffscreenCanvas(width, height);
          off.getContext('2d')!.putImageData(picture, 0, 0);
          return off;
        },
        HTMLCanvasElement: () => canvas,
        VideoFrame: () => new VideoFrame(canvas, { timestamp: 0 }),
        Blob: async () => (await fetch('/picture.png')).blob(),
        HTMLImageElement: async () => {
          const image = Object.assign(new Image(), { src: '/picture.png' });
          await image.decode();
          return image;
        },
        HTMLVideoElement: async () => {
          const video = Object.assign(document.createElement('video'), { muted: true });
          video.srcObject = canvas.captureStream(10);
          setInterval(() => canvas.getContext('2d')!.putImageData(picture, 0, 0), 100);
          await video.play();
          await new Promise((resolve) => {
            video.requestVideoFrameCallback(resolve);
          });
          return video;
        },
      };
      const source = (await make[wanted]()) as ImageBitmap;
      const name = wanted === 'pixels' ? wanted : source.constructor.name;
      const faces = await pipeline.find(source);
      // What was given is still the caller's.
      const [again] = await pipeline.find(source);
      return { name, boxes: faces.map(({ box }) => box), again: again?.box };
    }, kind);
  return { page, find };
}

describeInBrowser('pictures of a page', (lab) => {
  let image: Image;
  beforeAll(async () => {
    image = await clmtrackrPhoto('audrey.jpg');
    writeFileSync(join(lab().folder, 'picture.png'), await encodeImage(image, { format: 'png' }));
  });

  it('give the same face, wherever they are', async () => {
    const { page, find } = await open(lab(), image);
    const { boxes: expected } = await find('ImageData');
    expect(expected).toHaveLength(1);
    for (const kind of KINDS) {
      const { name, boxes, again } = await find(kind);
      expect(name).toBe(kind);
      expect(boxes, kind).toHaveLength(1);
      const slack = kind === 'HTMLVideoElement' ? expected[0]!.width / 10 : 0;
      for (const side of ['left', 'top', 'width', 'height'] as const) {
        expect(Math.abs(boxes[0]![side] - expected[0]![side]), kind).toBeLessThanOrEqual(slack);
      }
      expect(again, kind).toBeDefined();
    }
    await page.close();
  });

  it('that are none are refused, in the words of the library', async () => {
    const { page } = await open(lab(), image);
    const failures = await page.evaluate(async () => {
      const { lab, pipeline } = globalThis as unknown as Here;
      const given = [
        null,
        'picture.png',
        new Blob(['no picture']),
        { data: new Uint8Array(2), width: 1, height: 1, channels: 3 },
      ];
      return Promise.all(given.map((source) => lab.settled(pipeline.find(source as Blob))));
    });
    expect(failures.map((answer) => ('failed' in answer ? answer.failed.code : answer))).toEqual([
      'ERR_INVALID_ARGUMENT',
      'ERR_INVALID_ARGUMENT',
      'ERR_IMAGE_DECODE',
      'ERR_SHAPE_MISMATCH',
    ]);
    await page.close();
    expect(lab().problems).toEqual([]);
  });
});
