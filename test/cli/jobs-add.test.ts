import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { describeWithPostgres } from '../gallery/stores/postgres/postgres-test.ts';
import { rowsOf } from '../gallery/stores/postgres/test-postgres.ts';
import { makeZip } from '../jobs/photos/archive/make-archives.ts';
import { jsonLines, runCli } from './run-cli.ts';

function temporaryFolder(): string {
  const path = mkdtempSync(join(tmpdir(), 'face-trigger-cli-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An archive of two photos, or what is called so. */
async function archiveIn(folder: string): Promise<string> {
  const path = join(folder, 'people.zip');
  writeFileSync(path, makeZip(['1', '2'].map((n) => ({ name: `Ada/${n}.jpg`, bytes: Buffer.from(n) }))));
  return path;
}

describeWithPostgres('jobs add, with a gallery in PostgreSQL', ({ createDatabase }) => {
  it('keeps what it unpacked where nobody can say whether the job was kept', async () => {
    const folder = temporaryFolder();
    const url = new URL(await createDatabase());
    expect(await runCli(['gallery', 'create', `${url.href}?gallery=default`])).toMatchObject({ status: 0 });
    const network = await cutAtCommitOf(Number(url.port), 'INSERT INTO job ');
    const through = new URL(url);
    through.port = String(network.port);
    const unpacked = join(folder, 'unpacked');
    const args = ['jobs', 'add', await archiveIn(folder), '--unpack-to', unpacked];
    const run = await runCli([...args, '--gallery', through.href]);
    expect(network.cuts).toBe(1);
    expect(run.stderr).toContain('the connection was lost at the very end of a change');
    expect(run.stderr).toContain('needs what was unpacked');
    expect(run.status).toBe(4);
    // It was kept, with its photos.
    expect(await rowsOf(url.href, 'SELECT total FROM face_trigger.job')).toEqual([{ total: 2 }]);
    const [kept] = readdirSync(unpacked);
    expect(readdirSync(join(unpacked, kept!)).length).toBeGreaterThanOrEqual(2);
  });

  it('keeps them too where the job is there and only its answer reached nobody', async () => {
    const folder = temporaryFolder();
    const url = await createDatabase();
    expect(await runCli(['gallery', 'create', `${url}?gallery=default`])).toMatchObject({ status: 0 });
    const unpacked = join(folder, 'unpacked');
    await runCli(['jobs', 'add', await archiveIn(folder), '--unpack-to', unpacked, '--gallery', url], {
      onStart: ({ stdout }) => void stdout!.destroy(),
    });
    expect(await rowsOf(url, 'SELECT total FROM face_trigger.job')).toEqual([{ total: 2 }]);
    expect(readdirSync(unpacked)).toHaveLength(1);
  });
});

describeWithPostgres('what was unpacked for jobs in PostgreSQL', ({ createDatabase }) => {
  it('goes with the gallery, wherever it was unpacked to', async () => {
    const folder = temporaryFolder();
    const data = { FACE_TRIGGER_DATA: join(folder, 'data') };
    const url = `${await createDatabase()}?gallery=door`;
    expect(await runCli(['gallery', 'create', url])).toMatchObject({ status: 0 });
    const archive = await archiveIn(folder);
    const elsewhere = join(folder, 'elsewhere');
    for (const more of [[], ['--unpack-to', elsewhere]])
      expect(await runCli(['jobs', 'add', archive, '--gallery', url, ...more], { env: data })).toMatchObject({
        status: 0,
      });
    const places = [join(folder, 'data', 'unpacked'), elsewhere];
    for (const place of places) expect(readdirSync(place)).toHaveLength(1);
    expect(await runCli(['gallery', 'delete', url, '--yes'], { env: data })).toMatchObject({ status: 0 });
    for (const place of places) expect(readdirSync(place)).toEqual([]);
  });

  it('goes with the next worker where it is of a job that is gone, and stays where it is of one that is there', async () => {
    const folder = temporaryFolder();
    const env = { FACE_TRIGGER_DATA: join(folder, 'data') };
    const where = await createDatabase();
    const archive = await archiveIn(folder);
    const days = new Date(Date.now() - 2 * 86_400_000);
    const place = join(folder, 'data', 'unpacked');
    for (const name of ['door', 'hall']) {
      const url = `${where}?gallery=${name}`;
      expect(await runCli(['jobs', 'add', archive, '--gallery', url], { env })).toMatchObject({ status: 0 });
    }
    for (const name of readdirSync(place)) utimesSync(join(place, name), days, days);
    // As another machine deletes it.
    expect(
      await runCli(['gallery', 'delete', `${where}?gallery=door`, '--yes'], {
        env: { FACE_TRIGGER_DATA: join(folder, 'other') },
      }),
    ).toMatchObject({ status: 0 });
    const kept = readdirSync(place).length;
    await runCli(['worker', '--gallery', `${where}?gallery=hall`, '--until-empty'], { env });
    expect(readdirSync(place).length).toBeLessThanOrEqual(kept);
    const [{ folder: needed } = { folder: '' }] = (await rowsOf(
      where,
      `SELECT parameters->>'unpacked' AS folder FROM face_trigger.job`,
    )) as { folder: string }[];
    // Its photos are none, so they failed and can be put back.
    expect(readdirSync(place).map((name) => join(place, name))).toEqual([needed]);
  });
});

describe('jobs add', () => {
  it('removes what it unpacked where no job was made', async () => {
    const folder = temporaryFolder();
    const unpacked = join(folder, 'unpacked');
    mkdirSync(join(folder, 'gallery.db.jobs'));
    const args = ['jobs', 'add', await archiveIn(folder), '--unpack-to', unpacked];
    const run = await runCli([...args, '--gallery', join(folder, 'gallery.db')]);
    expect(run.status).not.toBe(0);
    expect(existsSync(unpacked) ? readdirSync(unpacked) : []).toEqual([]);
  });

  it('refuses models that are not those of the gallery, which workers enroll with', async () => {
    const folder = temporaryFolder();
    const gallery = join(folder, 'gallery.db');
    expect(await runCli(['gallery', 'create', gallery])).toMatchObject({ status: 0 });
    for (const asked of [
      ['--models', 'mobilefacenet'],
      ['--precision', 'int8'],
    ]) {
      const run = await runCli(['jobs', 'add', folder, '--name', 'Ada', '--gallery', gallery, ...asked]);
      expect(run.stderr, asked.join()).toContain('ERR_MODEL_MISMATCH');
    }
    const run = await runCli(['jobs', 'list', '--gallery', gallery, '--json']);
    expect(jsonLines(run)).toEqual([]);
  });
});

/** A way to a server that breaks when a transaction with a statement is committed, before anybody is told. */
async function cutAtCommitOf(serverPort: number, statement: string): Promise<{ port: number; cuts: number }> {
  const network = { port: 0, cuts: 0 };
  const proxy = createServer((near) => {
    const far = connect(serverPort, '127.0.0.1');
    let hasStatement = false;
    let isCommitted = false;
    near.on('data', (bytes) => {
      const text = bytes.toString('latin1');
      if (text.includes(statement)) hasStatement = true;
      if (hasStatement && text.includes('COMMIT')) isCommitted = true;
      far.write(bytes);
    });
    far.on('data', (bytes) => {
      if (!isCommitted) return near.write(bytes);
      network.cuts++;
      near.destroy();
      return far.destroy();
    });
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void proxy.close());
  network.port = (proxy.address() as AddressInfo).port;
  return network;
}
