import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { exportGallery, importGallery } from '../../src/gallery/gallery-file.ts';
import { recordsFromEmbeddings } from '../../src/gallery/records-from-embeddings.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();

async function recordsOf(gallery: Gallery): Promise<unknown[]> {
  const records = [];
  for await (const record of gallery.export()) records.push(record);
  return records;
}

async function filledGallery() {
  const gallery = await open({ thumbnails: true });
  for (const [i, photos] of syntheticPeople(5, 3).entries()) {
    const { id } = await gallery.createPerson({
      name: `Person ${i}`,
      expiresAt: i === 1 ? new Date('2999-01-01') : null,
      consent: i === 2 ? { text: 'yes', at: new Date('2026-05-06') } : null,
    });
    await gallery.addFaces(id, [
      { embedding: photos[0]!, source: 'a', quality: { eyeDistance: 90 }, thumbnail: Uint8Array.of(i, 255) },
      { embedding: photos[1]! },
    ]);
    await gallery.addNegative(id, { embedding: photos[2]!, source: 'n' });
  }
  return gallery;
}

describe('exported galleries', () => {
  it('come back as they were', async () => {
    const gallery = await filledGallery();
    const path = join(folder(), 'gallery.jsonl');
    expect(await exportGallery(gallery, path)).toBe(1 + 5 + 10 + 5);
    expect(statSync(path).mode & 0o077).toBe(0);
    const copy = await open({ thumbnails: true });
    expect(await importGallery(copy, path)).toMatchObject({ people: 5, faces: 10, negatives: 5, skipped: 0 });
    expect(await recordsOf(copy)).toEqual(await recordsOf(gallery));
    expect(await importGallery(copy, path)).toMatchObject({ people: 0, faces: 0, skipped: 20, present: 20 });
    const probe = syntheticPeople(5, 3)[3]![1]!;
    expect(await copy.search(probe)).toEqual(await gallery.search(probe));
  });

  it('give their faces to people who have the same name already', async () => {
    const gallery = await filledGallery();
    const other = await open();
    const { id } = await other.createPerson({ name: 'Person 0' });
    expect(await other.import(await recordsOf(gallery))).toMatchObject({ people: 4, faces: 10 });
    const person = await other.getPerson(id);
    expect(person?.faces).toBe(2);
    expect((await other.listFaces({ personId: id })).items[0]!.hasThumbnail).toBe(false);
  });

  it('are refused by a gallery of another embedder', async () => {
    const records = await recordsOf(await filledGallery());
    const other = await open({ embedder: { ...TEST_EMBEDDER, sha256: 'ef'.repeat(32) } });
    for (const part of [records, records.slice(1)]) {
      await expect(other.import(part)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
    }
    expect(await other.stats()).toMatchObject({ people: 0, faces: 0 });
  });

  it.each([
    ['no object', 'x'],
    ['another type', { type: 'x' }],
    ['a newer version', { type: 'gallery', version: 2, embedder: TEST_EMBEDDER, metric: 'euclidean' }],
    [
      'an id that is a path',
      {
        type: 'person',
        id: '../x',
        name: 'A',
        createdAt: '2026-01-01T00:00:00Z',
        expiresAt: null,
        consent: null,
      },
    ],
  ])('with %s are refused', async (_, record) => {
    await expect((await open()).import([record])).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
  });

  it('with an embedding that is cut, not finite or not base64 are refused', async () => {
    const gallery = await filledGallery();
    const records = (await recordsOf(gallery)) as Record<string, unknown>[];
    const face = records.find(({ type }) => type === 'face')!;
    const nan = Buffer.from(new Float32Array(128).fill(Number.NaN).buffer).toString('base64');
    const copy = await open();
    await copy.import(records.filter(({ type }) => type === 'person'));
    for (const [embedding, code] of [
      [(face['embedding'] as string).slice(0, 400), 'ERR_SHAPE_MISMATCH'],
      [nan, 'ERR_INVALID_ARGUMENT'],
      ['%%%', 'ERR_FILE_FORMAT'],
    ]) {
      await expect(copy.import([{ ...face, embedding }])).rejects.toMatchObject({ code });
    }
    expect((await copy.stats()).faces).toBe(0);
  });

  it('keep the whole batches before a wrong record, and are read no further', async () => {
    const createdAt = new Date().toISOString();
    const person = (i: number) => {
      const id = crypto.randomUUID();
      return { type: 'person', id, name: `Person ${i}`, createdAt, expiresAt: null, consent: null };
    };
    const asked: number[] = [];
    async function* records() {
      for (let i = 0; i < 1000; i++) {
        asked.push(i);
        yield i === 450 ? { type: 'nobody' } : person(i);
      }
    }
    const gallery = await open();
    await expect(gallery.import(records())).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    expect((await gallery.stats()).people).toBe(400);
    expect(asked.at(-1)).toBe(450);
  });

  it('name the line that is not JSON, and are left alone when writing fails', async () => {
    const directory = folder();
    const path = join(directory, 'broken.jsonl');
    writeFileSync(path, '\n{"type":\n');
    const gallery = await open();
    await expect(importGallery(gallery, path)).rejects.toThrow('Line 2');
    await expect(importGallery(gallery, join(directory, 'no'))).rejects.toMatchObject({
      code: 'ERR_FILE_NOT_FOUND',
    });
    await expect(exportGallery(gallery, join(directory, 'no', 'x'))).rejects.toMatchObject({
      code: 'ERR_FILE_WRITE',
    });
    expect(readFileSync(path, 'utf8')).toBe('\n{"type":\n');
    expect(existsSync(join(directory, 'no'))).toBe(false);
  });
});

describe('an import of a file', () => {
  async function exported(): Promise<{ path: string; lines: string[] }> {
    const path = join(folder(), 'gallery.jsonl');
    await exportGallery(await filledGallery(), path);
    return { path, lines: readFileSync(path, 'utf8').trim().split('\n') };
  }
  const change = (line: string, changes: object) => JSON.stringify({ ...JSON.parse(line), ...changes });
  const short = Buffer.alloc(64).toString('base64');

  it.each([
    ['is cut', (line: string) => line.slice(0, 50), 'ERR_FILE_FORMAT', 'is not JSON'],
    ['is of another type', (line: string) => change(line, { type: 'x' }), 'ERR_FILE_FORMAT', 'Not a record'],
    [
      'has a short embedding',
      (line: string) => change(line, { embedding: short }),
      'ERR_SHAPE_MISMATCH',
      '128',
    ],
    [
      'has a day that does not exist',
      (line: string) => change(line, { createdAt: '2027-02-30T00:00:00Z' }),
      'ERR_FILE_FORMAT',
      'createdAt: expected a date and time',
    ],
    [
      'has a time without a zone',
      (line: string) => change(line, { createdAt: '2027-02-03T00:00:00' }),
      'ERR_FILE_FORMAT',
      'createdAt',
    ],
    [
      'is of another embedder',
      (line: string) => change(line, { embedder: { id: 'x', sha256: 'ab' } }),
      'ERR_MODEL_MISMATCH',
      '',
    ],
    [
      'has a source that is too long',
      (line: string) => change(line, { source: 'x'.repeat(1001) }),
      'ERR_INVALID_ARGUMENT',
      'source',
    ],
    [
      'has a picture that is too large',
      (line: string) => change(line, { thumbnail: Buffer.alloc(2 ** 20 + 1).toString('base64') }),
      'ERR_INVALID_ARGUMENT',
      'thumbnail',
    ],
  ])('whose 12th line %s names the line and takes in nothing', async (_, damage, code, message) => {
    const { path, lines } = await exported();
    expect(JSON.parse(lines[11]!)).toMatchObject({ type: 'face' });
    lines[11] = damage(lines[11]!);
    writeFileSync(path, lines.join('\n'));
    const gallery = await open({ thumbnails: true });
    const refused = importGallery(gallery, path);
    await expect(refused).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    await expect(refused).rejects.toThrow(`Line 12 of ${path}`);
    expect(await gallery.stats()).toMatchObject({ people: 0, faces: 0, negatives: 0 });
  });

  it.each([
    ['a name', { name: '' }],
    ['an expiry', { expiresAt: '2999-02-29T00:00:00Z' }],
    ['a consent', { consent: { text: '', at: '2026-01-01T00:00:00Z' } }],
  ])('with %s that is none names the line and takes in nothing', async (_, changes) => {
    const { path, lines } = await exported();
    lines[3] = change(lines[3]!, changes);
    writeFileSync(path, lines.join('\n'));
    const gallery = await open();
    await expect(importGallery(gallery, path)).rejects.toThrow(`Line 4 of ${path}`);
    expect((await gallery.stats()).people).toBe(0);
  });

  it('in another encoding is refused with the line', async () => {
    const { path, lines } = await exported();
    lines[2] = lines[2]!.replace('Person 1', 'Jos\u00e9');
    writeFileSync(path, Buffer.from(lines.join('\n'), 'latin1'));
    await expect(importGallery(await open(), path)).rejects.toThrow(/Line 3 of .* not UTF-8/);
  });

  it('may begin with a byte order mark, have empty lines and end in carriage returns', async () => {
    const { path, lines } = await exported();
    writeFileSync(path, `\ufeff${lines.join('\r\n\r\n')}`);
    expect(await importGallery(await open(), path)).toMatchObject({ people: 5, faces: 10, negatives: 5 });
  });

  it('leaves out people whose time is over with their faces, and faces of nobody, and counts both', async () => {
    const { path, lines } = await exported();
    lines[1] = change(lines[1]!, { expiresAt: '2020-01-01T00:00:00Z' });
    writeFileSync(path, lines.filter((_line, i) => i !== 2).join('\n'));
    const result = await importGallery(await open(), path);
    expect(result).toEqual({
      people: 3,
      faces: 6,
      negatives: 3,
      skipped: 7,
      present: 0,
      expired: 4,
      withoutPerson: 3,
    });
  });

  it('that is stopped says so, and takes in the rest the next time', async () => {
    const path = join(folder(), 'many.jsonl');
    const people = syntheticPeople(200, 10).map((embeddings, i) => ({ name: `Person ${i}`, embeddings }));
    const records = [
      ...recordsFromEmbeddings(people, { embedder: TEST_EMBEDDER, source: 's', createdAt: new Date() }),
    ];
    writeFileSync(path, records.map((record) => JSON.stringify(record)).join('\n'));
    const gallery = await open();
    const controller = new AbortController();
    const progress: [number, number][] = [];
    const onProgress = (done: number, total: number) => {
      progress.push([done, total]);
      if (done === records.length - 100) controller.abort();
    };
    await expect(
      importGallery(gallery, path, { signal: controller.signal, onProgress }),
    ).rejects.toMatchObject({
      code: 'ERR_ABORTED',
      message: expect.stringContaining('importing again imports the rest'),
    });
    const { faces } = await gallery.stats();
    expect(faces).toBeGreaterThan(0);
    expect(faces).toBeLessThan(2000);
    expect(progress.at(-1)).toEqual([records.length - 100, records.length]);
    const rest = await importGallery(gallery, path);
    expect(rest.faces + faces).toBe(2000);
    expect(await gallery.stats()).toMatchObject({ people: 200, faces: 2000 });
  });
});
