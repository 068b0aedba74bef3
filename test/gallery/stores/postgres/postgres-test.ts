import { afterAll, beforeAll, describe } from 'vitest';
import { NO_POSTGRES, startPostgres, type TestServer } from './test-postgres.ts';

/** Tests that need a server, for which there is one while they run; skipped with the reason where there is none. */
export function describeWithPostgres(
  title: string,
  define: (server: Pick<TestServer, 'createDatabase'>) => void,
): void {
  let server: TestServer | undefined;
  describe.skipIf(NO_POSTGRES !== null)(NO_POSTGRES === null ? title : `${title} (${NO_POSTGRES})`, () => {
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    define({ createDatabase: () => server!.createDatabase() });
  });
}
