import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { listGalleries } from '../../../src/gallery/collection/gallery-collection.ts';
import { copyGallery } from '../../../src/gallery/copy/copy-gallery.ts';
import { ApiKeys } from '../../../src/server/api-keys.ts';
import { NO_OWN_POSTGRES, startOwnPostgres } from '../../gallery/stores/postgres/test-postgres.ts';
import { addIn } from './backup-people.ts';

const run = promisify(execFile);
const INSTALLED = '/usr/lib/postgresql';
const bin = existsSync(INSTALLED)
  ? readdirSync(INSTALLED)
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(INSTALLED, version, 'bin'))
      .find((folder) => existsSync(join(folder, 'pg_dump')))
  : undefined;
const reason = NO_OWN_POSTGRES ?? (bin === undefined ? 'no pg_dump here' : null);

describe.skipIf(reason !== null)(`a backup by pg_dump${reason === null ? '' : ` (${reason})`}`, () => {
  it('brings back all galleries, to the last row, with their keys', async () => {
    const server = await startOwnPostgres();
    onTestFinished(() => server.stop());
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-backup-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const [from, to] = [await server.createDatabase(), await server.createDatabase()];
    await addIn(`${from}?gallery=door`, 7);
    await addIn(`${from}?gallery=hall`, 3);
    await using keys = await ApiKeys.open(from);
    const { secret } = await keys.create('door', ['read'], { gallery: 'door' });
    const dump = join(folder, 'faces.dump');
    await run(join(bin!, 'pg_dump'), ['--format=custom', `--file=${dump}`, from]);
    await run(join(bin!, 'pg_restore'), ['--no-owner', '--exit-on-error', `--dbname=${to}`, dump]);
    expect(await listGalleries(to)).toEqual(await listGalleries(from));
    for (const name of ['door', 'hall']) {
      const [before, after] = await Promise.all(
        [from, to].map((url, i) => copyGallery(`${url}?gallery=${name}`, join(folder, `${name}-${i}.db`))),
      );
      expect(after!.sha256).toBe(before!.sha256);
    }
    await using restored = await ApiKeys.open(to);
    expect(await restored.verify(secret)).toMatchObject({ label: 'door', gallery: 'door' });
    // What was restored goes on to work.
    await addIn(`${to}?gallery=door`, 9);
    expect(await listGalleries(to)).toMatchObject([{ name: 'door', people: 9 }, { name: 'hall' }]);
  }, 180_000);
});
