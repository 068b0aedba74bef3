import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, onTestFinished } from 'vitest';
import type { Gallery } from '../../../../src/gallery/gallery.ts';
import { type OpenGalleryOptions, openGallery } from '../../../../src/gallery/open-gallery.ts';
import type { AppearanceStore } from '../../../../src/gallery/stores/appearances/appearance-store.ts';
import { openAppearances } from '../../../../src/gallery/stores/appearances/open-appearances.ts';
import { DLIB_FACTS } from '../../../../src/models/dlib/dlib-facts.ts';
import { describeWithPostgres } from '../postgres/postgres-test.ts';
import { STORE_EMBEDDER } from '../store-conformance.ts';

/** A gallery with the appearances beside it, closed when the test is over. */
export interface OpenedAppearances {
  readonly url: string;
  readonly gallery: Gallery;
  readonly store: AppearanceStore;
  /** Opens the same appearances once more, as another process does. */
  readonly again: () => Promise<AppearanceStore>;
}

/** Runs tests over every kind of database that there is here. */
export function describeAppearances(
  define: (open: (options?: OpenGalleryOptions) => Promise<OpenedAppearances>) => void,
): void {
  describe('in SQLite', () =>
    define((options) => openBeside(join(temporaryFolder(), 'gallery.db'), options)));
  describeWithPostgres('in PostgreSQL', (server) => {
    let database: string;
    beforeAll(async () => {
      database = await server.createDatabase();
    });
    define((options) => openBeside(`${database}?gallery=test-${crypto.randomUUID()}`, options));
  });
}

/** Opens a gallery of an embedder of the tests' own, with its appearances. */
export async function openBeside(url: string, options: OpenGalleryOptions = {}): Promise<OpenedAppearances> {
  const gallery = await openGallery(url, { embedder: STORE_EMBEDDER, distances: DLIB_FACTS, ...options });
  onTestFinished(() => gallery.dispose());
  const again = async (): Promise<AppearanceStore> => {
    const store = await openAppearances(url);
    onTestFinished(() => store.dispose());
    return store;
  };
  return { url, gallery, store: await again(), again };
}

/** A folder that goes with the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-appearances-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
