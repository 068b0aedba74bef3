import { expect, it, onTestFinished } from 'vitest';
import { postgresAddress } from '../../../../src/gallery/stores/postgres/postgres-address.ts';
import { PostgresStore } from '../../../../src/gallery/stores/postgres/postgres-store.ts';
import { STORE_EMBEDDER } from '../store-conformance.ts';
import { describeWithPostgres } from './postgres-test.ts';

const embedding = Float32Array.from({ length: 8 }, (_, i) => i);

describeWithPostgres('embeddings of a change of models that is not finished', ({ createDatabase }) => {
  it('are found by another machine for the same models, and go with what they are of', async () => {
    const address = postgresAddress(await createDatabase());
    const open = async () => {
      const store = await PostgresStore.open(address, { embedder: STORE_EMBEDDER });
      onTestFinished(() => store.dispose());
      return store;
    };
    const one = await open();
    const two = await open();
    const createdAt = new Date();
    const row = { embedding, source: null, createdAt };
    const { people, faces, negativeId } = await one.transaction(async (rows) => {
      const added = await rows.insertPeople(
        ['Ann', 'Bob'].map((name) => ({
          id: crypto.randomUUID(),
          name,
          createdAt,
          expiresAt: null,
          consent: null,
        })),
      );
      const inserted = await rows.insertFaces(
        added.map(({ seq }) => ({
          ...row,
          id: crypto.randomUUID(),
          personSeq: seq,
          quality: null,
          thumbnail: null,
        })),
      );
      const id = crypto.randomUUID();
      await rows.insertNegatives([{ ...row, id, personSeq: added[1]!.seq }]);
      return { people: added, faces: inserted, negativeId: id };
    });
    const keys = [...faces.map(({ id }) => `face ${id}`), `negative ${negativeId}`].sort();
    await one.unfinished.begin('small');
    const made = Float32Array.of(1, 2, 3);
    await one.unfinished.add(
      [...keys, `face ${crypto.randomUUID()}`].map((key) => ({ key, embedding: made })),
    );
    await two.unfinished.begin('small');
    // Of a face that is not there any more nothing is kept.
    expect(await two.unfinished.after('', 10)).toEqual(keys.map((key) => ({ key, embedding: made })));
    expect((await two.unfinished.after(keys[0]!, 1)).map(({ key }) => key)).toEqual([keys[1]]);
    await two.transaction((rows) => rows.deletePerson(people[1]!.seq));
    expect((await one.unfinished.after('', 10)).map(({ key }) => key)).toEqual([`face ${faces[0]!.id}`]);
    await two.unfinished.begin('large');
    expect(await two.unfinished.after('', 10)).toEqual([]);
    await one.unfinished.begin('small');
    expect(await one.unfinished.after('', 10)).toEqual([]);
  });
});
