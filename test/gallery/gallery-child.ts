import { writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { deleteGallery } from '../../src/gallery/collection/gallery-collection.ts';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { SqliteConnection } from '../../src/node/sqlite/sqlite-connection.ts';
import { LOADED_PEOPLE, syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';

// Another process on a gallery: node gallery-child.js PATH COMMAND. It is killed by the test that started it.
const [, , path = '', command] = process.argv;
const say = (line: string) => writeSync(1, `${line}\n`);
const input = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const gallery = await openGallery(path, { embedder: TEST_EMBEDDER });

if (command === 'enroll') {
  process.on('SIGTERM', () => process.exit());
  const person = (await gallery.findPerson('Child')) ?? (await gallery.createPerson({ name: 'Child' }));
  for (;;) {
    for (const embedding of syntheticPeople(1, 50, { seed: 4 })[0]!) {
      // The same photos again and again: what counts here is the writing.
      const [added] = await gallery.addFaces(person.id, [{ embedding }], { duplicates: 'keep' });
      say(added!.face.id);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
} else if (command === 'search') {
  const probe = syntheticPeople(1, 2)[0]![1]!;
  for (;;) {
    say(`${(await gallery.search(probe)).length} found`);
    if ((await input.next()).done) break;
  }
} else if (command === 'load') {
  // Searches for everybody in turn, and says when each search began and who was in its answer.
  const people = syntheticPeople(LOADED_PEOPLE, 1, { seed: 9 }).flat();
  let isOver = false;
  void input.next().then(() => {
    isOver = true;
  });
  for (let i = 0; !isOver; i++) {
    const began = Date.now();
    const found = await gallery.search(people[i % people.length]!, { limit: 3 });
    say([began, ...found.map(({ person }) => person.id)].join(' '));
  }
  await gallery.dispose();
  process.exit();
} else if (command === 'hold') {
  const connection = await SqliteConnection.open(path);
  connection.execute('BEGIN');
  connection.all('SELECT id FROM person');
  say('reading');
  await input.next();
  connection.execute('COMMIT');
  say('released');
  await input.next();
} else if (command === 'write') {
  const connection = await SqliteConnection.open(path);
  connection.execute('BEGIN IMMEDIATE');
  say('writing');
  await input.next();
  connection.execute('COMMIT');
  say('written');
  await input.next();
} else if (command === 'delete-gallery') {
  await gallery.dispose();
  say('deleting');
  await deleteGallery(path);
  say('deleted');
  process.exit();
} else {
  say('open');
  await input.next();
}
