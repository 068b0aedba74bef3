import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FaceTriggerError } from '../../../src/core/errors.ts';
import { SqliteConnection } from '../../../src/node/sqlite/sqlite-connection.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'face-trigger-sqlite-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function failureOf(work: () => unknown): Promise<FaceTriggerError> {
  try {
    await work();
  } catch (error) {
    if (error instanceof FaceTriggerError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** A file with one row. */
async function filled(name: string): Promise<string> {
  const path = join(folder, name);
  const connection = await SqliteConnection.open(path);
  connection.execute('CREATE TABLE t (a PRIMARY KEY, b BLOB)');
  connection.run('INSERT INTO t VALUES (1, NULL)');
  connection.emptyLog();
  connection.close();
  return path;
}

describe('what a SQLite file says when it fails', () => {
  it.each([
    ['a folder that is not there', 'nowhere/x.db', true, 'ERR_FILE_NOT_FOUND'],
    ['a file that is not there and is not to be made', 'none.db', false, 'ERR_FILE_NOT_FOUND'],
    ['a folder in its place', 'folder.db', true, 'ERR_FILE_WRITE'],
  ])('names the file: %s', async (_what, name, create, code) => {
    mkdirSync(join(folder, 'folder.db'), { recursive: true });
    const path = join(folder, name);
    const error = await failureOf(() => SqliteConnection.open(path, { create }));
    expect(error).toMatchObject({ code, message: expect.stringContaining(path) });
  });

  it('names another kind of file, and says to go back to a backup', async () => {
    const path = join(folder, 'text.db');
    writeFileSync(path, 'no database, but a text that is longer than the head of one. '.repeat(20));
    const error = await failureOf(() => SqliteConnection.open(path, { what: 'Queue' }));
    expect(error.code).toBe('ERR_FILE_FORMAT');
    expect(error.message).toContain(`Queue ${path}: `);
    expect(error.message).toContain('go back to an export or a backup');
  });

  it('says that another process uses a file that is locked', async () => {
    const path = await filled('busy.db');
    const first = await SqliteConnection.open(path);
    const second = await SqliteConnection.open(path);
    try {
      second.waitBriefly();
      first.execute('BEGIN IMMEDIATE');
      const error = await failureOf(() => second.transaction(() => second.run('DELETE FROM t')));
      expect(error.code).toBe('ERR_BUSY');
      expect(error.message).toContain(path);
      expect(error.message).toContain('another process uses it: try again');
      first.execute('ROLLBACK');
      expect(second.transaction(() => second.run('DELETE FROM t')).changes).toBe(1);
    } finally {
      first.close();
      second.close();
    }
  });

  it('says to make room where there is none, and keeps nothing of the change', async () => {
    const path = await filled('full.db');
    const connection = await SqliteConnection.open(path);
    try {
      const { page_count: pages } = connection.get('PRAGMA page_count')!;
      connection.get(`PRAGMA max_page_count = ${Number(pages)}`);
      const error = await failureOf(() =>
        connection.transaction(() => {
          connection.run('UPDATE t SET a = 2');
          connection.run('INSERT INTO t VALUES (3, ?)', [new Uint8Array(100_000)]);
        }),
      );
      expect(error).toMatchObject({ code: 'ERR_DISK_FULL', message: expect.stringContaining(path) });
      expect(error.message).toContain('make room on its disk');
      expect(connection.all('SELECT a FROM t')).toEqual([{ a: 1 }]);
    } finally {
      connection.close();
    }
  });

  it('calls a conflict one, and a table that is missing damage', async () => {
    const path = await filled('conflict.db');
    const connection = await SqliteConnection.open(path);
    try {
      const twice = await failureOf(() => connection.run('INSERT INTO t VALUES (1, NULL)'));
      expect(twice).toMatchObject({ code: 'ERR_CONFLICT', message: expect.stringContaining(path) });
      const missing = await failureOf(() => connection.get('SELECT x FROM other'));
      expect(missing).toMatchObject({ code: 'ERR_FILE_FORMAT', message: expect.stringContaining(path) });
    } finally {
      connection.close();
    }
  });

  it('names the file and the column of text that is not UTF-8', async () => {
    const path = await filled('latin.db');
    const connection = await SqliteConnection.open(path);
    try {
      connection.run("INSERT INTO t VALUES (CAST(x'fffe' AS TEXT), NULL)");
      const error = await failureOf(() => connection.all('SELECT a FROM t'));
      expect(error).toMatchObject({ code: 'ERR_FILE_FORMAT', message: expect.stringContaining(path) });
      expect(error.message).toMatch(/\ba\b.*not UTF-8; go back/);
    } finally {
      connection.close();
    }
  });
});
