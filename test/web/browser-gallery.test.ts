import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { beforeAll, expect, it } from 'vitest';
import type { packError } from '../../src/core/carried-error.ts';
import type { Image } from '../../src/core/image/image.ts';
import { identifyInGallery } from '../../src/gallery/identify-in-gallery.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { readNewFace } from '../../src/gallery/read-new-face.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import type { Gallery } from '../../src/web/gallery.ts';
import type { FacePipeline as WebPipeline } from '../../src/web/index.ts';
import { clmtrackrPhoto } from '../conformance/two-people.ts';
import { type BrowserLab, describeInBrowser } from './browser-lab.ts';
import { rgbaOf } from './in-page.ts';
import type { Lab } from './page/lab.ts';

/** What the page of these tests has. */
interface Here {
  readonly lab: Lab;
  readonly pipeline: WebPipeline;
  readonly gallery: Gallery;
  readonly pixels: (name: string) => ImageData;
}

const PHOTOS = ['franck_02159.jpg', 'franck_04000.jpg', 'audrey.jpg', 'cage.jpg'] as const;

/** A page with a pipeline, the photos as pixels, and an empty gallery. */
async function open(lab: BrowserLab, images: ReadonlyMap<string, Image>): Promise<Page> {
  const page = await lab.open();
  await page.evaluate(
    async (photos) => {
      const { lab } = globalThis as unknown as Here;
      const pipeline = await lab.web.FacePipeline.create();
      const gallery = await lab.gallery.openGallery({ embedder: pipeline.profile });
      const kept = new Map(
        photos.map(({ name, rgba, width, height }) => [name, new ImageData(rgba, width, height)]),
      );
      Object.assign(globalThis, { pipeline, gallery, pixels: (name: string) => kept.get(name)! });
    },
    [...images].map(([name, image]) => ({ name, ...rgbaOf(image) })),
  );
  return page;
}

