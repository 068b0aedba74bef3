import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { DurableQueue, type WaitingEntry } from '../../../src/node/sqlite/durable-queue.ts';
import { compileSource } from '../../watch/compile-source.ts';
import { temporaryFolder } from '../../watch/ffmpeg-tools.ts';

const folder = temporaryFolder();
const compiled = join(folder, 'compiled');
compileSource(compiled);

const entry = (id: string, target = 'a') => ({ id, target, body: `{"id":"${id}"}`, addedAt: 1 });

function waiting(queue: DurableQueue, target = 'a'): WaitingEntry[] {
  const entries: WaitingEntry[] = [];
  for (let next = queue.next(target); next; next = queue.next(target, next.seq)) entries.push(next);
  return entries;
}

const ids = (queue: DurableQueue, target = 'a') => waiting(queue, target).map(({ id }) => id);

/** Runs a script in a process of its own that has the queue's class. */
function child(script: string, args: string[] = [], wrapper: string[] = []) {
  const file = join(folder, 'child.mjs');
  writeFileSync(
    file,
    `import { DurableQueue } from './compiled/dist/node/sqlite/durable-queue.js';\n${script}`,
  );
  const [program = process.execPath, ...rest] = [...wrapper, process.execPath, file, ...args];
  return spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
}

const HOLD = `await DurableQueue.open(process.argv[2]); console.log('open'); setInterval(() => {}, 1000);`;

