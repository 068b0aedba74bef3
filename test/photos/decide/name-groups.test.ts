import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { PhotoStore } from '../../../src/gallery/stores/photos/photo-store.ts';
import { DLIB_FACTS } from '../../../src/models/dlib/dlib-facts.ts';
import { ignoreFaces, notPerson } from '../../../src/photos/decide/decide-faces.ts';
import { nameFaces } from '../../../src/photos/decide/name-faces.ts';
import { settleDecisions } from '../../../src/photos/decide/settle-decisions.ts';
import { undoDecision } from '../../../src/photos/decide/undo-decision.ts';
import { facesOfGroup } from '../../../src/photos/group/faces-of-group.ts';
import { groupPhotos } from '../../../src/photos/group/group-photos.ts';
import { nextQuestions, suggestionsFor } from '../../../src/photos/group/next-questions.ts';
import { describePhotos, openBeside, temporaryFolder } from '../../gallery/stores/photos/describe-photos.ts';
import { STORE_EMBEDDER } from '../../gallery/stores/store-conformance.ts';
import { keepFaces } from '../grouped-photos.ts';

/** An embedding of one of a few people who are far from each other. */
function looks(person: number, shift = 0): Float32Array {
  const embedding = new Float32Array(STORE_EMBEDDER.dimension);
  embedding[person] = 1;
  embedding[(person + 1) % STORE_EMBEDDER.dimension] = shift;
  return embedding;
}

async function keepAlbum(store: PhotoStore): Promise<{ readonly ada: string[]; readonly bob: string[] }> {
  const ada: string[] = [];
  const bob: string[] = [];
  for (const shift of [0, 0.02, 0.04, 0.06]) {
    const [first, second] = await keepFaces(store, [
      { embedding: looks(0, shift) },
      ...(shift < 0.05 ? [{ embedding: looks(4, shift) }] : []),
    ]);
    ada.push(first!);
    if (second !== undefined) bob.push(second);
  }
  return { ada, bob };
}

it("groups by the embedder's own distances, whatever the gallery measures in", async () => {
  const { gallery, store } = await openBeside(join(temporaryFolder(), 'gallery.db'), { metric: 'cosine' });
  expect(gallery.metric).not.toBe(DLIB_FACTS.metric);
  const { ada } = await keepAlbum(store);
  // 0.8 apart, which is two people; 0.32 in the gallery's metric, which would be one in the embedder's.
  const similar = looks(0);
  similar.set([0.68, 0, Math.sqrt(1 - 0.68 ** 2)]);
  const [other] = await keepFaces(store, [{ embedding: similar }]);
  await groupPhotos({ gallery, store });
  const faces = await store.faces([...ada, other!]);
  expect(new Set(ada.map((id) => faces.get(id)!.groupId)).size).toBe(1);
  expect(faces.get(other!)!.groupId).toBeNull();
  expect((await store.listGroups({ limit: 9 })).map((group) => group.faces)).toEqual([4, 3]);
});

