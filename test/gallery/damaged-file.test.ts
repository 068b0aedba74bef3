import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type SqliteDriver from 'libsql';
import { describe, expect, it } from 'vitest';
import { FaceTriggerError } from '../../src/core/errors.ts';
import { createRandom } from '../../src/core/random/random.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { folder } = temporaryGalleries();
const Driver = createRequire(import.meta.url)('libsql') as typeof SqliteDriver;

/** A gallery with something in each of its tables and columns, closed. */
async function makeGallery(): Promise<string> {
  const path = join(folder(), 'g.db');
  const gallery = await openGallery(path, { embedder: TEST_EMBEDDER, thumbnails: true });
  const people = syntheticPeople(4, 2);
  const ids: string[] = [];
  for (const [i, photos] of people.entries()) {
    const consent = { text: `agreed ${i}`, at: new Date('2026-01-01') };
    const expiresAt = new Date('2999-01-01');
    const { id } = await gallery.createPerson({ name: `Person ${i}`, consent, expiresAt });
    ids.push(id);
    await gallery.addFaces(
      id,
      photos.map((embedding) => ({
        embedding,
        source: `photo-${i}.jpg`,
        quality: { sharpness: 9000, eyeDistance: 90 },
        thumbnail: Buffer.from('a picture'),
      })),
    );
    await gallery.addNegative(id, { embedding: people[(i + 1) % 4]![0]!, source: 'negative.jpg' });
  }
  await gallery.mergePerson(ids[0]!, ids[1]!);
  await gallery.dispose();
  return path;
}

/** Does all that a gallery can do. @returns the codes of what failed, `none` where it is no error of ours */
async function useAll(path: string): Promise<Set<string>> {
  const codes = new Set<string>();
  const attempt = async <Result>(work: () => Promise<Result>): Promise<Result | null> => {
    try {
      return await work();
    } catch (error) {
      codes.add(error instanceof FaceTriggerError ? error.code : `none: ${(error as Error).stack}`);
      return null;
    }
  };
  const gallery = await attempt(() => openGallery(path, { thumbnails: true, create: false }));
  if (gallery === null) return codes;
  const people = (await attempt(() => gallery.listPeople())) ?? { items: [] };
  for (const { id } of people.items) await attempt(() => gallery.getPerson(id));
  const faces = (await attempt(() => gallery.listFaces())) ?? { items: [] };
  for (const { id } of faces.items) {
    await attempt(() => gallery.getFace(id));
    await attempt(() => gallery.getThumbnail(id));
  }
  await attempt(() => gallery.listNegatives({ withEmbeddings: true }));
  await attempt(() => gallery.stats());
  await attempt(() => gallery.trainingSet());
  await attempt(() => gallery.search(syntheticPeople(1, 1, { seed: 3 })[0]![0]!));
  await attempt(async () => {
    for await (const record of gallery.export()) JSON.stringify(record);
  });
  await attempt(async () => {
    const { id } = await gallery.createPerson({ name: 'New' });
    await gallery.renamePerson(id, 'Newer');
    await gallery.addFaces(id, [{ embedding: syntheticPeople(1, 1, { seed: 8 })[0]![0]! }]);
    await gallery.deletePerson(id);
  });
  if (people.items[0]) await attempt(() => gallery.deletePerson(people.items[0]!.id));
  await attempt(() => gallery.dispose());
  return codes;
}

function change(path: string, ...statements: readonly string[]): void {
  const database = new Driver(path);
  try {
    for (const statement of statements) database.exec(statement);
  } finally {
    database.close();
  }
}

const TEXTS = [
  ...['id', 'name', 'consent_text'].map((column) => ['person', column]),
  ...['id', 'source', 'quality'].map((column) => ['face', column]),
  ...['id', 'source'].map((column) => ['negative', column]),
  ...['id', 'sha256'].map((column) => ['embedder', column]),
] as const;

const VALUES = ['0.5', '9223372036854775807', "x'00ff41'", "'nul' || char(0) || hex(zeroblob(50000))"];

