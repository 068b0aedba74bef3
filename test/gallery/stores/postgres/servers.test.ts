import { afterAll, expect, it, onTestFinished } from 'vitest';
import type { Gallery } from '../../../../src/gallery/gallery.ts';
import { openGallery } from '../../../../src/gallery/open-gallery.ts';
import { DLIB_FACTS } from '../../../../src/models/dlib/dlib-facts.ts';
import { compileScript } from '../../../compile-script.ts';
import { nextLine, restOfLines, startChild } from '../../child-process.ts';
import { LOADED_PEOPLE, syntheticPeople, TEST_EMBEDDER } from '../../synthetic-people.ts';
import { describeWithPgvector, describeWithPostgres } from './postgres-test.ts';
import type { TestServer } from './test-postgres.ts';

const script = compileScript('test/gallery/gallery-child.ts');
afterAll(script.remove);
/** Those whom the children of the command "load" look for; the last are guests, whose time ends. */
const people = syntheticPeople(LOADED_PEOPLE, 1, { seed: 9 }).flat();
const GUESTS = 20;

async function open(url: string): Promise<Gallery> {
  const gallery = await openGallery(url, { embedder: TEST_EMBEDDER, distances: DLIB_FACTS });
  onTestFinished(() => gallery.dispose());
  return gallery;
}

function start(url: string, command: string) {
  const child = startChild(script.path, url, command);
  onTestFinished(() => void child.child.kill('SIGKILL'));
  return child;
}

describeWithPostgres('servers on one gallery in PostgreSQL', (server) => describeServers('memory', server));
describeWithPgvector('servers on one gallery in PostgreSQL, with an index in the database', (server) =>
  describeServers('pgvector', server),
);

function describeServers(index: string, server: Pick<TestServer, 'createDatabase'>): void {
  const createDatabase = async () => `${await server.createDatabase()}?index=${index}`;

  it('know at once a face that another of them took, and no more a face that another deleted', async () => {
    const url = await createDatabase();
    const gallery = await open(url);
    const other = start(url, 'search');
    expect(await nextLine(other)).toBe('0 found');
    const { person, faces } = await gallery.enroll({ name: 'Ann' }, [
      { embedding: syntheticPeople(1, 2)[0]![0]! },
    ]);
    other.child.stdin!.write('again\n');
    expect(await nextLine(other)).toBe('1 found');
    await gallery.deleteFace(faces[0]!.face.id);
    other.child.stdin!.write('again\n');
    expect(await nextLine(other)).toBe('0 found');
    await gallery.deletePerson(person.id);
  });

  it('answer nobody whose deletion had returned, or whose time was over, before they were asked', async () => {
    const url = await createDatabase();
    const gallery = await open(url);
    /** When nobody could be answered any more. */
    const goneAt = new Map<string, number>();
    const ids: string[] = [];
    const guests: string[] = [];
    const { id: embedderId, sha256 } = TEST_EMBEDDER;
    const createdAt = new Date().toISOString();
    await gallery.import(
      people.flatMap((embedding, i) => {
        const personId = crypto.randomUUID();
        const isGuest = i >= people.length - GUESTS;
        (isGuest ? guests : ids).push(personId);
        const bytes = Buffer.from(embedding.buffer).toString('base64');
        const rest = { quality: null, source: null, thumbnail: null, createdAt };
        return [
          { type: 'person', id: personId, name: `P${i}`, createdAt, expiresAt: null, consent: null },
          {
            type: 'face',
            id: crypto.randomUUID(),
            personId,
            embedder: { id: embedderId, sha256 },
            embedding: bytes,
            ...rest,
          },
        ];
      }),
    );
    // Begins when all are there, however long that took.
    const expiresAt = new Date(Date.now() + 15_000);
    for (const id of guests) {
      await gallery.updatePerson(id, { expiresAt });
      goneAt.set(id, expiresAt.getTime());
    }
    const others = [start(url, 'load'), start(url, 'load'), start(url, 'load')];
    const answers: string[] = [];
    for (const other of others) answers.push(await nextLine(other));
    let isOver = false;
    const own = (async () => {
      for (let i = 0; !isOver; i++) {
        const began = Date.now();
        const found = await gallery.search(people[i % people.length]!, { limit: 3 });
        answers.push([began, ...found.map(({ person }) => person.id)].join(' '));
      }
    })();
    const rest = others.map(restOfLines);
    // Several at a time, which share the forgetting.
    const waiting = [...ids];
    const remove = async (): Promise<void> => {
      for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
        await gallery.deletePerson(id);
        goneAt.set(id, Date.now());
      }
    };
    await Promise.all(Array.from({ length: 20 }, remove));
    expect(goneAt.size).toBe(people.length);
    while (Date.now() <= expiresAt.getTime() + 100) await new Promise((resolve) => setTimeout(resolve, 50));
    isOver = true;
    await own;
    for (const { child } of others) child.stdin!.write('enough\n');
    answers.push(...(await Promise.all(rest)).flat());
    let early = 0;
    const late: string[] = [];
    for (const answer of answers) {
      const [began, ...found] = answer.split(' ');
      for (const id of found) {
        if (Number(began) > goneAt.get(id)!) late.push(answer);
        else early++;
      }
    }
    expect(late).toEqual([]);
    expect(answers.length).toBeGreaterThan(200);
    expect(early).toBeGreaterThan(100);
    expect((await gallery.stats()).people).toBeLessThanOrEqual(GUESTS);
  }, 600_000);

  it('keep every acknowledged face when they are killed, ten times, in streams of enrollments', async () => {
    const url = await createDatabase();
    const gallery = await open(url);
    // Whom they find, rather than that each makes one at the same time.
    await gallery.createPerson({ name: 'Child' });
    const acknowledged: string[] = [];
    // Two at a time: while one is killed, the other goes on.
    const enrollUntilKilled = async (servers: readonly number[]): Promise<void> => {
      for (const faces of servers) {
        const other = start(url, 'enroll');
        for (let i = 0; i < faces; i++) acknowledged.push(await nextLine(other));
        other.child.kill('SIGKILL');
        acknowledged.push(...(await restOfLines(other)));
      }
    };
    await Promise.all([enrollUntilKilled([1, 6, 13, 20, 27]), enrollUntilKilled([3, 10, 17, 24, 31])]);
    const stored = new Set<string>();
    for await (const record of gallery.export()) if (record.type === 'face') stored.add(record.id);
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
    expect((await gallery.stats()).faces).toBe(stored.size);
  }, 120_000);
}
