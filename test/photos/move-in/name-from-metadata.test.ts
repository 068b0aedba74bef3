import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { undoDecision } from '../../../src/photos/decide/undo-decision.ts';
import { openPacketWriter } from '../../../src/photos/metadata/packet-writer.ts';
import { readPhotoPeople } from '../../../src/photos/metadata/read-photo-people.ts';
import { type WrittenPhoto, writeLibraryPeople } from '../../../src/photos/metadata/write-library-people.ts';
import { writePhotoPeople } from '../../../src/photos/metadata/write-photo-people.ts';
import { fromMetadata } from '../../../src/photos/move-in/metadata-folders.ts';
import type { NamedPhoto } from '../../../src/photos/move-in/move-in-source.ts';
import { namePlanned } from '../../../src/photos/move-in/name-planned.ts';
import { planNames } from '../../../src/photos/move-in/plan-names.ts';
import { describePhotos, temporaryFolder } from '../../gallery/stores/photos/describe-photos.ts';
import { needs } from '../../programs.ts';
import { copyRealPhoto } from '../metadata/turned-photos.ts';
import { keepPhoto } from './kept-photos.ts';

const LEFT = { left: 0.1, top: 0.2, width: 0.2, height: 0.3 };
const RIGHT = { left: 0.6, top: 0.2, width: 0.2, height: 0.3 };
const FAR = { left: 0.4, top: 0.8, width: 0.08, height: 0.1 };

async function written(photos: AsyncIterable<WrittenPhoto>): Promise<WrittenPhoto[]> {
  const all: WrittenPhoto[] = [];
  for await (const photo of photos) all.push(photo);
  return all;
}