describe('a damaged gallery file', () => {
  it('is said to be damaged where a text is not UTF-8, and ends no process', async () => {
    for (const [table, column] of TEXTS) {
      const path = await makeGallery();
      change(path, `UPDATE ${table} SET ${column} = CAST(x'41ff42' || seq AS TEXT)`);
      expect([...(await useAll(path))], `${table}.${column}`).toContain('ERR_FILE_FORMAT');
    }
  });

  it('reads names of all scripts, and of the longest kind, as they were written', async () => {
    const path = await makeGallery();
    const names = ['\u{feff}BOM', 'Zoë Ü', '王小明', '👩‍🚀', 'x'.repeat(200), 'ж'.repeat(200)];
    const gallery = await openGallery(path);
    for (const name of names) await gallery.createPerson({ name });
    await gallery.dispose();
    const again = await openGallery(path);
    const found = (await again.listPeople()).items.slice(-names.length).map(({ name }) => name);
    await again.dispose();
    expect(found).toEqual(names.map((name) => name.trim()));
  });

  it('gives an error with a code or an answer for any value in any column', async () => {
    const columns: [string, string][] = [];
    const model = await makeGallery();
    const database = new Driver(model);
    for (const table of ['person', 'face', 'negative', 'merge', 'embedder', 'setting']) {
      const rows = database.prepare(`PRAGMA table_info(${table})`).all() as { name: string }[];
      for (const { name } of rows) columns.push([table, name]);
    }
    database.close();
    const bytes = readFileSync(model);
    let tried = 0;
    for (const [table, column] of columns) {
      for (const value of VALUES) {
        // A new file each time: connections to a removed one may live until they are collected.
        tried++;
        const path = join(dirname(model), `${tried}.db`);
        writeFileSync(path, bytes);
        try {
          change(
            path,
            'PRAGMA foreign_keys = OFF',
            `UPDATE ${table} SET ${column} = ${value} WHERE rowid = (SELECT max(rowid) FROM ${table})`,
          );
        } catch {
          continue; // a constraint keeps this value out of any file
        }
        const codes = [...(await useAll(path))];
        const allowed = ['ERR_FILE_FORMAT', 'ERR_NOT_FOUND', 'ERR_CONFLICT', 'ERR_INVALID_ARGUMENT'];
        expect(
          codes.filter((code) => !allowed.includes(code)),
          `${table}.${column} = ${value}`,
        ).toEqual([]);
      }
    }
    expect(tried).toBeGreaterThan(100);
  }, 120_000);

  it('gives an error with a code or an answer after any bytes were changed', async () => {
    const path = await makeGallery();
    const bytes = readFileSync(path);
    const random = createRandom(5);
    const codes = new Set<string>();
    for (let round = 0; round < 80; round++) {
      const damaged = Buffer.from(bytes);
      // Headers of the file and of its pages, the declarations of tables on the first page, and anywhere.
      const places = [
        () => random.int(100),
        () => random.int(4096),
        () => random.int(bytes.length / 4096) * 4096 + random.int(64),
        () => random.int(bytes.length),
      ];
      for (let i = 0; i < 4; i++)
        damaged[places[round % 4]!()] = random.int(3) === 0 ? 0xff : random.int(256);
      const copy = join(dirname(path), `${round}.db`);
      writeFileSync(copy, damaged);
      for (const code of await useAll(copy)) codes.add(code);
    }
    expect(codes).toContain('ERR_FILE_FORMAT');
    expect([...codes].filter((code) => code.startsWith('none'))).toEqual([]);
  }, 120_000);

  it('is refused where its tables are not those of a gallery, it is newer, or its text is UTF-16', async () => {
    const cases: [string, string[]][] = [
      ['a column more', ['ALTER TABLE person ADD COLUMN more TEXT']],
      ['a trigger', ['CREATE TRIGGER more AFTER INSERT ON person BEGIN DELETE FROM face; END']],
      ['a table less', ['DROP TABLE merge_face']],
      ['a table with a name that is not UTF-8', [`CREATE TABLE "caf${String.fromCharCode(0xe9)}" (a)`]],
      ['a newer version', ['PRAGMA user_version = 99']],
      ['a negative version', ['PRAGMA user_version = -1']],
      ['another program', ['PRAGMA application_id = 7']],
    ];
    for (const [what, statements] of cases) {
      const path = await makeGallery();
      change(path, ...statements);
      const created = openGallery(path, { embedder: TEST_EMBEDDER });
      await expect(created, what).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    }
    const path = join(folder(), 'utf16.db');
    change(path, "PRAGMA encoding = 'UTF-16le'", 'CREATE TABLE a (b)', 'PRAGMA application_id = 1179936620');
    await expect(openGallery(path, { embedder: TEST_EMBEDDER })).rejects.toMatchObject({
      code: 'ERR_FILE_FORMAT',
    });
  });

  it('may carry the statistics that ANALYZE keeps', async () => {
    const path = await makeGallery();
    change(path, 'ANALYZE');
    expect([...(await useAll(path))]).toEqual([]);
  });
});
