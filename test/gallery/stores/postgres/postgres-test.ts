import { afterAll, beforeAll, describe } from 'vitest';
import { NO_PGVECTOR, NO_POSTGRES, pgvectorServer, startPostgres, type TestServer } from './test-postgres.ts';

type Define = (server: Pick<TestServer, 'createDatabase'>) => void;

/** Tests that need a server, for which there is one while they run; skipped with the reason where there is none. */
export function describeWithPostgres(title: string, define: Define): void {
  describeWith(title, { why: NO_POSTGRES, start: startPostgres }, define);
}

/** Tests that need a server with the extension pgvector. */
export function describeWithPgvector(title: string, define: Define): void {
  describeWith(title, { why: NO_PGVECTOR, start: pgvectorServer }, define);
}

function describeWith(
  title: string,
  { why, start }: { readonly why: string | null; readonly start: () => Promise<TestServer> },
  define: Define,
): void {
  let server: TestServer | undefined;
  describe.skipIf(why !== null)(why === null ? title : `${title} (${why})`, () => {
    beforeAll(async () => {
      server = await start();
    });
    afterAll(() => server?.stop());
    define({ createDatabase: () => server!.createDatabase() });
  });
}
