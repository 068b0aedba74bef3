import { describe, expect, it, onTestFinished } from 'vitest';
import { createRandom } from '../../../src/core/random/random.ts';
import type {
  ChangeCursor,
  FaceRow,
  GalleryStore,
  GalleryWrites,
  NegativeRow,
  PersonRow,
} from '../../../src/gallery/stores/gallery-store.ts';
import { syntheticPeople } from '../synthetic-people.ts';

/** What makes stores of a kind, for galleries of {@link STORE_EMBEDDER}. */
export interface StoreKind {
  /** A new, empty store. */
  open(): Promise<GalleryStore>;
  /** Opens the same rows once more, as another process does; absent where nobody else can. */
  openAgain?(store: GalleryStore): Promise<GalleryStore>;
}

/** The embedder of the stores in this suite. */
export const STORE_EMBEDDER = { id: 'test-embedder', sha256: 'ab'.repeat(32), dimension: 8 };

const NOW = Date.parse('2026-11-27T12:00:00Z');
const embeddings = syntheticPeople(40, 1, { dimension: STORE_EMBEDDER.dimension }).flat();
const embedding = (i: number) => embeddings[i % embeddings.length]!;

function person(name: string, rest: Partial<PersonRow> = {}): PersonRow {
  const createdAt = new Date(NOW - 1000);
  return { id: crypto.randomUUID(), name, createdAt, expiresAt: null, consent: null, ...rest };
}

function face(personSeq: number, i: number, rest: Partial<FaceRow> = {}): FaceRow {
  return { ...negative(personSeq, i), quality: null, thumbnail: null, ...rest };
}

function negative(personSeq: number, i: number): NegativeRow {
  const createdAt = new Date(NOW);
  return { id: crypto.randomUUID(), personSeq, embedding: embedding(i), source: `${i}.jpg`, createdAt };
}

async function addPerson(store: GalleryStore, name: string, faces: readonly number[] = []) {
  return store.transaction(async (rows) => {
    const [added] = await rows.insertPeople([person(name)]);
    const inserted = await rows.insertFaces(faces.map((i) => face(added!.seq, i)));
    return { ...added!, faceSeqs: inserted.map(({ seq }) => seq), faceIds: inserted.map(({ id }) => id) };
  });
}

const everything = { after: 0, limit: 1000, livingAt: null };
const namesIn = async (store: Pick<GalleryStore, 'listPeople'>) =>
  (await store.listPeople(everything)).map(({ name }) => name);

