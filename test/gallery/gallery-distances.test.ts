import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { exportGallery, importGallery, readGalleryFileHeader } from '../../src/gallery/gallery-file.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import { SqliteConnection } from '../../src/node/sqlite/sqlite-connection.ts';
import { TOY_PROFILE } from '../toy/toy-family.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { folder } = temporaryGalleries();
const { id, sha256, dimension } = TOY_PROFILE;
const embedder = { id, sha256, dimension };
const probe = Float32Array.of(0.6, 0.8, 0);

let warnings: { readonly code?: string; readonly message: string }[];
const take = (warning: Error) => warnings.push(warning as never);
beforeEach(() => {
  warnings = [];
  process.on('warning', take);
});
afterEach(() => process.off('warning', take));
const told = async (code: string) => {
  await new Promise(setImmediate);
  return warnings.filter((warning) => warning.code === code).length;
};

describe('what distances mean in a gallery of an embedder that no pack has', () => {
  it.each([
    ['as distances', { embedder, distances: TOY_PROFILE }],
    ['with its profile', { embedder: TOY_PROFILE }],
  ])('is remembered where it was said %s when the gallery was made', async (_how, options) => {
    const path = join(folder(), 'g.db');
    await (await openGallery(path, options)).dispose();
    await using again = await openGallery(path);
    expect(again.metric).toBe('cosine');
    expect(again.thresholds).toEqual(TOY_PROFILE.thresholds);
    await again.enroll({ name: 'Ada' }, [{ embedding: probe }], { review: 'off' });
    expect((await again.search(probe))[0]?.probability).toBeGreaterThan(0.5);
    expect(await told('FACE_TRIGGER_UNKNOWN_DISTANCES')).toBe(0);
  });

  it('goes with an export into a new gallery', async () => {
    const file = join(folder(), 'g.jsonl');
    await using gallery = await openGallery('memory:', { embedder: TOY_PROFILE });
    await exportGallery(gallery, file);
    const path = join(folder(), 'g.db');
    const copy = await openGallery(path, await readGalleryFileHeader(file));
    await importGallery(copy, file);
    await copy.dispose();
    await using again = await openGallery(path);
    expect(again.thresholds).toEqual(TOY_PROFILE.thresholds);
  });

  it("is dlib's with a warning in a Euclidean gallery that does not know", async () => {
    await using gallery = await openGallery('memory:', { embedder });
    await gallery.createPerson({ name: 'Ada' });
    expect(await told('FACE_TRIGGER_UNKNOWN_DISTANCES')).toBe(0);
    expect(gallery.thresholds).toEqual(DLIB_FACTS.thresholds);
    await gallery.search(probe);
    expect(await told('FACE_TRIGGER_UNKNOWN_DISTANCES')).toBe(1);
  });

  it("is never dlib's in a cosine gallery, whose people can still be listed", async () => {
    await using gallery = await openGallery('memory:', { embedder, metric: 'cosine' });
    await gallery.createPerson({ name: 'Ada' });
    expect((await gallery.listPeople()).items).toHaveLength(1);
    await expect(gallery.search(probe)).rejects.toMatchObject({ code: 'ERR_MODEL_NOT_FOUND' });
    expect(() => gallery.thresholds).toThrow(/--models/);
  });

  it.each(['{}', 'no JSON', JSON.stringify({ ...DLIB_FACTS, metric: 'manhattan' })])(
    'is refused where a file says it badly: %s',
    async (value) => {
      const path = join(folder(), 'g.db');
      await (await openGallery(path, { embedder: TOY_PROFILE })).dispose();
      const connection = await SqliteConnection.open(path, { create: false });
      connection.run("UPDATE setting SET value = ? WHERE key = 'distances'", [value]);
      connection.close();
      await expect(openGallery(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    },
  );
});

describe('the length of the embeddings of a gallery', () => {
  const facts = { ...TOY_PROFILE, lengthRule: { length: 2, applies: 'when even' } } as const;
  const scaled = (length: number, x = 0.6) =>
    Float32Array.of(x, Math.sqrt(1 - x * x), 0).map((value) => value * length);

  it.each([
    [true, 2, 1.7],
    [false, 1.7, 2],
  ])(
    'is even: %s, read off its faces, and others among them are warned of once',
    async (even, own, other) => {
      const path = join(folder(), 'g.db');
      const first = await openGallery(path, { embedder: facts });
      await first.enroll({ name: 'Ada' }, [{ embedding: scaled(own) }], { review: 'off' });
      await first.dispose();
      await using gallery = await openGallery(path);
      expect(gallery.evenLength).toBe(even);
      await gallery.search(scaled(own, 0.7));
      expect(await told('FACE_TRIGGER_MIXED_LENGTHS')).toBe(0);
      await gallery.search(scaled(other, 0.7));
      await gallery.enroll({ name: 'Bob' }, [{ embedding: scaled(other, 0.1) }], { review: 'off' });
      expect(await told('FACE_TRIGGER_MIXED_LENGTHS')).toBe(1);
    },
  );

  it('is open again once everybody is deleted', async () => {
    await using gallery = await openGallery('memory:', { embedder: facts });
    const { person } = await gallery.enroll({ name: 'Ada' }, [{ embedding: scaled(1.7) }], { review: 'off' });
    await gallery.deletePerson(person.id);
    expect(gallery.evenLength).toBe(true);
  });
});
