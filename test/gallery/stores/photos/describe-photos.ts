import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, onTestFinished } from 'vitest';
import type { Gallery } from '../../../../src/gallery/gallery.ts';
import { type OpenGalleryOptions, openGallery } from '../../../../src/gallery/open-gallery.ts';
import { openPhotos } from '../../../../src/gallery/stores/photos/open-photos.ts';
import type { PhotoStore } from '../../../../src/gallery/stores/photos/photo-store.ts';
import { DLIB_FACTS } from '../../../../src/models/dlib/dlib-facts.ts';
import { describeWithPostgres } from '../postgres/postgres-test.ts';
import { STORE_EMBEDDER } from '../store-conformance.ts';

/** A gallery with the photos beside it, closed when the test is over. */
export interface OpenedPhotos {
  readonly url: string;
  readonly gallery: Gallery;
  readonly store: PhotoStore;
  /** Opens the same photos once more, as another process does. */
  readonly again: () => Promise<PhotoStore>;
}

/** Runs tests over every kind of database that there is here. */
export function describePhotos(define: (open: () => Promise<OpenedPhotos>) => void): void {
  describe('in SQLite', () => define(() => openBeside(join(temporaryFolder(), 'gallery.db'))));
  describeWithPostgres('in PostgreSQL', (server) => {
    let database: string;
    beforeAll(async () => {
      database = await server.createDatabase();
    });
    define(() => openBeside(`${database}?gallery=test-${crypto.randomUUID()}`));
  });
}

/** Opens a gallery of an embedder of the tests' own, with its photos. */
export async function openBeside(
  url: string,
  options: Pick<OpenGalleryOptions, 'metric'> = {},
): Promise<OpenedPhotos> {
  const gallery = await openGallery(url, { embedder: STORE_EMBEDDER, distances: DLIB_FACTS, ...options });
  onTestFinished(() => gallery.dispose());
  const again = async (): Promise<PhotoStore> => {
    const store = await openPhotos(url);
    onTestFinished(() => store.dispose());
    return store;
  };
  return { url, gallery, store: await again(), again };
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-photos-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
