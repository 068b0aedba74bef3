import { beforeAll } from 'vitest';
import type { GalleryStore } from '../../../../src/gallery/stores/gallery-store.ts';
import { postgresAddress } from '../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresStore } from '../../../../src/gallery/stores/postgres/postgres-store.ts';
import { describeStore, STORE_EMBEDDER } from '../store-conformance.ts';
import { describeWithPgvector, describeWithPostgres } from './postgres-test.ts';
import type { TestServer } from './test-postgres.ts';

const urls = new WeakMap<GalleryStore, string>();

async function open(url: string): Promise<GalleryStore> {
  const store = await PostgresStore.open(postgresAddress(url), { embedder: STORE_EMBEDDER });
  urls.set(store, url);
  return store;
}

function describeStores(kind: string, { createDatabase }: Pick<TestServer, 'createDatabase'>): void {
  let database: string;
  let made = 0;
  beforeAll(async () => {
    database = await createDatabase();
  });

  // All in one database: no gallery may know of another.
  describeStore(kind, {
    open: async () => {
      const store = await open(
        `${database}?gallery=test-${made++}&index=${kind === 'pgvector' ? kind : 'memory'}`,
      );
      // What every change of the store then has to keep.
      if (kind === 'pgvector') await (await store.ownIndex!())!.dispose();
      return store;
    },
    openAgain: (store) => open(urls.get(store)!),
  });
}

describeWithPostgres('in PostgreSQL', (server) => describeStores('postgres', server));
describeWithPgvector('in PostgreSQL, with an index in the database', (server) =>
  describeStores('pgvector', server),
);