/** What every store has to do, as {@link GalleryStore} says it. */
export function describeStore(kind: string, { open: make, openAgain }: StoreKind): void {
  const open = async (): Promise<GalleryStore> => {
    const store = await make();
    onTestFinished(() => store.dispose());
    return store;
  };

  describe(`a store of the kind ${kind}`, () => {
    it('says what it was made for', async () => {
      const { settings } = await open();
      expect(settings).toMatchObject({ embedder: STORE_EMBEDDER, metric: 'euclidean' });
    });

    it('finds people by number, id and name, with the number of their faces', async () => {
      const store = await open();
      const consent = { text: 'may be recognized', at: new Date(NOW) };
      const row = person('Ann', { expiresAt: new Date(NOW + 1), consent });
      const [ann] = await store.transaction((rows) => rows.insertPeople([row]));
      expect(ann).toEqual({ ...row, seq: ann!.seq, faces: 0 });
      await store.transaction((rows) => rows.insertFaces([face(ann!.seq, 0), face(ann!.seq, 1)]));
      for (const by of [{ seq: ann!.seq }, { id: row.id }, { name: 'Ann' }]) {
        expect(await store.findPerson(by, null)).toEqual({ ...row, seq: ann!.seq, faces: 2 });
      }
      for (const by of [{ seq: ann!.seq + 99 }, { id: 'Ann' }, { name: 'ann' }, { name: row.id }]) {
        expect(await store.findPerson(by, null)).toBeNull();
      }
      const bob = await addPerson(store, 'Bob');
      const found = await store.peopleOf({ ids: [row.id, 'x'], names: ['Bob', 'Ann', 'Cy'] }, null);
      expect(found.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual([ann!.seq, bob.seq]);
    });

    it('lists in the order of insertion, page by page', async () => {
      const store = await open();
      for (let i = 0; i < 7; i++) await addPerson(store, `P${i}`, [i, i + 10]);
      const pages = async (list: (page: typeof everything) => Promise<readonly { seq: number }[]>) => {
        const seqs: number[] = [];
        for (let after = 0; ; after = seqs.at(-1)!) {
          const page = await list({ after, limit: 3, livingAt: null });
          expect(page.length).toBeLessThanOrEqual(3);
          seqs.push(...page.map(({ seq }) => seq));
          if (page.length < 3) return seqs;
        }
      };
      for (const [list, length] of [
        [(page: typeof everything) => store.listPeople(page), 7],
        [(page: typeof everything) => store.listFaces(page), 14],
      ] as const) {
        const seqs = await pages(list);
        expect(seqs).toHaveLength(length);
        expect(seqs).toEqual(seqs.toSorted((a, b) => a - b));
      }
      expect(await namesIn(store)).toEqual(['P0', 'P1', 'P2', 'P3', 'P4', 'P5', 'P6']);
    });

    it('finds names that contain a text, letter by letter', async () => {
      const store = await open();
      for (const name of ['Ann', 'Hannah', 'Bob_', 'B%b', 'Zoë']) await addPerson(store, name);
      const found = async (query: string) =>
        (await store.listPeople({ ...everything, query })).map(({ name }) => name);
      expect(await found('aNN')).toEqual(['Ann', 'Hannah']);
      expect(await found('_')).toEqual(['Bob_']);
      expect(await found('%')).toEqual(['B%b']);
      expect(await found('oë')).toEqual(['Zoë']);
      expect(await found('')).toHaveLength(5);
    });

    it('leaves out of every answer whoever has expired at the moment asked about', async () => {
      const store = await open();
      const { guest, faceRow } = await store.transaction(async (rows) => {
        const [guest] = await rows.insertPeople([person('Guest', { expiresAt: new Date(NOW) })]);
        const faceRow = face(guest!.seq, 0, { thumbnail: Uint8Array.of(1) });
        await rows.insertFaces([faceRow]);
        await rows.insertNegatives([negative(guest!.seq, 1)]);
        return { guest: guest!, faceRow };
      });
      const [{ seq } = { seq: 0 }] = await store.listFaces(everything);
      const answers = async (livingAt: number | null) => {
        const page = { ...everything, livingAt };
        return [
          await store.findPerson({ id: guest.id }, livingAt),
          await store.findPerson({ name: 'Guest' }, livingAt),
          (await store.peopleOf({ ids: [guest.id], names: ['Guest'] }, livingAt))[0] ?? null,
          (await store.listPeople(page))[0] ?? null,
          (await store.listFaces(page))[0] ?? null,
          (await store.listFaces({ ...page, personSeq: guest.seq }))[0] ?? null,
          (await store.listNegatives(page))[0] ?? null,
          await store.findFace(faceRow.id, livingAt),
          await store.findThumbnail(faceRow.id, livingAt),
          (await store.ownersOf([seq], livingAt))[0] ?? null,
        ];
      };
      for (const answer of await answers(NOW)) expect(answer).toBeNull();
      for (const livingAt of [NOW - 1, null]) {
        for (const answer of await answers(livingAt)) expect(answer).not.toBeNull();
      }
      expect((await store.expiredPeople(NOW)).map(({ id }) => id)).toEqual([guest.id]);
      expect(await store.expiredPeople(NOW - 1)).toEqual([]);
      expect(await store.count()).toEqual({ people: 1, faces: 1, negatives: 1 });
    });

    it('keeps what it was given of a face, and gives embeddings where they are asked for', async () => {
      const store = await open();
      const { id: personId, seq: personSeq } = await addPerson(store, 'Ann');
      const quality = { eyeDistance: 90, sharpness: 0.1 + 0.2 };
      const full = face(personSeq, 3, { quality, thumbnail: Uint8Array.of(0, 255, 7) });
      const bare = face(personSeq, 4, { source: null });
      const inserted = await store.transaction((rows) => rows.insertFaces([full, bare]));
      const { id: embedderId, sha256 } = STORE_EMBEDDER;
      const shown = ({ id, source, createdAt, quality, thumbnail }: FaceRow, i: number) => ({
        ...{ seq: inserted[i]!.seq, id, personId, source, createdAt, quality },
        ...{ embedder: { id: embedderId, sha256 }, hasThumbnail: thumbnail !== null },
      });
      expect(inserted).toEqual([full, bare].map(shown));
      expect(await store.listFaces(everything)).toEqual(inserted);
      const withEmbeddings = await store.listFaces({ ...everything, personSeq, withEmbeddings: true });
      expect(withEmbeddings.map((one) => [...one.embedding!])).toEqual([
        [...full.embedding],
        [...bare.embedding],
      ]);
      expect(await store.findFace(full.id, null)).toEqual({ ...inserted[0], embedding: full.embedding });
      expect(await store.findFace('x', null)).toBeNull();
      expect([...(await store.findThumbnail(full.id, null))!.thumbnail!]).toEqual([0, 255, 7]);
      expect(await store.findThumbnail(bare.id, null)).toEqual({ thumbnail: null });
      expect(await store.findThumbnail('x', null)).toBeNull();
    });

    it('is not changed through what it was given or has given', async () => {
      const store = await open();
      const { seq } = await addPerson(store, 'Ann');
      const row = face(seq, 1, { embedding: embedding(1).slice(), thumbnail: Uint8Array.of(1) });
      const example = { ...negative(seq, 2), embedding: embedding(2).slice() };
      await store.transaction(async (rows) => {
        await rows.insertFaces([row]);
        await rows.insertNegatives([example]);
      });
      for (const bytes of [row.embedding, example.embedding, row.thumbnail!]) bytes.fill(0);
      for (let round = 0; round < 2; round++) {
        const given = await store.findFace(row.id, null);
        expect(given!.embedding).toEqual(embedding(1));
        const { thumbnail } = (await store.findThumbnail(row.id, null))!;
        expect([...thumbnail!]).toEqual([1]);
        const [listed] = await store.listNegatives({ ...everything, withEmbeddings: true });
        expect(listed!.embedding).toEqual(embedding(2));
        for (const bytes of [given!.embedding!, thumbnail!, listed!.embedding!]) bytes.fill(0);
      }
    });

    it('says whose faces are, in the order asked for', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1, 2]);
      const bob = await addPerson(store, 'Bob', [3]);
      const [a1, a2] = ann.faceSeqs;
      const owners = await store.ownersOf([bob.faceSeqs[0]!, 9999, a2!, a1!], null);
      expect(owners).toEqual([
        { face: { id: bob.faceIds[0], source: '3.jpg' }, person: { id: bob.id, name: 'Bob' } },
        null,
        { face: { id: ann.faceIds[1], source: '2.jpg' }, person: { id: ann.id, name: 'Ann' } },
        { face: { id: ann.faceIds[0], source: '1.jpg' }, person: { id: ann.id, name: 'Ann' } },
      ]);
      expect(await store.ownersOf([], null)).toEqual([]);
    });

    it('knows which ids and which embeddings are there', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1]);
      const bob = await addPerson(store, 'Bob', [2]);
      const example = negative(bob.seq, 5);
      await store.transaction((rows) => rows.insertNegatives([example]));
      const ids = [ann.faceIds[0]!, example.id, 'x'];
      expect([...(await store.knownIds('face', ids))]).toEqual([ann.faceIds[0]]);
      expect([...(await store.knownIds('negative', ids))]).toEqual([example.id]);
      const asked = [
        { personSeq: ann.seq, embedding: embedding(1) },
        { personSeq: ann.seq, embedding: embedding(2) },
        { personSeq: bob.seq, embedding: embedding(2) },
        { personSeq: bob.seq, embedding: embedding(5) },
      ];
      expect(await store.haveEmbeddings(asked)).toEqual([true, false, true, false]);
    });

    it('changes what is given of a person and leaves the rest', async () => {
      const store = await open();
      const consent = { text: 'yes', at: new Date(NOW) };
      const expiresAt = new Date(NOW + 1);
      const [ann] = await store.transaction((rows) => rows.insertPeople([person('Ann', { consent })]));
      const change = (changes: Parameters<GalleryWrites['updatePerson']>[1]) =>
        store.transaction((rows) => rows.updatePerson(ann!.seq, changes));
      expect(await change({ name: 'Anna' })).toEqual({ ...ann, name: 'Anna' });
      expect(await change({ expiresAt })).toEqual({ ...ann, name: 'Anna', expiresAt });
      expect(await change({ consent: null })).toMatchObject({ name: 'Anna', expiresAt, consent: null });
      expect(await change({ expiresAt: null })).toEqual({ ...ann, name: 'Anna', consent: null });
      expect(await change({ name: 'Anna' })).toMatchObject({ name: 'Anna' });
      expect(await store.findPerson({ name: 'Ann' }, null)).toBeNull();
    });

    it('removes a person with all that the person has', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1, 2]);
      const bob = await addPerson(store, 'Bob', [3]);
      await store.transaction(async (rows) => {
        await rows.insertNegatives([negative(ann.seq, 5), negative(bob.seq, 6)]);
        await rows.deletePerson(ann.seq);
      });
      expect(await store.count()).toEqual({ people: 1, faces: 1, negatives: 1 });
      expect((await store.listFaces(everything)).map(({ personId }) => personId)).toEqual([bob.id]);
      expect(await store.findFace(ann.faceIds[0]!, null)).toBeNull();
      // Name and ids are free again, numbers are not.
      const again = await addPerson(store, 'Ann', [1]);
      expect(again.seq).toBeGreaterThan(bob.seq);
      expect(again.faceSeqs[0]!).toBeGreaterThan(bob.faceSeqs[0]!);
    });

    it('removes one face or one negative example', async () => {
      const store = await open();
      const { seq, faceSeqs } = await addPerson(store, 'Ann', [1, 2]);
      const example = negative(seq, 3);
      await store.transaction(async (rows) => {
        await rows.insertNegatives([example]);
        await rows.deleteFace(faceSeqs[0]!);
        expect(await rows.deleteNegative(example.id)).toBe(true);
        expect(await rows.deleteNegative(example.id)).toBe(false);
      });
      expect(await store.count()).toEqual({ people: 1, faces: 1, negatives: 0 });
      expect(await store.findPerson({ seq }, null)).toMatchObject({ faces: 1 });
    });

    it('gives out no number twice, even that of a row that went last', async () => {
      const store = await open();
      const first = await addPerson(store, 'Ann', [1]);
      await store.transaction((rows) => rows.deletePerson(first.seq));
      const second = await addPerson(store, 'Ann', [1]);
      expect(second.seq).toBeGreaterThan(first.seq);
      expect(second.faceSeqs[0]!).toBeGreaterThan(first.faceSeqs[0]!);
    });

    it('remembers what moved with a merge, and gives back or removes what still exists', async () => {
      const store = await open();
      const from = await addPerson(store, 'From', [1, 2, 3]);
      const into = await addPerson(store, 'Into', [4]);
      const [example] = await store.transaction((rows) => rows.insertNegatives([negative(from.seq, 5)]));
      const consent = { text: 'yes', at: new Date(NOW) };
      const merged = { ...person('From', { consent, expiresAt: new Date(NOW) }), id: from.id };
      const merge = { id: crypto.randomUUID(), person: merged, intoId: into.id, mergedAt: new Date(NOW) };
      const moved = await store.transaction(async (rows) => {
        await rows.insertMerge(merge, from.seq);
        const count = await rows.moveRows(from.seq, into.seq);
        await rows.deletePerson(from.seq);
        await rows.deleteFace(from.faceSeqs[1]!);
        return count;
      });
      expect(moved).toBe(3);
      expect(await store.findPerson({ seq: into.seq }, null)).toMatchObject({ faces: 3 });
      const [stored] = await store.findMerges({ id: merge.id });
      expect(stored).toEqual({ ...merge, seq: stored!.seq });
      expect(await store.findMerges({ intoId: into.id })).toEqual([stored]);
      expect(await store.findMerges({ expiredAt: NOW })).toEqual([stored]);
      for (const by of [{ id: 'x' }, { intoId: from.id }, { expiredAt: NOW - 1 }]) {
        expect(await store.findMerges(by)).toEqual([]);
      }
      const remembered = { faces: [from.faceIds[0], from.faceIds[2]], negatives: [example!.id] };
      expect(await store.listMerges({ after: 0, limit: 10 })).toEqual([{ ...stored, ...remembered }]);
      expect(await store.listMerges({ after: stored!.seq, limit: 10 })).toEqual([]);
      const back = await store.transaction(async (rows) => {
        const [again] = await rows.insertPeople([merged]);
        await rows.moveMerged(stored!.seq, again!.seq);
        return again!;
      });
      const facesOf = async (personSeq: number) =>
        (await store.listFaces({ ...everything, personSeq })).map(({ seq }) => seq);
      expect(await facesOf(back.seq)).toEqual([from.faceSeqs[0], from.faceSeqs[2]]);
      expect(await facesOf(into.seq)).toEqual(into.faceSeqs);
      const examples = await store.listNegatives({ ...everything, personSeq: back.seq });
      expect(examples.map(({ id }) => id)).toEqual([example!.id]);
      await store.transaction(async (rows) => {
        await rows.deleteMerged(stored!.seq);
        await rows.deleteMerge(stored!.seq);
      });
      expect(await facesOf(back.seq)).toEqual([]);
      expect(await store.count()).toEqual({ people: 2, faces: 1, negatives: 0 });
      expect(await store.findMerges({ id: merge.id })).toEqual([]);
    });

    it('remembers a merge of another store as it was there', async () => {
      const store = await open();
      const into = await addPerson(store, 'Into', [1, 2, 3]);
      const [example] = await store.transaction((rows) => rows.insertNegatives([negative(into.seq, 5)]));
      const row = { id: 'merge', person: person('From'), intoId: into.id, mergedAt: new Date(NOW) };
      const moved = { faces: [into.faceIds[0]!, into.faceIds[2]!], negatives: [example!.id] };
      await store.transaction((rows) =>
        rows.restoreMerge(row, { ...moved, faces: [...moved.faces, 'gone'] }),
      );
      const [listed] = await store.listMerges({ after: 0, limit: 1 });
      expect(listed).toEqual({ ...row, ...moved, seq: listed!.seq });
      await store.transaction(async (rows) => {
        const [from] = await rows.insertPeople([row.person]);
        await rows.moveMerged(listed!.seq, from!.seq);
        expect(await rows.findPerson({ seq: from!.seq }, null)).toMatchObject({ faces: 2 });
      });
    });

    it('keeps notes', async () => {
      const store = await open();
      expect(await store.note('clock')).toBeNull();
      for (const value of ['1', '2,3', '']) {
        await store.transaction((rows) => rows.setNote('clock', value));
        expect(await store.note('clock')).toBe(value);
      }
      await store.transaction((rows) => rows.setNote('clock', null));
      expect(await store.note('clock')).toBeNull();
    });
  });

  describe(`transactions of a store of the kind ${kind}`, () => {
    it('are kept whole or not at all', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1]);
      const before = await store.cursor();
      const reason = new Error('no');
      const work = store.transaction(async (rows) => {
        await rows.updatePerson(ann.seq, { name: 'Other' });
        const [bob] = await rows.insertPeople([person('Bob')]);
        await rows.insertFaces([face(bob!.seq, 2)]);
        await rows.insertNegatives([negative(ann.seq, 3)]);
        await rows.deleteFace(ann.faceSeqs[0]!);
        await rows.setNote('clock', 'x');
        throw reason;
      });
      await expect(work).rejects.toBe(reason);
      expect(await namesIn(store)).toEqual(['Ann']);
      expect(await store.count()).toEqual({ people: 1, faces: 1, negatives: 0 });
      expect(await store.findFace(ann.faceIds[0]!, null)).not.toBeNull();
      expect(await store.note('clock')).toBeNull();
      expect(await store.changesSince(before)).toMatchObject({ faces: [], negatives: false });
      await addPerson(store, 'Bob', [2]);
      expect(await namesIn(store)).toEqual(['Ann', 'Bob']);
    });

    it('see what they have done themselves', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1, 2]);
      await store.transaction(async (rows) => {
        const [bob] = await rows.insertPeople([person('Bob')]);
        const [added] = await rows.insertFaces([face(bob!.seq, 3)]);
        await rows.deleteFace(ann.faceSeqs[0]!);
        await rows.updatePerson(ann.seq, { name: 'Anna' });
        expect(await namesIn(rows)).toEqual(['Anna', 'Bob']);
        expect(await rows.findPerson({ name: 'Ann' }, null)).toBeNull();
        expect(await rows.findPerson({ name: 'Bob' }, null)).toMatchObject({ faces: 1 });
        expect((await rows.listFaces(everything)).map(({ seq }) => seq)).toEqual([
          ann.faceSeqs[1],
          added!.seq,
        ]);
        expect(await rows.count()).toEqual({ people: 2, faces: 2, negatives: 0 });
        expect(await rows.ownersOf([ann.faceSeqs[0]!], null)).toEqual([null]);
      });
    });

    it('are not seen by others before they are over, who do not wait for them', async () => {
      const store = await open();
      await addPerson(store, 'Ann');
      await store.transaction(async (rows) => {
        await rows.insertPeople([person('Bob')]);
        expect(await namesIn(store)).toEqual(['Ann']);
        expect(await store.findPerson({ name: 'Bob' }, null)).toBeNull();
        expect(await store.count()).toMatchObject({ people: 1 });
        expect(await store.changesSince(await store.cursor())).toMatchObject({ faces: [] });
      });
      expect(await namesIn(store)).toEqual(['Ann', 'Bob']);
    });

    it('run one after the other, in the order in which they came', async () => {
      const store = await open();
      const steps: string[] = [];
      const slow = (name: string) =>
        store.transaction(async (rows) => {
          steps.push(`${name} begins`);
          await new Promise((resolve) => setTimeout(resolve, 5));
          await rows.insertPeople([person(name)]);
          steps.push(`${name} ends`);
        });
      await Promise.all(['A', 'B', 'C'].map(slow));
      expect(steps).toEqual(['A', 'B', 'C'].flatMap((name) => [`${name} begins`, `${name} ends`]));
      expect(await namesIn(store)).toEqual(['A', 'B', 'C']);
    });

    it('go on after one that failed', async () => {
      const store = await open();
      const failing = store.transaction(() => Promise.reject(new Error('no')));
      const next = store.transaction((rows) => rows.insertPeople([person('Ann')]));
      await expect(failing).rejects.toThrow('no');
      expect((await next)[0]).toMatchObject({ name: 'Ann' });
    });

    it('refuse a name or an id that is there, and keep nothing', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1]);
      const bob = await addPerson(store, 'Bob');
      const example = negative(ann.seq, 2);
      await store.transaction((rows) => rows.insertNegatives([example]));
      const attempts: readonly ((rows: GalleryWrites) => Promise<unknown>)[] = [
        (rows) => rows.insertPeople([person('Cy'), person('Ann')]),
        (rows) => rows.insertPeople([{ ...person('Cy'), id: ann.id }]),
        (rows) => rows.insertPeople([person('Cy'), person('Cy')]),
        (rows) => rows.updatePerson(bob.seq, { name: 'Ann', consent: null }),
        (rows) => rows.insertFaces([face(bob.seq, 2), face(bob.seq, 3, { id: ann.faceIds[0]! })]),
        (rows) => rows.insertNegatives([{ ...negative(bob.seq, 3), id: example.id }]),
      ];
      for (const attempt of attempts) {
        await expect(store.transaction(attempt)).rejects.toMatchObject({ code: 'ERR_CONFLICT' });
        expect(await namesIn(store)).toEqual(['Ann', 'Bob']);
        expect(await store.count()).toEqual({ people: 2, faces: 1, negatives: 1 });
      }
    });
  });

  describe(`changes of a store of the kind ${kind}`, () => {
    it('tell of every face and negative example that came, moved or went', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1]);
      const bob = await addPerson(store, 'Bob');
      let cursor = await store.cursor();
      const next = async (work: (rows: GalleryWrites) => Promise<unknown>) => {
        await store.transaction(work);
        const changes = await store.changesSince(cursor);
        expect(changes!.more).toBe(false);
        cursor = changes!.cursor;
        return { faces: changes!.faces, negatives: changes!.negatives };
      };
      const [seq] = ann.faceSeqs;
      const asIs = (personSeq: number, i: number, faceSeq: number) => ({
        seq: faceSeq,
        face: { seq: faceSeq, personSeq, embedding: embedding(i) },
      });
      const none = { faces: [], negatives: false };
      expect(await next(async (rows) => rows.updatePerson(bob.seq, { name: 'Bobby' }))).toEqual(none);
      const added = await next((rows) => rows.insertFaces([face(bob.seq, 2)]));
      expect(added).toEqual({ faces: [asIs(bob.seq, 2, added.faces[0]!.seq)], negatives: false });
      const moved = await next((rows) => rows.moveRows(ann.seq, bob.seq));
      expect(moved).toEqual({ faces: [asIs(bob.seq, 1, seq!)], negatives: false });
      const withNegative = await next((rows) => rows.insertNegatives([negative(bob.seq, 3)]));
      expect(withNegative).toEqual({ faces: [], negatives: true });
      const gone = await next((rows) => rows.deletePerson(bob.seq));
      expect(gone.negatives).toBe(true);
      expect(gone.faces.map(({ face }) => face)).toEqual([null, null]);
      expect(new Set(gone.faces.map((change) => change.seq))).toEqual(new Set([seq, added.faces[0]!.seq]));
      expect(await next(async () => undefined)).toEqual(none);
    });

    it('are all told, however many they are', async () => {
      const store = await open();
      const start = await store.cursor();
      const ann = await addPerson(store, 'Ann');
      const count = 9000;
      for (let from = 0; from < count; from += 3000) {
        const rows = Array.from({ length: 3000 }, (_, i) => face(ann.seq, from + i));
        await store.transaction((writes) => writes.insertFaces(rows));
      }
      const seen = new Set<number>();
      for (let cursor = start, more = true; more; ) {
        const changes = (await store.changesSince(cursor))!;
        for (const { seq } of changes.faces) seen.add(seq);
        ({ cursor, more } = changes);
      }
      expect(seen.size).toBe(count);
    });

    it('come in the order of commits while several write, so that nobody who follows misses one', async () => {
      const store = await open();
      const other = openAgain ? await openAgain(store) : store;
      onTestFinished(() => other.dispose());
      const followed = new Map<number, number>();
      let cursor: ChangeCursor = await store.cursor();
      let isDone = false;
      const follow = async () => {
        for (let wasDone = false; !wasDone; ) {
          wasDone = isDone;
          const changes = (await store.changesSince(cursor))!;
          for (const { seq, face } of changes.faces) {
            if (face) followed.set(seq, face.personSeq);
            else followed.delete(seq);
          }
          cursor = changes.cursor;
          await new Promise((resolve) => setImmediate(resolve));
        }
      };
      const write = async (to: GalleryStore, seed: number) => {
        const random = createRandom(seed);
        const mine: { seq: number; faceSeqs: number[] }[] = [];
        for (let i = 0; i < 40; i++) {
          if (mine.length < 3 || random.next() < 0.6)
            mine.push(await addPerson(to, `${seed}-${i}`, [i, i + 1]));
          else if (random.next() < 0.5) {
            const [gone] = mine.splice(random.int(mine.length), 1);
            await to.transaction((rows) => rows.deletePerson(gone!.seq));
          } else await to.transaction((rows) => rows.moveRows(mine[0]!.seq, mine[1]!.seq));
        }
      };
      const following = follow();
      await Promise.all([write(store, 1), write(other, 2), write(store, 3)]);
      isDone = true;
      await following;
      const truth = new Map<number, number>();
      for (const { seq, personSeq } of await store.indexFaces({ after: 0, limit: 10_000 })) {
        truth.set(seq, personSeq);
      }
      expect(followed).toEqual(truth);
    });

    it('begin with all rows, for an index that is new', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1, 2, 3]);
      await store.transaction((rows) => rows.insertNegatives([negative(ann.seq, 4)]));
      const first = await store.indexFaces({ after: 0, limit: 2 });
      const rest = await store.indexFaces({ after: first.at(-1)!.seq, limit: 2 });
      expect([...first, ...rest]).toEqual(
        ann.faceSeqs.map((seq, i) => ({ seq, personSeq: ann.seq, embedding: embedding(i + 1) })),
      );
      expect(await store.indexNegatives()).toEqual([{ personSeq: ann.seq, embedding: embedding(4) }]);
    });
  });

  describe(`the end of a store of the kind ${kind}`, () => {
    it('forgets on demand, with rows that went and without', async () => {
      const store = await open();
      const { seq } = await addPerson(store, 'Ann', [1]);
      await store.forget();
      await store.transaction((rows) => rows.deletePerson(seq));
      await store.forget();
      await store.forget();
      expect(await store.count()).toEqual({ people: 0, faces: 0, negatives: 0 });
      expect(await store.size()).toBeGreaterThanOrEqual(0);
    });

    it('frees it once, and refuses all that comes later', async () => {
      const store = await open();
      await addPerson(store, 'Ann', [1]);
      await Promise.all([store.dispose(), store.dispose()]);
      await store.dispose();
      const uses: readonly (() => Promise<unknown>)[] = [
        () => namesIn(store),
        () => store.findPerson({ seq: 1 }, null),
        () => store.ownersOf([1], null),
        () => store.count(),
        () => store.cursor(),
        () => store.changesSince(0),
        () => store.indexFaces({ after: 0, limit: 1 }),
        () => store.indexNegatives(),
        () => store.transaction(async () => undefined),
        () => store.forget(),
        () => store.size(),
      ];
      for (const use of uses) await expect(use()).rejects.toMatchObject({ code: 'ERR_DISPOSED' });
    });
  });

  describe(`other models in a store of the kind ${kind}`, () => {
    const settings = {
      embedder: { id: 'other', sha256: 'cd'.repeat(32), dimension: 3 },
      metric: 'cosine',
      pack: { name: 'house', parts: [{ kind: 'embedder', id: 'other', sha256: 'cd'.repeat(32) }] },
    } as const;
    const adopt = (store: GalleryStore) => {
      let n = 0;
      const given = new Map<string, Float32Array>();
      return store.transaction(async (rows) => {
        await rows.adoptModels(settings, ({ kind: what, id }) => {
          given.set(`${what} ${id}`, Float32Array.of(1, 2, ++n));
          return given.get(`${what} ${id}`)!;
        });
        return given;
      });
    };

    it('change the embeddings of all rows, and nothing else of them', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1, 2]);
      const bob = await addPerson(store, 'Bob', [3]);
      const picture = Uint8Array.of(1, 2, 3);
      await store.transaction(async (rows) => {
        await rows.insertFaces([face(ann.seq, 4, { thumbnail: picture })]);
        await rows.insertNegatives([negative(bob.seq, 5)]);
        const row = {
          id: crypto.randomUUID(),
          person: person('Cy'),
          intoId: ann.id,
          mergedAt: new Date(NOW),
        };
        await rows.insertMerge(row, ann.seq);
      });
      const read = async () => ({
        people: await store.listPeople(everything),
        faces: (await store.listFaces(everything)).map(({ embedder: _, ...rest }) => rest),
        negatives: await store.listNegatives(everything),
        merges: await store.findMerges({ intoId: ann.id }),
      });
      const before = await read();
      const given = await adopt(store);
      expect(store.settings).toMatchObject(settings);
      expect(store.settings.distances).toBeUndefined();
      expect(await read()).toEqual(before);
      const faces = await store.listFaces({ ...everything, withEmbeddings: true });
      expect(faces).toHaveLength(4);
      for (const { id, embedding: own, embedder } of faces) {
        expect(own).toEqual(given.get(`face ${id}`));
        expect(embedder).toEqual({ id: 'other', sha256: 'cd'.repeat(32) });
      }
      for (const { id, embedding: own } of await store.listNegatives({ ...everything, withEmbeddings: true }))
        expect(own).toEqual(given.get(`negative ${id}`));
      expect(given.size).toBe(5);
      const kept = await store.findThumbnail(faces.at(-1)!.id, null);
      expect([...kept!.thumbnail!]).toEqual([...picture]);
      expect(await store.indexFaces({ after: 0, limit: 9 })).toHaveLength(4);
      expect(await store.indexNegatives()).toHaveLength(1);
    });

    it('leave all as it was where giving an embedding fails', async () => {
      const store = await open();
      const ann = await addPerson(store, 'Ann', [1, 2]);
      const failed = store.transaction((rows) =>
        rows.adoptModels(settings, ({ id }) => {
          if (id === ann.faceIds[1]) throw new Error('no picture');
          return Float32Array.of(1, 2, 3);
        }),
      );
      await expect(failed).rejects.toThrow('no picture');
      expect(store.settings.embedder).toEqual(STORE_EMBEDDER);
      expect(await store.findFace(ann.faceIds[0]!, null)).toMatchObject({ embedding: embedding(1) });
      await addPerson(store, 'Bob', [3]);
    });

    it.skipIf(!openAgain)(
      'end the work of whoever had the store open, until it is opened again',
      async () => {
        const one = await open();
        const ann = await addPerson(one, 'Ann', [1, 2]);
        const two = await openAgain!(one);
        onTestFinished(() => two.dispose());
        const cursor = await two.cursor();
        await adopt(one);
        await expect(two.changesSince(cursor)).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
        const late = two.transaction((rows) => rows.insertFaces([face(ann.seq, 3)]));
        await expect(late).rejects.toMatchObject({ code: 'ERR_MODEL_MISMATCH' });
        expect(await one.count()).toMatchObject({ faces: 2 });
      },
    );

    it.skipIf(!openAgain)('end it of an empty store too, before and after the first face', async () => {
      const one = await open();
      const two = await openAgain!(one);
      onTestFinished(() => two.dispose());
      const cursor = await two.cursor();
      await adopt(one);
      const refused = { code: 'ERR_MODEL_MISMATCH' };
      await expect(two.changesSince(cursor)).rejects.toMatchObject(refused);
      await expect(addPerson(two, 'Eve')).rejects.toMatchObject(refused);
      await one.transaction(async (rows) => {
        const [ann] = await rows.insertPeople([person('Ann')]);
        await rows.insertFaces([face(ann!.seq, 1, { embedding: Float32Array.of(1, 2, 3) })]);
      });
      await expect(two.changesSince(cursor)).rejects.toMatchObject(refused);
      await expect(two.indexFaces({ after: 0, limit: 9 })).rejects.toMatchObject(refused);
      await expect(two.listFaces({ ...everything, withEmbeddings: true })).rejects.toMatchObject(refused);
    });
  });

  describe.skipIf(!openAgain)(`two owners of one store of the kind ${kind}`, () => {
    const openTwice = async () => {
      const one = await open();
      const two = await openAgain!(one);
      onTestFinished(() => two.dispose());
      return { one, two };
    };

    it('see at once what the other has committed', async () => {
      const { one, two } = await openTwice();
      const cursor = await two.cursor();
      const ann = await addPerson(one, 'Ann', [1]);
      expect(await two.findPerson({ name: 'Ann' }, null)).toMatchObject({ seq: ann.seq, faces: 1 });
      expect((await two.changesSince(cursor))!.faces.map(({ seq }) => seq)).toEqual(ann.faceSeqs);
      await two.transaction((rows) => rows.deletePerson(ann.seq));
      expect(await one.ownersOf(ann.faceSeqs, null)).toEqual([null]);
      await one.forget();
    });

    it('take turns', async () => {
      const { one, two } = await openTwice();
      const add = async (store: GalleryStore, name: string) => {
        for (let i = 0; i < 15; i++) await addPerson(store, `${name}${i}`, [i]);
      };
      await Promise.all([add(one, 'A'), add(two, 'B')]);
      for (const store of [one, two]) {
        expect(await store.count()).toEqual({ people: 30, faces: 30, negatives: 0 });
      }
    });

    it('refuse a name that the other took', async () => {
      const { one, two } = await openTwice();
      const outcomes = await Promise.allSettled([addPerson(one, 'Ann'), addPerson(two, 'Ann')]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
      expect(await namesIn(one)).toEqual(['Ann']);
    });

    it('keep what was committed when they are gone', async () => {
      const { one, two } = await openTwice();
      const ann = await addPerson(one, 'Ann', [1]);
      await one.dispose();
      const three = await openAgain!(two);
      await two.dispose();
      onTestFinished(() => three.dispose());
      expect(await three.findFace(ann.faceIds[0]!, null)).toMatchObject({ embedding: embedding(1) });
    });
  });
}