describePhotos((open) => {
  it('names faces by the metadata of their photos, in one decision, and undoes it at once', async () => {
    const { gallery, store } = await open();
    const folder = temporaryFolder();
    const path = await copyRealPhoto(join(folder, 'a.jpg'));
    const [left, right] = await keepPhoto(store, [path], [LEFT, RIGHT]);
    await writePhotoPeople(path, [
      { name: 'Ada', box: LEFT },
      { name: 'Bob', box: RIGHT },
      { name: 'Nobody', box: FAR },
    ]);
    await gallery.createPerson({ name: 'Bob' });
    const missed: string[][] = [];
    const plan = await planNames(
      store,
      (await fromMetadata(folder)).photos(),
      (...told) => void missed.push(told),
    );
    expect(plan).toEqual({
      names: [
        { name: 'Ada', faceIds: [left] },
        { name: 'Bob', faceIds: [right] },
      ],
      ...{ found: 3, already: 0, photos: 1 },
    });
    expect(missed).toEqual([[path, 'Nobody', 'no face was found there']]);

    const named = await namePlanned({ gallery, store }, plan.names, 'metadata');
    expect(named).toMatchObject({ faces: 2, enrolled: 2, createdPeople: ['Ada'] });
    const people = await store.listPeople();
    expect(people.map(({ name, faces }) => [name, faces]).sort()).toEqual([
      ['Ada', 1],
      ['Bob', 1],
    ]);
    expect((await gallery.findPerson('Ada'))?.faces).toBe(1);
    // A second time everything is there.
    expect(await planNames(store, (await fromMetadata(folder)).photos())).toMatchObject({
      names: [],
      already: 2,
    });

    await undoDecision({ gallery, store }, named.decisionId!);
    expect(await store.listPeople()).toEqual([]);
    expect(await gallery.findPerson('Ada')).toBeNull();
    expect((await gallery.findPerson('Bob'))?.faces).toBe(0);
    await expect(undoDecision({ gallery, store }, named.decisionId!)).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
    });
  });

  it('keeps what somebody said here about a face, and tells', async () => {
    const { gallery, store } = await open();
    const path = await copyRealPhoto(join(temporaryFolder(), 'a.jpg'));
    const [left, right] = await keepPhoto(store, [path], [LEFT, RIGHT]);
    await namePlanned({ gallery, store }, [{ name: 'Ada', faceIds: [left!] }], 'import');
    const bob = await gallery.createPerson({ name: 'Bob' });
    const nobody = { personId: null, decidedBy: null, isIgnored: false };
    await store.transaction((rows) => rows.setKnowledge(right!, { ...nobody, notPersonIds: [bob.id] }));
    const missed: string[] = [];
    const theirs = [
      {
        path,
        people: [
          { name: 'Eve', box: LEFT },
          { name: 'Bob', box: RIGHT },
        ],
      },
    ];
    const plan = await planNames(store, theirs, (_, name, why) => void missed.push(`${name}: ${why}`));
    expect(plan.names).toEqual([]);
    expect(missed.sort()).toEqual([
      'Bob: somebody said here that the face is not',
      'Eve: the face is Ada here',
    ]);
  });

  it('does not undo a decision under a later one about the same faces', async () => {
    const { gallery, store } = await open();
    const path = await copyRealPhoto(join(temporaryFolder(), 'a.jpg'));
    const [face] = await keepPhoto(store, [path], [LEFT]);
    const name = (called: string) =>
      namePlanned({ gallery, store }, [{ name: called, faceIds: [face!] }], 'import');
    const [first, second] = [await name('Ada'), await name('Bob')];
    await expect(undoDecision({ gallery, store }, first.decisionId!)).rejects.toMatchObject({
      code: 'ERR_CONFLICT',
      message: expect.stringContaining(second.decisionId!),
    });
    await undoDecision({ gallery, store }, second.decisionId!);
    expect((await store.listPeople()).map((person) => person.name)).toEqual(['Ada']);
    await undoDecision({ gallery, store }, first.decisionId!);
    expect(await store.listPeople()).toEqual([]);
  });

  it('names the one main face of a portrait, and none where several people stand in front', async () => {
    const { store } = await open();
    const folder = temporaryFolder();
    const [portrait, pair, empty] = [join(folder, 'p.jpg'), join(folder, 'q.jpg'), join(folder, 'r.jpg')];
    for (const path of [portrait, pair, empty]) await copyRealPhoto(path);
    // Three photos have to be three contents.
    await writeFile(pair, Buffer.concat([await readFile(pair), Buffer.from('q')]));
    await writeFile(empty, Buffer.concat([await readFile(empty), Buffer.from('r')]));
    const [main] = await keepPhoto(store, [portrait], [LEFT, FAR]);
    await keepPhoto(store, [pair], [LEFT, RIGHT]);
    await keepPhoto(store, [empty], []);
    const theirs: NamedPhoto[] = [portrait, pair, empty, join(folder, 'unknown.jpg')].map((path) => ({
      path,
      people: [{ name: 'Ada', box: null }],
    }));
    const missed: string[] = [];
    const plan = await planNames(store, theirs, (path, _, why) => void missed.push(`${path.at(-5)}: ${why}`));
    expect(plan.names).toEqual([{ name: 'Ada', faceIds: [main] }]);
    expect(missed).toEqual([
      'q: several people stand in front',
      'r: no face was found there',
      'n: the photo is not in the library',
    ]);
  });

  it('writes its names beside every copy of a photo, and takes them out again', async () => {
    const { gallery, store } = await open();
    const folder = temporaryFolder();
    const paths = [await copyRealPhoto(join(folder, 'a.jpg')), await copyRealPhoto(join(folder, 'copy.jpg'))];
    const [face] = await keepPhoto(store, paths, [LEFT]);
    const named = await namePlanned({ gallery, store }, [{ name: 'Ada', faceIds: [face!] }], 'import');
    const rows = await written(writeLibraryPeople(store, { dryRun: true }));
    expect(rows.map(({ path, people, written: done }) => [path, people, done?.changed])).toEqual([
      [paths[0], 1, true],
      [paths[1], 1, true],
    ]);
    expect((await readPhotoPeople(paths[1]!)).regions).toEqual([]);
    await written(writeLibraryPeople(store, { folder }));
    for (const path of paths) expect((await readPhotoPeople(path)).regions[0]?.name).toBe('Ada');
    await undoDecision({ gallery, store }, named.decisionId!);
    await written(writeLibraryPeople(store));
    for (const path of paths) expect((await readPhotoPeople(path)).regions).toEqual([]);
  });

  it('knows a photo again that it wrote into, and goes on after one that it cannot read', async (context) => {
    needs(context, 'perl');
    const { gallery, store } = await open();
    const folder = temporaryFolder();
    const [good, gone] = [await copyRealPhoto(join(folder, 'a.jpg')), join(folder, 'gone.jpg')];
    await writeFile(gone, Buffer.concat([await readFile(good), Buffer.from('x')]));
    const [lost] = await keepPhoto(store, [gone], [LEFT]);
    const [face] = await keepPhoto(store, [good], [RIGHT]);
    await namePlanned({ gallery, store }, [{ name: 'Ada', faceIds: [face!, lost!] }], 'import');
    await writeFile(gone, 'no picture any more');
    await using into = await openPacketWriter();
    const rows = await written(writeLibraryPeople(store, { into }));
    const byPath = new Map(rows.map((row) => [row.path, row]));
    expect(byPath.get(good)).toMatchObject({ written: { changed: true, file: good }, error: null });
    expect(byPath.get(gone)).toMatchObject({ written: null, error: { code: 'ERR_IMAGE_DECODE' } });
    const sha256 = createHash('sha256')
      .update(await readFile(good))
      .digest('hex');
    expect(await store.photoAt(good)).toMatchObject({ sha256, paths: [good], faces: 1 });
  });
});
