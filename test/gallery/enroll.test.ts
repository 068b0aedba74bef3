import { describe, expect, it } from 'vitest';
import { syntheticPeople } from './synthetic-people.ts';
import { STORES, temporaryGalleries } from './temporary-gallery.ts';

const { openIn } = temporaryGalleries();
const [[ann, anotherOfAnn] = [], [bob] = []] = syntheticPeople(2, 2);

/** The embedding of the same photo, saved again: so far away from the first. */
function savedAgain(embedding: Float32Array, distance: number): Float32Array {
  const again = embedding.slice();
  again[3]! += distance;
  return again;
}

describe.each(STORES)('a photo that is enrolled twice in %s', (store) => {
  const open = openIn(store);

  it('is there already the second time, and nothing is added', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    const [first] = await gallery.addFaces(id, [{ embedding: ann!, source: '1.jpg' }]);
    expect(first!.alreadyThere).toBe(false);
    for (const embedding of [ann!, savedAgain(ann!, 0.045)]) {
      const [second] = await gallery.addFaces(id, [{ embedding, source: 'copy.png' }]);
      expect(second).toEqual({ face: first!.face, alreadyThere: true, flags: [], nearerPerson: null });
    }
    expect((await gallery.stats()).faces).toBe(1);
    const others = [{ embedding: savedAgain(ann!, 0.1) }, { embedding: anotherOfAnn! }];
    expect((await gallery.addFaces(id, others)).map(({ alreadyThere }) => alreadyThere)).toEqual([
      false,
      false,
    ]);
  });

  it('is recognized within one call, and in any metric', async () => {
    for (const metric of ['euclidean', 'cosine'] as const) {
      const gallery = await open({ metric });
      const { id } = await gallery.createPerson({ name: 'Ann' });
      const added = await gallery.addFaces(id, [{ embedding: ann! }, { embedding: ann! }]);
      expect(added.map(({ alreadyThere }) => alreadyThere)).toEqual([false, true]);
      expect(added[1]!.face.id).toBe(added[0]!.face.id);
    }
  });

  it('is added once, however many enroll it at the same time', async () => {
    const gallery = await open();
    const twice = () => gallery.enroll({ name: 'Ann' }, [{ embedding: ann! }, { embedding: anotherOfAnn! }]);
    const all = await Promise.all([twice(), twice(), twice()]);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    const added = all.flatMap(({ faces }) => faces.filter(({ alreadyThere }) => !alreadyThere));
    expect(added).toHaveLength(2);
    expect(await gallery.stats()).toMatchObject({ people: 1, faces: 2 });
  });

  it('is added where that is wished for', async () => {
    const gallery = await open();
    const { id } = await gallery.createPerson({ name: 'Ann' });
    for (let i = 0; i < 2; i++) await gallery.addFaces(id, [{ embedding: ann! }], { duplicates: 'keep' });
    expect((await gallery.stats()).faces).toBe(2);
  });

  it('is told to be the same photo where it is under another name', async () => {
    const gallery = await open();
    await gallery.enroll({ name: 'Ann' }, [{ embedding: ann! }]);
    const { faces } = await gallery.enroll({ name: 'Beth' }, [{ embedding: ann! }]);
    expect(faces[0]).toMatchObject({
      alreadyThere: false,
      nearerPerson: { name: 'Ann', distance: 0, samePhoto: true },
    });
    const [other] = (await gallery.enroll({ name: 'Cy' }, [{ embedding: anotherOfAnn! }])).faces;
    expect(other!.nearerPerson).toMatchObject({ samePhoto: false });
  });

  it('is skipped by an import that has it under another id', async () => {
    const [from, to] = [await open(), await open()];
    for (const gallery of [from, to]) await gallery.enroll({ name: 'Ann' }, [{ embedding: ann! }]);
    await from.enroll({ name: 'Ann' }, [{ embedding: anotherOfAnn! }]);
    expect(await to.import(from.export())).toMatchObject({ people: 0, faces: 1, present: 2 });
    expect((await to.stats()).faces).toBe(2);
  });
});

describe.each(STORES)('enroll in %s', (store) => {
  const open = openIn(store);

  it('makes a person with the first face and finds them by name later', async () => {
    const gallery = await open();
    const consent = { text: 'yes', at: new Date() };
    const first = await gallery.enroll({ name: 'Ann', consent }, [{ embedding: ann! }]);
    expect(first).toMatchObject({ created: true, person: { name: 'Ann', faces: 1, consent } });
    const second = await gallery.enroll({ name: ' Ann ' }, [{ embedding: anotherOfAnn! }]);
    expect(second).toMatchObject({ created: false, person: { id: first.person.id, faces: 2, consent } });
  });

  it.each([
    [
      'a photo that the review refuses',
      { embedding: bob!, quality: { faceCount: 2 } },
      'ERR_UNSUITABLE_FACE',
    ],
    [
      'a picture of the face where none are kept',
      { embedding: bob!, thumbnail: new Uint8Array(3) },
      'ERR_UNSUPPORTED_OPTION',
    ],
    ['an embedding that is none', { embedding: new Float32Array(2) }, 'ERR_SHAPE_MISMATCH'],
    ['a source that is too long', { embedding: bob!, source: 'x'.repeat(1001) }, 'ERR_INVALID_ARGUMENT'],
  ])('leaves no trace of a new person after %s', async (_, face, code) => {
    const gallery = await open();
    await expect(gallery.enroll({ name: 'Bob' }, [face])).rejects.toMatchObject({ code });
    await expect(gallery.enroll({ name: 'Bob' }, [{ embedding: ann! }, face])).rejects.toMatchObject({
      code,
    });
    expect(await gallery.findPerson('Bob')).toBeNull();
    expect(await gallery.stats()).toMatchObject({ people: 0, faces: 0 });
  });

  it('refuses no face at all and a name that is none', async () => {
    const gallery = await open();
    await expect(gallery.enroll({ name: 'Bob' }, [])).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(gallery.enroll({ name: '' }, [{ embedding: bob! }])).rejects.toMatchObject({
      code: 'ERR_INVALID_ARGUMENT',
    });
    expect((await gallery.stats()).people).toBe(0);
  });
});
