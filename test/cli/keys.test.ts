import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ApiKeys } from '../../src/server/api-keys.ts';
import { describeWithPostgres } from '../gallery/stores/postgres/postgres-test.ts';
import { jsonLines, runCli } from './run-cli.ts';

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'face-trigger-keys-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

interface Copied {
  readonly copied: readonly { readonly label: string }[];
  readonly present: readonly object[];
  readonly left: readonly { readonly key: { readonly label: string }; readonly reason: string }[];
}

describeWithPostgres('keys copy', ({ createDatabase }) => {
  it('moves keys from a file to a database, where their secrets go on working, and says what it could not', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'keys.json');
    const where = await createDatabase();
    expect(await runCli(['gallery', 'create', `${where}?gallery=door`])).toMatchObject({ status: 0 });
    const inFile = await ApiKeys.open(file);
    const { secret } = await inFile.create('office', ['admin']);
    const { secret: door } = await inFile.create('door', ['read'], { gallery: 'door' });
    await inFile.create('gone', ['read'], { gallery: 'gone' });
    const run = await runCli(['keys', 'copy', file, where, '--json']);
    const [result] = jsonLines<Copied>(run);
    expect(result!.copied.map(({ label }) => label)).toEqual(['office', 'door']);
    expect(result!.left.map(({ key }) => key.label)).toEqual(['gone']);
    expect(run.status).toBe(1);
    await using keys = await ApiKeys.open(where);
    expect(await keys.verify(secret)).toMatchObject({ label: 'office', gallery: null });
    expect(await keys.verify(door)).toMatchObject({ label: 'door', gallery: 'door' });
    expect(await keys.list()).toHaveLength(2);
    // Again it changes nothing, and back it gives the same.
    expect(jsonLines<Copied>(await runCli(['keys', 'copy', file, where, '--json']))[0]).toMatchObject({
      copied: [],
      present: [{ label: 'office' }, { label: 'door' }],
    });
    const back = join(folder, 'back.json');
    expect(await runCli(['keys', 'copy', where, back])).toMatchObject({
      status: 0,
      stdout: '2 keys copied\n',
    });
    expect(await (await ApiKeys.open(back)).verify(door)).toMatchObject({ gallery: 'door' });
    expect(readFileSync(back, 'utf8')).not.toContain(secret.slice(-43));
  });
});

describe('keys', () => {
  it('are not copied from a file that is not there', async () => {
    const folder = temporaryFolder();
    const run = await runCli(['keys', 'copy', join(folder, 'none.json'), join(folder, 'new.json')]);
    expect(run).toMatchObject({ status: 3, stdout: '' });
  });

  it('for one gallery are told of when it is deleted, and revoked where their file is named', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'face-trigger-keys.json');
    const keys = await ApiKeys.open(file);
    const { key } = await keys.create('door', ['read'], { gallery: 'door' });
    const { key: other } = await keys.create('all', ['admin']);
    const door = `${folder}/?gallery=door`;
    expect(await runCli(['gallery', 'create', door])).toMatchObject({ status: 0 });
    const told = await runCli(['gallery', 'delete', door, '--yes'], { cwd: folder });
    expect(told.status).toBe(0);
    expect(told.stderr).toContain(key.id);
    expect(told.stderr).not.toContain(other.id);
    expect(await keys.list()).toHaveLength(2);
    expect(await runCli(['gallery', 'create', door])).toMatchObject({ status: 0 });
    const run = await runCli(['gallery', 'delete', door, '--yes', '--json', '--keys', file]);
    expect(jsonLines(run)).toMatchObject([{ deleted: true, keys: { revoked: [key.id], left: [] } }]);
    expect((await keys.list()).map(({ id }) => id)).toEqual([other.id]);
    const alone = await runCli(['gallery', 'delete', 'Ada', '--keys', file, '--gallery', `${folder}/x.db`]);
    expect(alone).toMatchObject({ status: 2, stdout: '' });
  });
});
