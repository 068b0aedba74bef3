import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { GalleryStore } from '../../../src/gallery/stores/gallery-store.ts';
import { SqliteStore } from '../../../src/gallery/stores/sqlite/sqlite-store.ts';
import { describeStore, STORE_EMBEDDER } from './store-conformance.ts';

const paths = new WeakMap<GalleryStore, string>();

async function open(path: string): Promise<GalleryStore> {
  const store = await SqliteStore.open(path, { embedder: STORE_EMBEDDER });
  paths.set(store, path);
  return store;
}

describeStore('sqlite', {
  async open() {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-store-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    return open(join(folder, 'gallery.db'));
  },
  openAgain: (store) => open(paths.get(store)!),
});
