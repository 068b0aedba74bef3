import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { openGallery } from '../../src/gallery/open-gallery.ts';
import { readHomeConfig } from '../../src/home/config/read-home-config.ts';
import { Home } from '../../src/home/home.ts';
import { hasNoBroker, realBroker } from '../real-broker.ts';
import { describeWithProgram, ffmpeg, media, temporaryFolder } from '../watch/ffmpeg-tools.ts';
import { closeReceivers, receiver } from '../watch/triggers/webhook-receiver.ts';

describeWithProgram('ffmpeg', 'what a home tells by a broker', () => {
  const isWithout = hasNoBroker('what a home tells by a broker');
  const folder = temporaryFolder();
  const broker = realBroker();

  beforeAll(async () => {
    ffmpeg('-i', media('cap13_edit2.mp4'), '-t', '3', '-vf', 'fps=10', '-an', join(folder, 'door.mp4'));
    if (!isWithout) await broker.start();
  });
  afterAll(async () => {
    closeReceivers();
    vi.unstubAllEnvs();
    await broker.stop();
  });

  it.skipIf(isWithout)(
    'has the pictures that it keeps, decrypted, where no folder for them is configured',
    async () => {
      vi.stubEnv('FACE_TRIGGER_PICTURE_KEY', 'ab'.repeat(32));
      vi.stubEnv('TOLD_PICTURES_PASSWORD', broker.account.password);
      const hook = await receiver();
      const path = join(folder, 'home.yaml');
      const { username } = broker.account;
      writeFileSync(
        path,
        `
gallery: pictures.db
cameras: { door: { url: door.mp4 } }
server: false
mqtt: { url: "${broker.url}", username: ${username}, password: env:TOLD_PICTURES_PASSWORD }
homeAssistant: true
doubleTake: { base64: true }
triggers:
  - when: { who: stranger }
    do:
      - { type: webhook, url: "${hook.url}", picture: true, allowInternal: [127.0.0.1] }
      - { type: mqtt, url: "${broker.url}", username: ${username}, passwordEnv: TOLD_PICTURES_PASSWORD, prefix: told, pictures: true }
      - { type: snapshot, folder: "${join(folder, 'copies')}" }
  - when: { events: presence.arrived }
    do: { type: webhook, url: "${hook.url}/arrived", content: picture, allowInternal: [127.0.0.1] }
`,
      );
      const live = await broker.listen();
      const copies = () =>
        existsSync(join(folder, 'copies'))
          ? readdirSync(join(folder, 'copies'), { recursive: true, encoding: 'utf8' }).filter((name) =>
              name.endsWith('.jpg'),
            )
          : [];
      const log: string[] = [];
      const home = await Home.open(await readHomeConfig(path), { log: (line) => log.push(line) });
      try {
        await home.ended();
        await expect.poll(() => hook.calls.length).toBe(2);
        await expect.poll(() => copies().length).toBe(1);
        const bytes = (topic: string) => live.all(topic).at(-1)?.bytes;
        await expect.poll(() => bytes('face-trigger/run/home/camera/door/picture')).toBeDefined();
        await expect.poll(() => bytes('told/door/picture')).toBeDefined();
        await expect.poll(() => bytes('double-take/matches/unknown')).toBeDefined();
        const { unknown } = JSON.parse(live.last('double-take/matches/unknown')!) as {
          unknown: { base64: string };
        };
        for (const picture of [
          bytes('face-trigger/run/home/camera/door/picture')!,
          bytes('told/door/picture')!,
          Buffer.from(unknown.base64, 'base64'),
          readFileSync(join(folder, 'copies', copies()[0]!)),
          hook.calls.find(({ url }) => url === '/hook/arrived')!.bytes,
        ]) {
          expect([...picture.subarray(0, 3)]).toEqual([0xff, 0xd8, 0xff]);
          expect(picture.subarray(-2)).toEqual(Buffer.from([0xff, 0xd9]));
        }
        const form = hook.calls.find(({ url }) => url === '/hook')!.bytes;
        expect(form.includes(Buffer.from([0xff, 0xd8, 0xff]))).toBe(true);
        expect(log).toEqual([]);
      } finally {
        await home[Symbol.asyncDispose]();
      }
    },
  );

  it.skipIf(isWithout)(
    'follows people who are named, renamed and deleted, by itself or another process',
    async () => {
      vi.stubEnv('TOLD_HOME_PASSWORD', broker.account.password);
      const path = join(folder, 'people.yaml');
      const { username } = broker.account;
      writeFileSync(
        path,
        `
gallery: people.db
cameras: { door: { url: door.mp4 } }
server: false
mqtt: { url: "${broker.url}", username: ${username}, password: env:TOLD_HOME_PASSWORD }
homeAssistant: { prefix: people }
`,
      );
      const live = await broker.listen('people/#');
      const log: string[] = [];
      const home = await Home.open(await readHomeConfig(path), { log: (line) => log.push(line) });
      const other = await openGallery(join(folder, 'people.db'), { create: false });
      const names = () => live.last('people/run/home/people');
      try {
        await home.ended();
        const [visit] = home.presence.current();
        const { person } = await home.strangers.name(visit!.stranger!, { name: 'Ada' });
        await expect.poll(names).toBe('Ada');
        const presence = `people/run/home/person/${person.id}/presence`;
        await expect.poll(() => live.last(presence)).toBe('ON');
        await expect.poll(() => live.last('people/run/home/trigger')).toBe('arrived');
        await other.renamePerson(person.id, 'Adele');
        await expect.poll(names).toBe('Adele');
        expect(home.presence.current()).toMatchObject([{ id: visit!.id, label: 'Adele' }]);
        await other.deletePerson(person.id);
        await expect.poll(names).toBe('nobody');
        await expect.poll(() => live.last(presence)).toBe('');
        await expect.poll(() => live.last('people/run/home/trigger')).toBe('left');
        expect(log).toEqual([]);
      } finally {
        await other.dispose();
        await home[Symbol.asyncDispose]();
      }
    },
  );
});