describePhotos((open) => {
  it('groups faces, names a group, enrolls it, and undoes all of it by one id', async () => {
    const library = await open();
    const { gallery, store } = library;
    const { ada, bob } = await keepAlbum(store);
    expect(await groupPhotos(library)).toMatchObject({ changed: true, faces: 7, groups: 2, nameless: 2 });
    const questions = await nextQuestions(store, { limit: 10 });
    expect(questions.map(({ faces }) => faces)).toEqual([4, 3]);
    const group = await facesOfGroup(store, questions[0]!.groupId);
    expect([...group].sort()).toEqual([...ada].sort());

    const named = await nameFaces(library, group, 'Ada');
    expect(named).toMatchObject({ created: true, faces: 4 });
    // Pictures that are nearly the same are enrolled once.
    expect(named.enrolled).toBe((await gallery.findPerson('Ada'))!.faces);
    expect(named.enrolled).toBeGreaterThan(0);
    const [match] = await gallery.search(looks(0, 0.01), { limit: 1 });
    expect(match?.person.name).toBe('Ada');
    expect(await groupPhotos(library)).toMatchObject({ changed: true, groups: 2, nameless: 1 });
    expect(await groupPhotos(library)).toMatchObject({ changed: false, groups: 2, nameless: 1 });
    expect((await nextQuestions(store, { limit: 10 })).map(({ faces }) => faces)).toEqual([bob.length]);

    await undoDecision(library, named.decisionId);
    expect(await gallery.findPerson('Ada')).toBeNull();
    expect(await groupPhotos(library)).toMatchObject({ groups: 2, nameless: 2 });
  });

  it('never puts a face with somebody whom it is said not to be, nor an ignored one anywhere', async () => {
    const library = await open();
    const { store } = library;
    const { ada, bob } = await keepAlbum(store);
    const { personId } = await nameFaces(library, ada.slice(0, 2), 'Ada');
    const refused = await notPerson(library, [ada[2]!], personId);
    await ignoreFaces(library, [bob[0]!]);
    await groupPhotos(library);
    const groupOf = async (id: string) => (await store.faces([id])).get(id)!.groupId;
    const [own, other, ignored] = [await groupOf(ada[0]!), await groupOf(ada[2]!), await groupOf(bob[0]!)];
    expect(own).not.toBeNull();
    expect(other).not.toBe(own);
    expect(ignored).toBeNull();
    const offered = (await suggestionsFor(store, personId)).flatMap(({ faceIds }) => faceIds);
    expect(offered).not.toContain(ada[2]);

    await undoDecision(library, refused.id);
    await groupPhotos(library);
    expect(await groupOf(ada[2]!)).toBe(own);
  });

  it('has a group as it was when all that parted it is undone', async () => {
    const library = await open();
    const { store } = library;
    const { ada } = await keepAlbum(store);
    await groupPhotos(library);
    const named = await nameFaces(library, [ada[0]!], 'Ada');
    const refused = await notPerson(library, ada.slice(1), named.personId);
    await groupPhotos(library);
    const groups = async () => {
      const faces = await store.faces(ada);
      return new Set(ada.map((id) => faces.get(id)!.groupId));
    };
    expect((await groups()).size).toBe(2);
    await undoDecision(library, refused.id);
    await undoDecision(library, named.decisionId);
    await groupPhotos(library);
    expect((await groups()).size).toBe(1);
  });

  it('takes one person for two in a picture, but not in two frames of a film', async () => {
    const library = await open();
    const { store } = library;
    const twins = await keepFaces(store, [{ embedding: looks(0) }, { embedding: looks(0, 0.01) }]);
    const film = await keepFaces(store, [
      { embedding: looks(4), frameMs: 0 },
      { embedding: looks(4, 0.01), frameMs: 2000 },
    ]);
    await groupPhotos(library);
    const faces = await store.faces([...twins, ...film]);
    const groups = (ids: readonly string[]) => ids.map((id) => faces.get(id)!.groupId);
    expect(groups(twins)).toEqual([null, null]);
    expect(new Set(groups(film)).size).toBe(1);
    expect(groups(film)[0]).not.toBeNull();
  });

  it('takes back what a killed process had begun in the gallery', async () => {
    const library = await open();
    const { gallery, store } = library;
    const person = { id: randomUUID(), name: 'Ada' };
    const id = randomUUID();
    const faceId = randomUUID();
    await store.transaction((rows) =>
      rows.insertDecision({
        ...{ id, at: new Date(), kind: 'name', personId: null, undoneAt: null },
        changes: { enrolledFaceIds: [faceId], createdPersonIds: [person.id], pending: 'begun' },
      }),
    );
    await gallery.createPerson(person);
    await gallery.addFaces(person.id, [{ id: faceId, embedding: looks(0) }]);
    await expect(undoDecision(library, id)).rejects.toMatchObject({ code: 'ERR_NOT_FOUND' });
    await settleDecisions(library);
    expect(await gallery.findPerson('Ada')).not.toBeNull();
    await settleDecisions(library, -1);
    expect(await gallery.findPerson('Ada')).toBeNull();
    expect(await store.findDecision(id)).toBeNull();
  });
});
