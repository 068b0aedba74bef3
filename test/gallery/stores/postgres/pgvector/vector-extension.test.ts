import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openGallery } from '../../../../../src/gallery/open-gallery.ts';
import { postgresAddress } from '../../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresDatabase } from '../../../../../src/gallery/stores/postgres/postgres-database.ts';
import { DLIB_FACTS } from '../../../../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../../../synthetic-people.ts';
import { NO_OWN_POSTGRES, type OwnServer, startOwnPostgres } from '../test-postgres.ts';

describe.skipIf(NO_OWN_POSTGRES !== null)(
  NO_OWN_POSTGRES === null ? 'a server without pgvector' : `a server without pgvector (${NO_OWN_POSTGRES})`,
  () => {
    let server: OwnServer;
    beforeAll(async () => {
      server = await startOwnPostgres();
    });
    afterAll(() => server?.stop());

    it('says what is missing where its index is asked for, and serves the gallery with one in memory', async ({
      skip,
    }) => {
      const url = await server.createDatabase();
      const database = await PostgresDatabase.open(postgresAddress(url));
      const found = await database.query(
        "SELECT 1 AS one FROM pg_available_extensions WHERE name = 'vector'",
      );
      await database.close();
      if (found.length > 0) skip('the PostgreSQL of this machine has pgvector');
      const options = { embedder: TEST_EMBEDDER, distances: DLIB_FACTS };
      await expect(openGallery(`${url}?index=pgvector`, options)).rejects.toMatchObject({
        code: 'ERR_UNAVAILABLE',
        message: expect.stringContaining('does not have the extension pgvector'),
      });
      const gallery = await openGallery(url, options);
      onTestFinished(() => gallery.dispose());
      const [first, second] = syntheticPeople(1, 2)[0]!;
      await gallery.enroll({ name: 'Ann' }, [{ embedding: first! }]);
      expect((await gallery.search(second!))[0]).toMatchObject({ person: { name: 'Ann' } });
      expect((await gallery.stats()).index).toBe('exact');
    });
  },
);
