import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { skipFile } from '../../../src/dataset/skip-file.ts';
import { pathKind } from '../../../src/node/files/path-kind.ts';
import { readHead } from '../../../src/node/files/read-head.ts';
import { SqliteConnection } from '../../../src/node/sqlite/sqlite-connection.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-head-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Does something with a database in another process. @returns what it printed */
function elsewhere(path: string, work: string): string {
  const script = `
    import { SqliteConnection } from '${new URL('../../../dist/node/sqlite/sqlite-connection.js', import.meta.url)}';
    const connection = await SqliteConnection.open(process.argv[1]);
    ${work};
    connection.close();`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script, path], { encoding: 'utf8' });
}

describe('the first bytes of a file', () => {
  it('are as many as are wanted, or there are', () => {
    const path = join(folder, 'text');
    writeFileSync(path, 'some text');
    expect(readHead(path, 4).toString()).toBe('some');
    expect(readHead(path, 40).toString()).toBe('some text');
    expect(() => readHead(join(folder, 'nothing'), 4)).toThrow('ENOENT');
  });

  it.each([
    ['which kind of path it is', async (path: string) => expect(await pathKind(path)).toBe('gallery')],
    ['whether it is a picture', async (path: string) => expect(await skipFile('faces', path)).not.toBeNull()],
  ])('take no lock from a database that this process has open: %s', async (what, look) => {
    const path = join(folder, what);
    const connection = await SqliteConnection.open(path);
    connection.execute('CREATE TABLE t (a)');
    await look(path);
    // Whoever closes a database last removes its log. This one is not the last.
    elsewhere(path, 'connection.run("INSERT INTO t VALUES (1)")');
    connection.run('INSERT INTO t VALUES (2)');
    const seen = elsewhere(path, 'console.log(JSON.stringify(connection.all("SELECT a FROM t ORDER BY a")))');
    expect(JSON.parse(seen)).toEqual([{ a: 1 }, { a: 2 }]);
    connection.close();
  });
});
