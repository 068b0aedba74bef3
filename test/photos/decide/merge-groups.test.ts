import { expect, it } from 'vitest';
import type { PhotoStore } from '../../../src/gallery/stores/photos/photo-store.ts';
import { mergeGroups, mergePeopleOfPhotos, splitGroup } from '../../../src/photos/decide/merge-groups.ts';
import { nameFaces } from '../../../src/photos/decide/name-faces.ts';
import { undoDecision } from '../../../src/photos/decide/undo-decision.ts';
import { groupPhotos } from '../../../src/photos/group/group-photos.ts';
import { describePhotos } from '../../gallery/stores/photos/describe-photos.ts';
import { STORE_EMBEDDER } from '../../gallery/stores/store-conformance.ts';
import { keepFaces } from '../grouped-photos.ts';

function looks(person: number, shift = 0): Float32Array {
  const embedding = new Float32Array(STORE_EMBEDDER.dimension);
  embedding[person] = 1;
  embedding[(person + 1) % STORE_EMBEDDER.dimension] = shift;
  return embedding;
}

async function keepOne(store: PhotoStore, person: number, shift: number): Promise<string> {
  return (await keepFaces(store, [{ embedding: looks(person, shift) }]))[0]!;
}

async function keepTwoPeople(store: PhotoStore) {
  const ada: string[] = [];
  const bob: string[] = [];
  for (const shift of [0, 0.02, 0.04, 0.06]) {
    ada.push(await keepOne(store, 0, shift));
    bob.push(await keepOne(store, 4, shift));
  }
  return { ada, bob };
}

async function groupsOf(store: PhotoStore, ids: readonly string[]): Promise<Set<string | null>> {
  const faces = await store.faces(ids);
  return new Set(ids.map((id) => faces.get(id)!.groupId));
}

describePhotos((open) => {
  it('keeps merged groups one through later groupings, and parts them when that is undone', async () => {
    const library = await open();
    const { store } = library;
    const { ada, bob } = await keepTwoPeople(store);
    await groupPhotos(library);
    const [one, other] = await store.listGroups({ limit: 9 });
    const merged = await mergeGroups(library, [one!.groupId, other!.groupId]);
    expect(merged).toMatchObject({ kind: 'merge', personId: null });
    await groupPhotos(library);
    expect((await groupsOf(store, [...ada, ...bob])).size).toBe(1);

    // So many new ones that all are grouped anew.
    for (let i = 0; i < 9; i++) await keepOne(store, 2, i / 100);
    await groupPhotos(library);
    const together = await groupsOf(store, [...ada, ...bob]);
    expect(together.size).toBe(1);
    expect(together).not.toContain(null);

    await undoDecision(library, merged.id);
    await groupPhotos(library);
    expect((await groupsOf(store, ada)).size).toBe(1);
    expect(await groupsOf(store, bob)).not.toEqual(await groupsOf(store, ada));
  });

  it('gives a nameless group the name of the one that it is merged with', async () => {
    const library = await open();
    const { store, gallery } = library;
    const { ada, bob } = await keepTwoPeople(store);
    await nameFaces(library, ada, 'Ada');
    await groupPhotos(library);
    const groups = (await store.listGroups({ limit: 9 })).map(({ groupId }) => groupId);
    const merged = await mergeGroups(library, groups);
    const faces = await store.faces(bob);
    const { id } = (await gallery.findPerson('Ada'))!;
    expect(bob.map((face) => faces.get(face)!.personId)).toEqual(bob.map(() => id));
    await undoDecision(library, merged.id);
    expect((await store.listPeople()).map((person) => person.faces)).toEqual([ada.length]);
  });

  it('never puts faces that were picked out of a group back, and does when that is undone', async () => {
    const library = await open();
    const { store } = library;
    const { ada } = await keepTwoPeople(store);
    await groupPhotos(library);
    const [group] = await groupsOf(store, ada);
    const odd = [ada[0]!, ada[1]!];
    const rest = ada.slice(2);
    await expect(splitGroup(library, group!, ada)).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    await expect(splitGroup(library, group!, ['?'])).rejects.toMatchObject({ code: 'ERR_INVALID_ARGUMENT' });
    const split = await splitGroup(library, group!, odd);
    for (let i = 0; i < 10; i++) {
      await groupPhotos(library);
      const kept = await groupsOf(store, rest);
      for (const id of await groupsOf(store, odd)) if (id !== null) expect(kept).not.toContain(id);
      await keepOne(store, 2, i / 100);
    }
    // Nor when the rest gets a name.
    const named = await nameFaces(library, rest, 'Ada');
    await groupPhotos(library, { force: true });
    const ofAda = await groupsOf(store, rest);
    for (const id of await groupsOf(store, odd)) expect(ofAda).not.toContain(id);

    await undoDecision(library, named.decisionId);
    await undoDecision(library, split.id);
    await groupPhotos(library);
    expect((await groupsOf(store, ada)).size).toBe(1);
  });

  it('takes the name from faces that are picked out of a group with one', async () => {
    const library = await open();
    const { store } = library;
    const { ada } = await keepTwoPeople(store);
    const { personId } = await nameFaces(library, ada, 'Ada');
    await groupPhotos(library);
    const [group] = await groupsOf(store, ada);
    await splitGroup(library, group!, [ada[3]!]);
    expect((await store.faces([ada[3]!])).get(ada[3]!)).toMatchObject({
      personId: null,
      notPersonIds: [personId],
    });
  });

  it('makes two people one and two again', async () => {
    const library = await open();
    const { store, gallery } = library;
    const { ada, bob } = await keepTwoPeople(store);
    const { personId } = await nameFaces(library, ada, 'Ada');
    const other = await nameFaces(library, bob, 'Adda');
    const merged = await mergePeopleOfPhotos(library, other.personId, personId);
    expect(merged).toMatchObject({ kind: 'merge', personId });
    expect((await store.listPeople()).map(({ name, faces }) => [name, faces])).toEqual([['Ada', 8]]);
    // A name that is somebody else's now stands in the way, and nothing is undone then.
    const taken = await gallery.createPerson({ name: 'Adda' });
    await expect(undoDecision(library, merged.id)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
    expect((await store.listPeople()).map(({ faces }) => faces)).toEqual([8]);
    await gallery.deletePerson(taken.id);
    await undoDecision(library, merged.id);
    const people = (await store.listPeople()).map(({ name, faces }) => [name, faces]);
    expect(people).toEqual([
      ['Ada', 4],
      ['Adda', 4],
    ]);
    expect((await gallery.findPerson('Adda'))!.faces).toBeGreaterThan(0);
  });
});
