import { onTestFinished } from 'vitest';
import { FaceTriggerError } from '../../../../src/core/errors.ts';
import type { Gallery } from '../../../../src/gallery/gallery.ts';
import { openGallery } from '../../../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../../synthetic-people.ts';

/** The photos of the stream. */
export const [streamedPhotos] = syntheticPeople(1, 400, { seed: 3 });

/** A gallery for the stream, closed when the test ends. */
export async function openForStream(url: string): Promise<Gallery> {
  const gallery = await openGallery(url, { embedder: TEST_EMBEDDER, distances: DLIB_FACTS });
  onTestFinished(() => gallery.dispose());
  return gallery;
}

/** Enrolls photos one after the other until it is told to stop. */
export function enrollSteadily(gallery: Gallery, personId: string) {
  const acknowledged: string[] = [];
  const codes = new Set<string>();
  let isOver = false;
  const done = (async () => {
    for (let i = 0; !isOver; i++) {
      try {
        const embedding = streamedPhotos![i % streamedPhotos!.length]!;
        const [added] = await gallery.addFaces(personId, [{ embedding }], { duplicates: 'keep' });
        acknowledged.push(added!.face.id);
      } catch (error) {
        if (!(error instanceof FaceTriggerError)) throw error;
        codes.add(error.code);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  })();
  const stop = async () => {
    isOver = true;
    await done;
  };
  onTestFinished(stop);
  return { acknowledged, codes, stop };
}

/** Ids of all faces in a gallery. */
export async function storedFaces(gallery: Gallery): Promise<ReadonlySet<string>> {
  const stored = new Set<string>();
  for await (const record of gallery.export()) if (record.type === 'face') stored.add(record.id);
  return stored;
}
