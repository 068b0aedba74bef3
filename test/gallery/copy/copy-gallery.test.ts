import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { copyGallery } from '../../../src/gallery/copy/copy-gallery.ts';
import { openGallery } from '../../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { passTime } from '../../pass-time.ts';
import { describeWithPostgres } from '../stores/postgres/postgres-test.ts';
import { syntheticPeople, TEST_EMBEDDER } from '../synthetic-people.ts';

const PEOPLE = 60;
const photos = syntheticPeople(PEOPLE, 40, { seed: 5 });
const KNOWN = { embedder: TEST_EMBEDDER, distances: DLIB_FACTS, thumbnails: true };

function newFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-copy-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'gallery.db');
}

/** A gallery with something of everything that one can hold, also somebody whose time is over. */
async function fill(url: string): Promise<{ readonly mergeId: string }> {
  await using gallery = await openGallery(url, KNOWN);
  const ids: string[] = [];
  for (const [i, faces] of photos.entries()) {
    const consent = i % 3 === 0 ? { text: 'yes', at: new Date(1_700_000_000_000) } : null;
    const expiresAt = i === 7 ? new Date(Date.now() + 60_000) : null;
    const newFaces = faces.map((embedding, n) => ({
      ...{ embedding, source: n % 2 === 0 ? `${n}.jpg` : null, quality: { sharpness: 0.1 + n } },
      ...(n === 0 && { thumbnail: Uint8Array.of(i, n, 255) }),
    }));
    const { person } = await gallery.enroll({ name: `P ${i} é`, consent, expiresAt }, newFaces, {
      duplicates: 'keep',
      review: 'off',
    });
    ids.push(person.id);
    if (i % 10 === 0) await gallery.addNegative(person.id, { embedding: photos[0]![1]!, source: 'no.jpg' });
  }
  const { id: mergeId } = await gallery.mergePerson(ids[1]!, ids[2]!);
  await gallery.mergePerson(ids[10]!, ids[11]!);
  passTime(60_000);
  return { mergeId };
}

const ALL = { people: PEOPLE - 2, faces: PEOPLE * 40, negatives: 6, merges: 2 };
const NONE = { people: 0, faces: 0, negatives: 0, merges: 0 };

describe('a copy of a gallery', () => {
  it('goes on where an earlier one was stopped', async () => {
    const [from, to] = [newFile(), newFile()];
    await fill(from);
    const stop = new AbortController();
    const stopped = copyGallery(from, to, {
      signal: stop.signal,
      onProgress: (done) => done > 2000 && stop.abort(),
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ERR_ABORTED' });
    const { rows, copied } = await copyGallery(from, to);
    expect(rows).toEqual(ALL);
    expect(copied.people).toBe(0);
    expect(copied.faces).toBeLessThan(ALL.faces);
    expect(copied.negatives).toBe(ALL.negatives);
  });

  it('is refused where the target has others, is the original or would be gone', async () => {
    const [from, to] = [newFile(), newFile()];
    await fill(from);
    await (await openGallery(to, KNOWN)).createPerson({ name: 'Stranger' });
    await expect(copyGallery(from, to)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await expect(copyGallery(from, from)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(copyGallery(from, `sqlite:${from}`)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(copyGallery(from, 'memory:')).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(copyGallery(newFile(), newFile())).rejects.toMatchObject({ code: 'ERR_FILE_NOT_FOUND' });
    const other = newFile();
    const embedder = { ...TEST_EMBEDDER, id: 'other' };
    await (await openGallery(other, { ...KNOWN, embedder })).dispose();
    await expect(copyGallery(from, other)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
  });
});

describeWithPostgres('a copy of a gallery to PostgreSQL and back', ({ createDatabase }) => {
  it('is the same, with what can be undone and those who have expired', async () => {
    const [from, back] = [newFile(), newFile()];
    const { mergeId } = await fill(from);
    const url = await createDatabase();
    const there = await copyGallery(from, url);
    expect(there).toMatchObject({ rows: ALL, copied: ALL });
    expect(await copyGallery(from, url)).toEqual({ ...there, copied: NONE });
    expect(await copyGallery(url, back)).toEqual(there);
    for (const copy of [url, back]) {
      await using gallery = await openGallery(copy, KNOWN);
      expect(gallery.metric).toBe(DLIB_FACTS.metric);
      const [best] = await gallery.search(photos[20]![3]!);
      expect(best).toMatchObject({ person: { name: 'P 20 é' }, distance: 0 });
      expect([
        ...(await gallery.getThumbnail((await gallery.listFaces({ limit: 1 })).items[0]!.id))!,
      ]).toEqual([0, 0, 255]);
      expect(await gallery.undoMerge(mergeId)).toMatchObject({ name: 'P 1 é', faces: 40 });
    }
  });
});
