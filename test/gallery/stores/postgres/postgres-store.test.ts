import { beforeAll } from 'vitest';
import type { GalleryStore } from '../../../../src/gallery/stores/gallery-store.ts';
import { postgresAddress } from '../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresStore } from '../../../../src/gallery/stores/postgres/postgres-store.ts';
import { describeStore, STORE_EMBEDDER } from '../store-conformance.ts';
import { describeWithPostgres } from './postgres-test.ts';

const urls = new WeakMap<GalleryStore, string>();

async function open(url: string): Promise<GalleryStore> {
  const store = await PostgresStore.open(postgresAddress(url), { embedder: STORE_EMBEDDER });
  urls.set(store, url);
  return store;
}

describeWithPostgres('in PostgreSQL', ({ createDatabase }) => {
  let database: string;
  let made = 0;
  beforeAll(async () => {
    database = await createDatabase();
  });

  // All in one database: no gallery may know of another.
  describeStore('postgres', {
    open: () => open(`${database}?gallery=test-${made++}`),
    openAgain: (store) => open(urls.get(store)!),
  });
});