describeInBrowser('a gallery in a page', (lab) => {
  const images = new Map<string, Image>();
  beforeAll(async () => {
    for (const name of PHOTOS) images.set(name, await clmtrackrPhoto(name));
  });

  it('enrolls, identifies and verifies as in Node, and does not know strangers', async () => {
    await using node = await FacePipeline.create({ precision: 'int8', detection: 'fast' });
    await using theirs = await openGallery('memory:', { embedder: node.embedder.profile });
    for (const [name, photo] of [
      ['Franck', 'franck_02159.jpg'],
      ['Audrey', 'audrey.jpg'],
    ] as const) {
      await theirs.enroll({ name }, [(await readNewFace(node, images.get(photo)!)).newFace]);
    }
    const page = await open(lab(), images);
    const answers = await page.evaluate(async () => {
      const { lab, pipeline, gallery, pixels } = globalThis as unknown as Here;
      const { identifyInGallery, readNewFace } = lab.gallery;
      await gallery.enroll({ name: 'Franck' }, [await readNewFace(pipeline, pixels('franck_02159.jpg'))]);
      await gallery.enroll({ name: 'Audrey' }, [await readNewFace(pipeline, pixels('audrey.jpg'))]);
      const embed = async (name: string) => (await pipeline.analyze(pixels(name)))[0]!.embedding!;
      const known = await embed('franck_04000.jpg');
      return {
        known: await identifyInGallery(gallery, known),
        stranger: await identifyInGallery(gallery, await embed('cage.jpg')),
        same: lab.web.verifyFaces([known, await embed('franck_02159.jpg')], pipeline.profile),
        others: lab.web.verifyFaces([known, await embed('audrey.jpg')], pipeline.profile),
        quality: (await readNewFace(pipeline, pixels('cage.jpg'))).quality!,
      };
    });
    const embed = async (name: string) => (await node.analyze(images.get(name)!))[0]!.embedding!;
    const expected = await identifyInGallery(theirs, await embed('franck_04000.jpg'));
    expect(answers.known.label).toBe('Franck');
    expect(answers.known.probability).toBeCloseTo(expected.probability, 4);
    expect(answers.known.distance).toBeCloseTo(expected.distance!, 4);
    expect(answers.stranger.label).toBeNull();
    expect(answers.same).toMatchObject({ same: true });
    expect(answers.others).toMatchObject({ same: false });
    const { newFace } = await readNewFace(node, images.get('cage.jpg')!);
    for (const [name, value] of Object.entries(newFace.quality!)) {
      expect((answers.quality as Record<string, number>)[name]).toBeCloseTo(value!, 2);
    }
    await page.close();
  });

  it('opens the export of a gallery by its address, and refuses that of another embedder', async () => {
    for (const precision of ['int8', 'fp32'] as const) {
      await using node = await FacePipeline.create({ precision, detection: 'fast' });
      await using gallery = await openGallery('memory:', { embedder: node.embedder.profile });
      const { newFace } = await readNewFace(node, images.get('franck_02159.jpg')!);
      await gallery.enroll({ name: 'Franck' }, [newFace]);
      const lines: string[] = [];
      for await (const record of gallery.export()) lines.push(`${JSON.stringify(record)}\n`);
      writeFileSync(join(lab().folder, `${precision}.jsonl`), lines.join(''));
    }
    const page = await open(lab(), images);
    const read = (from: string) =>
      page.evaluate(async (address) => {
        const { lab, pipeline, pixels } = globalThis as unknown as Here;
        return lab.settled(
          (async () => {
            const gallery = await lab.gallery.openGallery({ embedder: pipeline.profile, from: address });
            const [face] = await pipeline.analyze(pixels('franck_04000.jpg'));
            return (await lab.gallery.identifyInGallery(gallery, face!.embedding!)).label;
          })(),
        );
      }, from);
    expect(await read('/int8.jsonl')).toEqual({ answer: 'Franck' });
    expect(await read('/fp32.jsonl')).toMatchObject({ failed: { code: 'ERR_MODEL_MISMATCH' } });
    expect(await read('/none.jsonl')).toMatchObject({ failed: { code: 'ERR_NOT_FOUND' } });
    expect(await read('/lab.js')).toMatchObject({ failed: { code: 'ERR_FILE_FORMAT' } });
    await page.close();
  });

  it('is kept in the browser, in the clear or encrypted, and forgotten', async () => {
    const page = await open(lab(), images);
    const kept = await page.evaluate(async () => {
      const { lab, pipeline, gallery, pixels } = globalThis as unknown as Here;
      const { forgetGallery, keepGallery, keptRecords, openGallery, readNewFace } = lab.gallery;
      await gallery.enroll({ name: 'Audrey' }, [await readNewFace(pipeline, pixels('audrey.jpg'))]);
      const aes = (): Promise<CryptoKey> =>
        crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
      const [key, other] = [await aes(), await aes()];
      const before = await keptRecords({ name: 'sealed', key });
      await keepGallery(gallery);
      await keepGallery(gallery, { name: 'sealed', key });
      const raw = await new Promise<{ readonly bytes: ArrayBuffer }>((resolve, reject) => {
        const opening = indexedDB.open(lab.gallery.GALLERY_DATABASE);
        opening.onerror = () => reject(opening.error!);
        opening.onsuccess = () => {
          const store = opening.result.transaction('galleries').objectStore('galleries');
          const request = store.get('sealed') as IDBRequest<{ readonly bytes: ArrayBuffer }>;
          request.onsuccess = () => resolve(request.result);
          opening.result.close();
        };
      });
      const again = await openGallery({
        embedder: pipeline.profile,
        from: await keptRecords({ name: 'sealed', key }),
      });
      const answers = {
        before,
        again: (await again.listPeople()).items.map(({ name }) => name),
        clear: (await keptRecords())!.length,
        raw: new TextDecoder('latin1').decode(raw.bytes),
        withoutKey: await lab.settled(keptRecords({ name: 'sealed' })),
        otherKey: await lab.settled(keptRecords({ name: 'sealed', key: other })),
      };
      await forgetGallery({ name: 'sealed' });
      return { ...answers, after: await keptRecords({ name: 'sealed', key }) };
    });
    expect(kept).toMatchObject({ before: null, again: ['Audrey'], clear: 3, after: null });
    expect(kept.raw.length).toBeGreaterThan(100);
    expect(kept.raw).not.toContain('Audrey');
    for (const { failed } of [kept.withoutKey, kept.otherKey] as { failed: ReturnType<typeof packError> }[]) {
      expect(failed).toMatchObject({ code: 'ERR_FORBIDDEN' });
    }
    await page.close();
    expect(lab().problems).toEqual([]);
  });
});