describe('DurableQueue', () => {
  it('keeps what is not done, in order, target by target', async () => {
    const path = join(folder, 'order.queue');
    const queue = await DurableQueue.open(path);
    for (const id of ['1', '2', '3']) queue.add(entry(id));
    queue.add({ ...entry('4', 'Zoë'), body: '\0 → 😀' });
    queue.done(waiting(queue)[1]!);
    queue.close();
    const again = await DurableQueue.open(path);
    expect([ids(again), [...again.targets].sort(), again.size]).toEqual([['1', '3'], ['Zoë', 'a'], 3]);
    expect(again.next('Zoë')).toMatchObject({ ...entry('4', 'Zoë'), body: '\0 → 😀' });
    again.add(entry('5'));
    expect(ids(again)).toEqual(['1', '3', '5']);
    again.close();
  });

  it('lets the oldest of a target make room beyond its bound', async () => {
    const path = join(folder, 'bound.queue');
    const queue = await DurableQueue.open(path, { capacity: 2 });
    const dropped = ['1', '2', '3', '4'].flatMap((id) => queue.add(entry(id)).map((one) => one.id));
    queue.add(entry('b', 'b'));
    queue.close();
    expect(dropped).toEqual(['1', '2']);
    const again = await DurableQueue.open(path);
    expect([ids(again), ids(again, 'b')]).toEqual([['3', '4'], ['b']]);
    again.close();
  });

  it('does not grow with what is done, and keeps no word of it', async () => {
    const path = join(folder, 'compact.queue');
    const queue = await DurableQueue.open(path);
    for (let i = 0; i < 120; i++) {
      queue.add(entry(`secret-${i}`));
      queue.done(queue.next('a')!);
    }
    expect(statSync(path).size).toBeLessThan(20_000);
    queue.close();
    for (const file of [path, `${path}-journal`].filter(existsSync))
      expect(readFileSync(file, 'latin1').includes('secret-')).toBe(false);
  });

  it.each([1, 2, 3])('keeps no word of what is done between others that wait, seed %i', async (seed) => {
    const path = join(folder, `remains${seed}.queue`);
    const queue = await DurableQueue.open(path);
    // A Lehmer generator: the same sizes and order at each run.
    let state = seed;
    const random = (below: number) => {
      state = (state * 48_271) % 2_147_483_647;
      return state % below;
    };
    for (let i = 0; i < 150; i++) {
      const target = `t${random(3)}`;
      queue.add({ id: String(i), target, body: `name-${i}-${'x'.repeat(random(1500))}`, addedAt: 1 });
      if (random(3) > 0) queue.done(waiting(queue, `t${random(3)}`)[0] ?? waiting(queue, target)[0]!);
    }
    const left = new Set(queue.targets.flatMap((target) => waiting(queue, target).map(({ id }) => id)));
    expect(left.size).toBeGreaterThan(20);
    queue.close();
    const found = [...readFileSync(path, 'latin1').matchAll(/name-(\d+)-/g)].map(([, id]) => id!);
    expect(new Set(found)).toEqual(left);
  });

  it('is refused to another process, and to this one, however often they try', async () => {
    const path = join(folder, 'lock.queue');
    const queue = await DurableQueue.open(path);
    await expect(DurableQueue.open(path)).rejects.toMatchObject({
      code: 'ERR_BUSY',
      message: expect.stringContaining('in use by another process'),
    });
    const script = `await DurableQueue.open(process.argv[2]).then(() => console.log('open'), (error) => console.log(error.code));`;
    const other = child(script, [path]);
    const [said] = (await once(other.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('ERR_BUSY\n');
    queue.close();
    (await DurableQueue.open(path)).close();
  }, 60_000);

  it('is free again when its process was killed', async () => {
    const path = join(folder, 'killed.queue');
    const holder = child(HOLD, [path]);
    await once(holder.stdout, 'data');
    holder.kill('SIGKILL');
    await once(holder, 'close');
    (await DurableQueue.open(path)).close();
  });

  it('is free again when its process was killed as number 1 of a container', async (context) => {
    const unshare = ['unshare', '--pid', '--fork', '--kill-child', '--mount-proc'];
    if (spawnSync(unshare[0]!, [...unshare.slice(1), 'true']).status !== 0)
      context.skip('namespaces cannot be made here: Linux and root are needed');
    const path = join(folder, 'container.queue');
    for (let round = 0; round < 2; round++) {
      const container = child(HOLD, [path], unshare);
      const [said] = (await once(container.stdout, 'data')) as [Buffer];
      expect(said.toString()).toBe('open\n');
      container.kill('SIGKILL');
      await once(container, 'close');
    }
  });

  it('goes on over a full disk: says so, loses nothing accepted, and recovers when there is room', async (context) => {
    const place = join(folder, 'small');
    mkdirSync(place);
    if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place]).status !== 0)
      context.skip('a small disk cannot be mounted here: Linux and root are needed');
    try {
      const log: string[] = [];
      const path = join(place, 'q');
      const queue = await DurableQueue.open(path, { log: (message) => log.push(message) });
      queue.add(entry('1'));
      queue.add(entry('2'));
      const filler = join(place, 'filler');
      spawnSync('dd', ['if=/dev/zero', `of=${filler}`, 'bs=1024']);
      expect(() => queue.add({ ...entry('3'), body: 'x'.repeat(9000) })).toThrow(
        expect.objectContaining({ code: 'ERR_DISK_FULL' }),
      );
      queue.done(queue.next('a')!);
      expect([ids(queue), queue.size]).toEqual([['2'], 1]);
      expect(log).toEqual([expect.stringContaining('could not note that event 1 is done')]);
      rmSync(filler);
      queue.add(entry('4'));
      expect(log.at(-1)).toContain('takes notes again');
      queue.close();
      const again = await DurableQueue.open(path);
      expect(ids(again)).toEqual(['2', '4']);
      again.close();
    } finally {
      spawnSync('umount', ['-l', place]);
    }
  });

  it('takes over what waits in a file of the format before, torn lines and all', async () => {
    const path = join(folder, 'old.queue');
    const add = (id: string) =>
      JSON.stringify({ add: { id: `${id} a`, target: 'a', body: `{"x":"{\\"add\\":\\"${id}"}` } });
    writeFileSync(
      path,
      `${add('1')}\n${add('2')}\n{"done":"1 a"}\n{"add":{"id":"9 a","bod${add('3')}\n${add('4').slice(0, -9)}`,
    );
    writeFileSync(`${path}.lock`, String(process.pid));
    const log: string[] = [];
    const queue = await DurableQueue.open(path, { log: (message) => log.push(message) });
    expect(ids(queue)).toEqual(['2', '3']);
    expect(queue.next('a')?.body).toBe('{"x":"{\\"add\\":\\"2"}');
    expect(log).toEqual([expect.stringMatching(/2 events .* 2 lines could not be read/)]);
    queue.done(queue.next('a')!);
    queue.close();
    expect(readFileSync(`${path}.old`, 'utf8')).toContain('"1 a"');
    expect([existsSync(`${path}.lock`), existsSync(`${path}.new`)]).toEqual([false, false]);
    const again = await DurableQueue.open(path);
    expect(ids(again)).toEqual(['3']);
    again.close();
    if (process.platform === 'win32') return;
    for (const file of [path, `${path}.old`]) expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it.each(['', '{"add":{"id":"1 a","target":"a","body":"{}"}}\n'])(
    "makes a queue that all could read (%j) its owner's",
    async (content) => {
      const path = join(folder, `open${content.length}.queue`);
      writeFileSync(path, content);
      chmodSync(path, 0o666);
      const queue = await DurableQueue.open(path);
      expect(queue.size).toBe(content === '' ? 0 : 1);
      queue.close();
      if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
    },
  );

  it('leaves a file alone that is no queue', async () => {
    for (const [name, content] of [
      ['letter', 'Dear Ann,\n'],
      ['damaged', `SQLite format 3\0${'x'.repeat(5000)}`],
    ] as const) {
      const path = join(folder, name);
      writeFileSync(path, content);
      await expect(DurableQueue.open(path)).rejects.toMatchObject({ code: 'ERR_FILE_FORMAT' });
      expect(readFileSync(path, 'utf8')).toBe(content);
    }
    await expect(DurableQueue.open(folder)).rejects.toMatchObject({ code: 'ERR_FILE_WRITE' });
  });

  it('loses nothing that it acknowledged when the process is killed, ten times', async () => {
    const path = join(folder, 'kill.queue');
    const fill = `const queue = await DurableQueue.open(process.argv[2], { capacity: 1e6 });
for (let i = 0; ; i++) {
  const id = process.argv[3] + '-' + i;
  queue.add({ id, target: 'a', body: 'x'.repeat(i % 700), addedAt: 1 });
  process.stdout.write(id + '\\n');
  await new Promise(setImmediate);
}`;
    const acknowledged: string[] = [];
    for (let round = 0; round < 10; round++) {
      const filler = child(fill, [path, String(round)]);
      const lines: string[] = [];
      let rest = '';
      filler.stdout.setEncoding('utf8');
      filler.stdout.on('data', (chunk: string) => {
        const parts = (rest + chunk).split('\n');
        rest = parts.pop()!;
        lines.push(...parts);
        if (lines.length >= 20 + round * 3) filler.kill('SIGKILL');
      });
      await once(filler, 'close');
      expect(filler.signalCode).toBe('SIGKILL');
      acknowledged.push(...lines);
    }
    const queue = await DurableQueue.open(path, { capacity: 1e6 });
    const kept = new Set(ids(queue));
    expect(acknowledged.filter((id) => !kept.has(id))).toEqual([]);
    expect(acknowledged.length).toBeGreaterThanOrEqual(200);
    queue.close();
  }, 120_000);
});
