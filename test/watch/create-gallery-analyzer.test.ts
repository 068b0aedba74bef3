import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { FacePipeline } from '../../src/pipeline/face-pipeline.ts';
import { createGalleryAnalyzer } from '../../src/watch/create-gallery-analyzer.ts';
import type { FaceAnalyzer } from '../../src/watch/face-analyzer.ts';
import { watch } from '../../src/watch/watch.ts';
import type { FaceEvent } from '../../src/watch/watch-event.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from './ffmpeg-tools.ts';

describeWithProgram('ffmpeg', 'createGalleryAnalyzer', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'gallery.db');
  const film = join(folder, 'film.mp4');
  let pipeline: FacePipeline;
  let gallery: Gallery;
  // As the page in another process has it open.
  let page: Gallery;
  let last: Float32Array;
  let analyzer: FaceAnalyzer;

  beforeAll(async () => {
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '3', '-c', 'copy', film);
    pipeline = await FacePipeline.create({ detection: 'fast' });
    const { id, sha256, dimension } = pipeline.embedder.profile;
    gallery = await openGallery(path, { embedder: { id, sha256, dimension } });
    page = await openGallery(path);
    const own = createGalleryAnalyzer(pipeline, gallery);
    const embed: FaceAnalyzer['embed'] = async (faces) => {
      const embeddings = await own.embed(faces);
      last = embeddings.at(-1) ?? last;
      return embeddings;
    };
    analyzer = { ...own, embed };
  });
  afterAll(async () => {
    await page?.dispose();
    await gallery?.dispose();
    await pipeline?.dispose();
  });

  /** Watches one man's film again and again until the events are enough. */
  async function watchUntil(enough: (event: FaceEvent) => Promise<boolean> | boolean): Promise<FaceEvent> {
    const events = watch(film, { analyzer, place: 'house', sourceOptions: { repeat: 2 } });
    for await (const event of events) if ('track' in event && (await enough(event))) return event;
    throw new Error('the film was over before');
  }

  it('has the limits of the gallery', () => {
    expect(analyzer).toMatchObject({
      maxDistance: gallery.thresholds.identify,
      metric: gallery.metric,
      isOpen: true,
    });
  });

  it('names somebody in view as soon as they are enrolled, and nobody once they are deleted', async () => {
    let personId: string | undefined;
    const isChange = (event: FaceEvent) => event.type === 'person.changed';
    let strangerMs = 0;
    const named = await watchUntil(async (event) => {
      if (event.type === 'stranger.appeared' && personId === undefined) {
        strangerMs = event.timeMs;
        personId = (await page.enroll({ name: 'Ada' }, [{ embedding: last }])).person.id;
      }
      return isChange(event);
    });
    expect(named).toMatchObject({
      label: 'Ada',
      personId,
      place: 'house',
      previous: { label: null, stranger: 'stranger-1' },
      why: { candidates: [{ label: 'Ada', personId }] },
    });
    expect(named.timeMs).toBeGreaterThan(strangerMs);
    let renamed = false;
    const left = await watchUntil(async (event) => {
      expect(isChange(event)).toBe(false);
      if (event.type === 'person.recognized' && !renamed) {
        renamed = true;
        await page.renamePerson(personId!, 'Ada Lovelace');
      }
      return event.type === 'face.left';
    });
    expect(left).toMatchObject({ label: 'Ada Lovelace', personId });
    const gone = await watchUntil(async (event) => {
      if (event.type === 'person.recognized') await page.deletePerson(personId!);
      return isChange(event);
    });
    expect(gone).toMatchObject({ label: null, previous: { label: 'Ada Lovelace' } });
    expect(gone.personId).toBeUndefined();
  });
});
