import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exportGallery, importGallery } from '../../src/gallery/gallery-file.ts';
import type { SqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();

async function recordsOf(gallery: SqliteGallery): Promise<unknown[]> {
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
    expect(await importGallery(copy, path)).toEqual({ people: 5, faces: 10, negatives: 5, skipped: 0 });
    expect(await recordsOf(copy)).toEqual(await recordsOf(gallery));
    expect(await importGallery(copy, path)).toEqual({ people: 0, faces: 0, negatives: 0, skipped: 20 });
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
