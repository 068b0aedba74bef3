import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Gallery } from '../../src/gallery/gallery.ts';
import { passTime } from '../pass-time.ts';
import { syntheticPeople } from './synthetic-people.ts';
import { filesContaining, STORES, temporaryGalleries } from './temporary-gallery.ts';

const { openIn, folder } = temporaryGalleries();
const bytesOf = (embedding: Float32Array) => new Uint8Array(embedding.slice().buffer);

async function galleryOf(gallery: Gallery, names: readonly string[]) {
  const photos = syntheticPeople(names.length, 2);
  const ids: string[] = [];
  for (const [i, name] of names.entries()) {
    const { id } = await gallery.createPerson({ name });
    await gallery.addFaces(
      id,
      photos[i]!.map((embedding) => ({ embedding })),
    );
    ids.push(id);
  }
  const whoIs = async (i: number) => (await gallery.search(photos[i]![0]!, { limit: 1 }))[0]?.person.name;
  return { gallery, ids, photos, whoIs };
}

describe.each(STORES)('merging people in %s', (store) => {
  const open = openIn(store);

  it('gives all faces to the person who stays, and can be undone', async () => {
    const { gallery, ids, whoIs, photos } = await galleryOf(await open(), ['Ann', 'Annie']);
    await gallery.addNegative(ids[1]!, { embedding: photos[0]![1]!.map((x) => -x) });
    const before = await gallery.getPerson(ids[1]!);
    const merge = await gallery.mergePerson(ids[1]!, ids[0]!);
    expect(merge.person).toMatchObject({ name: 'Ann', faces: 4 });
    expect(merge.movedFaces).toBe(2);
    expect(await whoIs(1)).toBe('Ann');
    expect(await gallery.getPerson(ids[1]!)).toBeNull();
    expect((await gallery.listNegatives({ personId: ids[0]! })).items).toHaveLength(1);
    expect(await gallery.undoMerge(merge.id)).toEqual(before);
    expect([await whoIs(0), await whoIs(1)]).toEqual(['Ann', 'Annie']);
    expect((await gallery.listNegatives({ personId: ids[1]! })).items).toHaveLength(1);
    await expect(gallery.undoMerge(merge.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
  });

  it('gives back only faces that still exist, and leaves newer ones', async () => {
    const { gallery, ids, photos } = await galleryOf(await open(), ['Ann', 'Annie']);
    const merge = await gallery.mergePerson(ids[1]!, ids[0]!);
    const all = (await gallery.listFaces({ personId: ids[0]! })).items;
    await gallery.deleteFace(all[3]!.id);
    await gallery.addFaces(ids[0]!, [{ embedding: photos[1]![1]! }]);
    expect((await gallery.undoMerge(merge.id)).faces).toBe(1);
    expect((await gallery.getPerson(ids[0]!))?.faces).toBe(3);
  });

  it('is undone in the opposite order', async () => {
    const { gallery, ids, whoIs } = await galleryOf(await open(), ['A', 'B', 'C']);
    const first = await gallery.mergePerson(ids[0]!, ids[1]!);
    const second = await gallery.mergePerson(ids[1]!, ids[2]!);
    expect(await whoIs(0)).toBe('C');
    await expect(gallery.undoMerge(first.id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await gallery.undoMerge(second.id);
    await gallery.undoMerge(first.id);
    expect([await whoIs(0), await whoIs(1), await whoIs(2)]).toEqual(['A', 'B', 'C']);
  });

  it('cannot be undone while the name is taken, nor after the person was deleted', async () => {
    const { gallery, ids } = await galleryOf(await open(), ['A', 'B', 'C']);
    const first = await gallery.mergePerson(ids[0]!, ids[1]!);
    const { id } = await gallery.createPerson({ name: 'A' });
    await expect(gallery.undoMerge(first.id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    await gallery.deletePerson(id);
    const second = await gallery.mergePerson(ids[1]!, ids[2]!);
    await gallery.deletePerson(ids[2]!);
    for (const merge of [first, second]) {
      await expect(gallery.undoMerge(merge.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    }
  });

  it('prolongs nobody: what came with an expiry goes with it, also after two merges', async () => {
    const directory = folder();
    const gallery = await open(store === 'sqlite' ? { path: join(directory, 'g.db') } : {});
    const [photos, others] = syntheticPeople(2, 2);
    const guest = await gallery.createPerson({ name: 'Guest', expiresAt: new Date(Date.now() + 60_000) });
    const ann = await gallery.createPerson({ name: 'Ann' });
    const anna = await gallery.createPerson({ name: 'Anna' });
    await gallery.addFaces(guest.id, [{ embedding: photos![0]!, source: 'guest.jpg' }]);
    await gallery.addNegative(guest.id, { embedding: others![1]!, source: 'not-guest.jpg' });
    await gallery.addFaces(ann.id, [{ embedding: others![0]!, source: 'ann.jpg' }]);
    const merge = await gallery.mergePerson(guest.id, ann.id);
    await gallery.mergePerson(ann.id, anna.id);
    passTime(60_000);
    await expect(gallery.undoMerge(merge.id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    await gallery.purgeExpired();
    expect(await gallery.getPerson(anna.id)).toMatchObject({ faces: 1 });
    expect((await gallery.listNegatives()).items).toEqual([]);
    const needles = ['Guest', 'guest.jpg'].map((text) => Buffer.from(text));
    expect(filesContaining(directory, [...needles, bytesOf(photos![0]!), bytesOf(others![1]!)])).toEqual([]);
    expect(filesContaining(directory, [bytesOf(others![0]!)])).toEqual(store === 'sqlite' ? ['g.db'] : []);
  });

  it('refuses a person with himself', async () => {
    const { gallery, ids } = await galleryOf(await open(), ['A']);
    await expect(gallery.mergePerson(ids[0]!, ids[0]!)).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
  });
});
