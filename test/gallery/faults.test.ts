import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it } from 'vitest';
import { compileScript } from '../compile-script.ts';
import { syntheticPeople, TEST_EMBEDDER } from './synthetic-people.ts';
import { filesContaining, temporaryGalleries } from './temporary-gallery.ts';

const { open, folder } = temporaryGalleries();
const compiled = compileScript('test/gallery/gallery-child.ts');
afterAll(compiled.remove);

/** Starts another process on a gallery; it prints a line for everything that it has done. */
function startChild(path: string, command: string): { child: ChildProcess; lines: AsyncIterator<string> } {
  const child = spawn(process.execPath, [compiled.path, path, command], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { child, lines };
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { value, done } = await lines.next();
  if (done) throw new Error('the other process ended too early');
  return value;
}

describe('a gallery under fault', () => {
  it('has every acknowledged face after ten kill -9 in a stream of enrollments', async () => {
    const path = join(folder(), 'g.db');
    await (await open({ path })).dispose();
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const { child, lines } = startChild(path, 'enroll');
      const until = acknowledged.length + 3 + round * 7;
      while (acknowledged.length < until) acknowledged.push(await next(lines));
      child.kill('SIGKILL');
      // What was printed before the kill arrived is acknowledged too.
      for (let rest = await lines.next(); !rest.done; rest = await lines.next())
        acknowledged.push(rest.value);
      const gallery = await open({ path });
      const stored = new Set<string>();
      for await (const record of gallery.export()) if (record.type === 'face') stored.add(record.id);
      expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
      expect((await gallery.stats()).faces).toBe(stored.size);
      await gallery.dispose();
    }
    expect(acknowledged.length).toBeGreaterThan(300);
    // Each round starts a process: seconds on a busy machine.
  }, 240_000);

  it('is safe with two processes that write, and each sees what the other did', async () => {
    const path = join(folder(), 'g.db');
    const gallery = await open({ path });
    const [mine] = syntheticPeople(1, 200, { seed: 99 });
    const { id } = await gallery.createPerson({ name: 'Mine' });
    const { child, lines } = startChild(path, 'enroll');
    const theirs: string[] = [];
    for (const embedding of mine!) {
      await gallery.addFaces(id, [{ embedding }]);
      if (theirs.length < 100) theirs.push(await next(lines));
    }
    child.kill('SIGTERM');
    for (let rest = await lines.next(); !rest.done; rest = await lines.next()) theirs.push(rest.value);
    await once(child, 'exit').catch(() => undefined);
    // The child's person and faces: the same seed as in gallery-child.ts.
    const [probe] = syntheticPeople(1, 1, { seed: 4 })[0]!;
    const [best] = await gallery.search(probe!);
    expect(best!.person.name).toBe('Child');
    expect(theirs).toContain(best!.face.id);
    expect((await gallery.stats()).faces).toBe(200 + theirs.length);
  });

  it('forgets in every process whom one of them deletes, though a reader holds the log for a moment', async () => {
    const directory = folder();
    const path = join(directory, 'g.db');
    const gallery = await open({ path });
    const [photos] = syntheticPeople(1, 2);
    const { id } = await gallery.createPerson({ name: 'Vanishing Person' });
    await gallery.addFaces(id, [{ embedding: photos![0]! }]);
    const { child, lines } = startChild(path, 'search');
    expect(await next(lines)).toBe('1 found');
    await gallery.deletePerson(id);
    child.stdin!.write('again\n');
    expect(await next(lines)).toBe('0 found');
    expect(
      filesContaining(directory, [Buffer.from('Vanishing'), new Uint8Array(photos![0]!.buffer)]),
    ).toEqual([]);
    child.kill();
  });

  it('waits for another process that writes, and does other work meanwhile', async () => {
    const path = join(folder(), 'g.db');
    const gallery = await open({ path });
    const { child, lines } = startChild(path, 'write');
    expect(await next(lines)).toBe('writing');
    const waiting = gallery.createPerson({ name: 'Patient' });
    // Reached only while the change still waits: standing still, it would wait for what comes after it.
    child.stdin!.write('go on\n');
    expect(await next(lines)).toBe('written');
    expect((await waiting).name).toBe('Patient');
    child.kill();
  });

  it('says that old bytes remain where another process keeps reading, and removes them later', async () => {
    const path = join(folder(), 'g.db');
    const gallery = await open({ path });
    const { id } = await gallery.createPerson({ name: 'Vanishing Person' });
    const { child, lines } = startChild(path, 'hold');
    await next(lines);
    await expect(gallery.deletePerson(id)).rejects.toMatchObject({ code: 'ERR_BUSY' });
    expect(await gallery.getPerson(id)).toBeNull();
    child.stdin!.write('release\n');
    await next(lines);
    await gallery.scrub();
    expect(filesContaining(join(path, '..'), [Buffer.from('Vanishing')])).toEqual([]);
    child.kill();
  });

  it('says that the disk is full, keeps what was there and works on when there is room', async (context) => {
    const mount = folder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', mount], { stdio: 'ignore' });
    } catch {
      context.skip('needs the right to mount a small tmpfs');
    }
    try {
      const gallery = await open({ path: join(mount, 'g.db') });
      const photos = syntheticPeople(1, 6000)[0]!;
      const { id } = await gallery.createPerson({ name: 'Ann' });
      let added = 0;
      const fill = async () => {
        for (; added < photos.length; added += 20) {
          await gallery.addFaces(
            id,
            photos.slice(added, added + 20).map((embedding) => ({ embedding })),
          );
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: 'ERR_DISK_FULL' });
      expect(added).toBeGreaterThan(100);
      expect((await gallery.stats()).faces).toBe(added);
      expect((await gallery.search(photos[0]!))[0]!.distance).toBe(0);
      await gallery.dispose();
      execFileSync('mount', ['-o', 'remount,size=8m', mount]);
      const again = await open({ path: join(mount, 'g.db') });
      expect((await again.stats()).faces).toBe(added);
      await again.addFaces(id, [{ embedding: photos[added]! }]);
      expect((await again.search(photos[added]!))[0]!.distance).toBe(0);
      await again.dispose();
    } finally {
      execFileSync('umount', ['-l', mount]);
    }
  });

  it('opens a new file from two processes at once', async () => {
    const path = join(folder(), 'new.db');
    const { child, lines } = startChild(path, 'open');
    const gallery = await open({ path });
    expect(await next(lines)).toBe('open');
    expect(gallery.embedder).toEqual(TEST_EMBEDDER);
    child.kill();
  });

  it('does not read a folder or a damaged file as a gallery', async () => {
    const directory = folder();
    mkdirSync(join(directory, 'sub'));
    await expect(open({ path: join(directory, 'sub') })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    const path = join(directory, 'g.db');
    const gallery = await open({ path });
    const { id } = await gallery.createPerson({ name: 'Ann' });
    await gallery.addFaces(
      id,
      syntheticPeople(1, 400)[0]!.map((embedding) => ({ embedding })),
    );
    await gallery.scrub();
    await gallery.dispose();
    writeFileSync(path, new Uint8Array(20_000).fill(0xff), { flag: 'r+' });
    await expect(open({ path })).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
    rmSync(path);
  });
});
