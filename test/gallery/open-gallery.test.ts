import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { galleryAddress } from '../../src/gallery/gallery-address.ts';
import { galleryExists } from '../../src/gallery/gallery-exists.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { SqliteGallery } from '../../src/gallery/sqlite-gallery.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { temporaryGalleries } from './temporary-gallery.ts';

const { folder } = temporaryGalleries();
const embedder = TEST_EMBEDDER;

describe('the address of a gallery', () => {
  it.each([
    ['gallery.db', 'gallery.db'],
    ['sqlite:gallery.db', 'gallery.db'],
    ['SQLite:/data/gallery.db', '/data/gallery.db'],
    ['sqlite:///data/gallery.db', '///data/gallery.db'],
    ['sqlite:memory:', 'memory:'],
    ['C:\\people\\gallery.db', 'C:\\people\\gallery.db'],
    ['./memory:', './memory:'],
    ['holiday: 2026.db', 'holiday: 2026.db'],
    ['file:///data/gallery.db', 'file:///data/gallery.db'],
  ])('%s is that of a file', (url, path) => {
    expect(galleryAddress(url)).toEqual({ kind: 'sqlite', path });
  });

  it.each(['memory:', 'MEMORY:'])('%s is that of a gallery in memory', (url) => {
    expect(galleryAddress(url)).toEqual({ kind: 'memory' });
  });

  it.each([
    ['', 'ERR_INVALID_ARGUMENT'],
    ['a\0b', 'ERR_INVALID_ARGUMENT'],
    ['sqlite:', 'ERR_INVALID_ARGUMENT'],
    ['memory:people', 'ERR_INVALID_ARGUMENT'],
    ['postgresql:people?password=secret', 'ERR_INVALID_ARGUMENT'],
    ['postgres://face:secret@127.0.0.1:1/people', 'ERR_UNAVAILABLE'],
    ['postgres://face:secret@no-such-host.invalid/people', 'ERR_UNAVAILABLE'],
    [undefined as unknown as string, 'ERR_INVALID_ARGUMENT'],
  ])('%j is refused, and no password repeated', async (url, code) => {
    for (const use of [openGallery, galleryExists]) {
      const error = await use(url, { embedder }).then(
        () => null,
        (reason: unknown) => reason,
      );
      expect(error).toMatchObject({ code });
      expect(String(error)).not.toContain('secret');
    }
  });

  it.each(['http://127.0.0.1/gallery.db', 'mysql://face:secret@db/people'])(
    '%s is none that a gallery lives at',
    async (url) => {
      const refused = openGallery(url, { embedder });
      await expect(refused).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
      await expect(refused).rejects.not.toThrow('secret');
    },
  );
});

describe('openGallery', () => {
  it('opens one file by each of its addresses', async () => {
    const path = join(folder(), 'gällery.db');
    expect(await galleryExists(path)).toBe(false);
    {
      await using gallery = await openGallery(`sqlite:${path}`, { embedder });
      await gallery.createPerson({ name: 'Ann' });
    }
    for (const url of [path, `sqlite:${path}`, pathToFileURL(path).href, path.normalize('NFD')]) {
      expect(await galleryExists(url)).toBe(true);
      await using gallery = await openGallery(url);
      expect((await gallery.listPeople()).items.map(({ name }) => name)).toEqual(['Ann']);
    }
    await using old = await SqliteGallery.create({ path, createFile: false });
    expect((await old.findPerson('Ann'))?.name).toBe('Ann');
  });

  it('makes nothing where only an existing gallery is wanted', async () => {
    const path = join(folder(), 'g.db');
    const missing = { code: 'ERR_FILE_NOT_FOUND' };
    await expect(openGallery(path, { create: false })).rejects.toMatchObject(missing);
    await expect(openGallery('memory:', { embedder, create: false })).rejects.toMatchObject(missing);
    expect(existsSync(path)).toBe(false);
  });

  it('makes a new gallery in memory each time, which leaves nothing behind', async () => {
    const before = process.cwd();
    const directory = folder();
    process.chdir(directory);
    try {
      const [[photo, probe] = []] = syntheticPeople(1, 2);
      await using first = await openGallery('memory:', { embedder });
      await using second = await openGallery('memory:', {
        embedder,
        metric: 'cosine',
        distances: DLIB_FACTS,
      });
      await first.enroll({ name: 'Ann' }, [{ embedding: photo! }]);
      expect((await first.search(probe!))[0]?.person.name).toBe('Ann');
      expect(await second.search(probe!)).toEqual([]);
      expect([first.metric, second.metric]).toEqual(['euclidean', 'cosine']);
      expect(await first.stats()).toMatchObject({ people: 1, faces: 1, bytes: 0, index: 'exact' });
      expect(await galleryExists('memory:')).toBe(false);
      expect(existsSync('memory:')).toBe(false);
    } finally {
      process.chdir(before);
    }
  });

  it('asks for the embedder of a new gallery, and takes no other metric than there is', async () => {
    for (const url of ['memory:', join(folder(), 'g.db')]) {
      const refused = { code: 'ERR_INVALID_ARGUMENT' };
      await expect(openGallery(url)).rejects.toMatchObject(refused);
      const metric = 'manhattan' as 'cosine';
      await expect(openGallery(url, { embedder, metric })).rejects.toMatchObject(refused);
      const wrong = { ...embedder, dimension: 1 };
      await expect(openGallery(url, { embedder: wrong })).rejects.toMatchObject(refused);
    }
  });

  it('copies a gallery from one kind of store to another and back', async () => {
    const path = join(folder(), 'g.db');
    await using file = await openGallery(path, { embedder, thumbnails: true });
    await using memory = await openGallery('memory:', { embedder, thumbnails: true });
    await using back = await openGallery(join(folder(), 'b.db'), { embedder, thumbnails: true });
    for (const [i, photos] of syntheticPeople(4, 3).entries()) {
      const consent = i === 2 ? { text: 'yes', at: new Date('2026-05-06') } : null;
      const { person } = await file.enroll({ name: `P${i}`, consent }, [
        { embedding: photos[0]!, source: 'a', quality: { eyeDistance: 90 }, thumbnail: Uint8Array.of(i) },
        { embedding: photos[1]! },
      ]);
      await file.addNegative(person.id, { embedding: photos[2]! });
    }
    await memory.import(file.export());
    await back.import(memory.export());
    const recordsOf = (gallery: typeof file) => all(gallery.export());
    expect(await recordsOf(memory)).toEqual(await recordsOf(file));
    expect(await recordsOf(back)).toEqual(await recordsOf(file));
  });
});

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const found: Item[] = [];
  for await (const item of items) found.push(item);
  return found;
}
