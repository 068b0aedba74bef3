import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it, vi } from 'vitest';
import { makeDecision } from '../../../src/photos/decide/make-decision.ts';
import { nameFaces } from '../../../src/photos/decide/name-faces.ts';
import { openPhotoLibrary } from '../../../src/photos/photo-library.ts';
import { compileScript } from '../../compile-script.ts';
import { openBeside, temporaryFolder } from '../../gallery/stores/photos/describe-photos.ts';
import { STORE_EMBEDDER } from '../../gallery/stores/store-conformance.ts';
import { syntheticPeople } from '../../gallery/synthetic-people.ts';
import { keepFaces } from '../grouped-photos.ts';

const script = compileScript('test/photos/decide/name-until-killed-child.ts');

afterAll(script.remove);
afterEach(() => {
  vi.useRealTimers();
});

it('takes back, when it is opened, what a killed process had named by half', async () => {
  const address = join(temporaryFolder(), 'photos.db');
  const { gallery, store } = await openBeside(address);
  const [embedding] = syntheticPeople(1, 1, { dimension: STORE_EMBEDDER.dimension })[0]!;
  const faceIds = await keepFaces(store, [{ embedding: embedding! }]);

  const child = spawn(process.execPath, [script.path, address, 'Ada', ...faceIds], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [said] = (await once(child.stdout, 'data')) as [Buffer];
  expect(String(said)).toBe('half done\n');
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(await gallery.findPerson('Ada')).not.toBeNull();
  expect((await store.faces(faceIds)).get(faceIds[0]!)!.personId).toBeNull();

  // Another process might be about to end it.
  await (await openPhotoLibrary(address)).dispose();
  expect(await gallery.findPerson('Ada')).not.toBeNull();

  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 120_000 });
  await (await openPhotoLibrary(address)).dispose();
  expect(await gallery.findPerson('Ada')).toBeNull();
  expect(await store.listDecisions(10)).toEqual([]);
  expect(await nameFaces({ gallery, store }, faceIds, 'Ada')).toMatchObject({ created: true, faces: 1 });
});

it('says where a decision that failed could not be taken back', async () => {
  const library = await openBeside(join(temporaryFolder(), 'photos.db'));
  const failing = makeDecision(library, {
    kind: 'name',
    personId: null,
    planned: { createdPersonIds: ['new'] },
    inGallery: async () => ({}),
    change: async () => {
      await library.gallery.dispose();
      throw new Error('no room');
    },
  });
  await expect(failing).rejects.toThrow(
    /^no room\. .* is taken back when the library is opened in a minute or later: ./,
  );
});
