import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { openAppearances } from '../../src/gallery/stores/appearances/open-appearances.ts';
import { DLIB_FACTS } from '../../src/models/dlib/dlib-facts.ts';
import { compileScript } from '../compile-script.ts';
import { nextLine, restOfLines } from '../gallery/child-process.ts';
import { STORE_EMBEDDER } from '../gallery/stores/store-conformance.ts';
import { hasNoBroker, realBroker } from '../real-broker.ts';
import { temporaryFolder } from '../watch/ffmpeg-tools.ts';
import { receiver } from '../watch/triggers/webhook-receiver.ts';

const KILLS = 10;

describe.skipIf(hasNoBroker('events of a home that is killed'))('a home that is killed', () => {
  const folder = temporaryFolder();
  const script = compileScript('test/home/killed-home-child.ts');
  const broker = realBroker();
  afterAll(async () => {
    script.remove();
    await broker.stop();
  });

  it('loses no event, and tells none twice without the mark, over a store, webhooks and a broker', async () => {
    const address = join(folder, 'gallery.db');
    await (await openGallery(address, { embedder: STORE_EMBEDDER, distances: DLIB_FACTS })).dispose();
    await broker.start();
    const heard = await broker.listen('face-trigger/+/event');
    const { url, calls } = await receiver();
    const { username, password } = broker.account;
    const triggers = JSON.stringify({
      triggers: [
        {
          do: [
            { type: 'webhook', url, allowInternal: ['127.0.0.1'] },
            { type: 'mqtt', url: broker.url, username, password },
          ],
        },
      ],
    });
    const start = (command: string) => {
      const args = [script.path, address, triggers, command];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    };
    const kept: string[] = [];
    // The next one loads what it needs while this one works.
    let next = start('play');
    for (let i = 0; i < KILLS; i++) {
      const home = next;
      home.child.stdin.write('begin\n');
      next = start(i + 1 < KILLS ? 'play' : 'tell the rest');
      // At another point of its work each time.
      for (let n = 0; n < 3 + 2 * i; n++) kept.push(await nextLine(home));
      await new Promise((resolve) => setTimeout(resolve, i));
      home.child.kill('SIGKILL');
      kept.push(...(await restOfLines(home)));
    }
    next.child.stdin.write('begin\n');
    const [status] = await once(next.child, 'exit');
    expect(status).toBe(0);

    const store = await openAppearances(address);
    onTestFinished(() => store.dispose());
    const stored = (await store.eventsAfter(0, 10_000)).map(({ id }) => id);
    expect(kept.filter((id) => !stored.includes(id))).toEqual([]);
    const byWebhook = calls.map(({ body }) => JSON.parse(body));
    await expect
      .poll(() => new Set(heard.messages.map(({ payload }) => JSON.parse(payload).id)).size)
      .toBe(stored.length);
    for (const told of [byWebhook, heard.messages.map(({ payload }) => JSON.parse(payload))]) {
      const seen = new Set<string>();
      const unmarked: string[] = [];
      for (const { id, repeat } of told) {
        if (seen.has(id) && !repeat) unmarked.push(id);
        seen.add(id);
      }
      expect(unmarked).toEqual([]);
      expect([...seen].sort()).toEqual([...stored].sort());
      // The mark is for what is in doubt, and not for everything.
      expect(told.filter(({ repeat }) => repeat).length).toBeLessThan(told.length / 2);
    }
    await heard.client.endAsync();
  }, 120_000);

  it('tells Home Assistant and Double Take what happened while the broker was away', async () => {
    const address = join(folder, 'away.db');
    await (await openGallery(address, { embedder: STORE_EMBEDDER, distances: DLIB_FACTS })).dispose();
    // The test before may have left one running, and two cannot have one port.
    await broker.stop();
    await broker.start();
    // One that was just started does not hear that it should stop.
    await (await broker.listen()).client.endAsync();
    const account = JSON.stringify({ url: broker.url, ...broker.account });
    const run = (command: string) => {
      const args = [
        script.path,
        address,
        '{ "triggers": [{ "do": { "type": "stdout" } }] }',
        command,
        account,
      ];
      const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
      child.stdin.write('begin\n');
      return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
    };
    await broker.stop();
    const killed = run('play');
    const kept: string[] = [];
    for (let n = 0; n < 5; n++) kept.push(await nextLine(killed));
    killed.child.kill('SIGKILL');
    kept.push(...(await restOfLines(killed)));
    await broker.start();
    const heard = await broker.listen();
    await once(run('tell the rest').child, 'exit');
    const told = (topic: string) => heard.all(topic).map(({ payload }) => JSON.parse(payload));
    const byHome = () => told('face-trigger/run/home/camera/door/event');
    await expect.poll(() => byHome().map(({ event_id }) => event_id)).toEqual(kept);
    expect(byHome().every(({ repeat }) => repeat)).toBe(true);
    await expect.poll(() => told('double-take/cameras/door').map(({ id }) => id)).toEqual(kept);
    await heard.client.endAsync();
  }, 30_000);
});
