import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeAlbum } from '../photos/album.ts';
import { describePage } from './start-page.ts';

/** Where screenshots go that are looked at by people; none are taken where it is not set. */
const SHOTS = process.env['FACE_TRIGGER_TEST_SHOTS'];
const HOSTILE = `<img src=x onerror="document.title='owned'"> & "Ada"`;

describePage('the rooms of photos', { photos: writeAlbum }, (test) => {
  const question = (page: Page) => page.getByRole('region', { name: /^Who is this\?/ });
  const toast = (page: Page, text: RegExp | string) => page.getByRole('status').filter({ hasText: text });
  const shot = async (page: Page, name: string): Promise<void> => {
    if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
  };
  /** Takes back all that a test said. */
  const undoAll = async (): Promise<void> => {
    const { request } = test().server;
    const { items } = (await (await request('/photos/decisions?limit=200')).json()) as {
      items: readonly { readonly id: string; readonly undoneAt: string | null }[];
    };
    for (const { id, undoneAt } of items)
      if (undoneAt === null) await request(`/photos/decisions/${id}/undo`, { method: 'POST' });
  };
  const grouped = () =>
    expect
      .poll(async () => (await test().server.request('/photos/questions')).json(), { timeout: 60_000 })
      .toMatchObject({ grouping: 'current' });
  beforeEach(async () => {
    await undoAll();
    await grouped();
  });
  afterEach(() => expect(test().problems).toEqual([]));

  it('ask about the largest group first, and go on to the next when it has a name', async () => {
    const page = await test().open('who');
    const first = question(page);
    const faces = await first.getAttribute('aria-label');
    await first.getByRole('listitem').first().locator('img').waitFor();
    await shot(page, 'who-desktop');
    await first.getByLabel('Name').fill('Franck');
    await first.getByRole('button', { name: /^Name \d+ faces/ }).click();
    await toast(page, 'faces are Franck, who is new').waitFor();
    await expect.poll(() => question(page).getAttribute('aria-label')).not.toBe(faces);
    await page.getByText(/of \d+ faces named/).waitFor();
    expect(await test().server.gallery.findPerson('Franck')).not.toBeNull();
    await question(page).getByRole('button', { name: 'Undo the last answer' }).click();
    await expect.poll(() => test().server.gallery.findPerson('Franck')).toBeNull();
    await expect.poll(() => question(page).getAttribute('aria-label'), { timeout: 20_000 }).toBe(faces);
  });

  it('are answered by keys alone, and show where the focus is', async () => {
    const page = await test().open('who');
    await question(page).waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.className ?? '');
    await expect.poll(focused).toContain('question');
    const outline = () => question(page).evaluate((card) => getComputedStyle(card).outlineStyle);
    const first = await question(page).getAttribute('aria-label');
    await page.keyboard.press('n');
    await page.keyboard.type('Franck');
    await page.keyboard.press('Enter');
    await toast(page, 'faces are Franck').waitFor();
    await expect.poll(() => question(page).getAttribute('aria-label')).not.toBe(first);
    await expect.poll(focused).toContain('question');
    expect(await outline()).toBe('solid');
    await page.keyboard.press('i');
    await toast(page, 'ignored').waitFor();
    await page.goto(`${test().server.url}/#/who/decided`);
    await page
      .getByRole('list', { name: 'Decisions' })
      .getByText(/ignored/)
      .first()
      .waitFor();
    await shot(page, 'decided');
    await page
      .getByRole('button', { name: /^Undo: \d+ faces are Franck/ })
      .first()
      .click();
    await toast(page, 'Undone').waitFor();
    expect(await test().server.gallery.findPerson('Franck')).toBeNull();
  });

  it('join two groups of one person, and part them again', async () => {
    const page = await test().open('who');
    await question(page).waitFor();
    const before = await question(page).getAttribute('aria-label');
    await question(page).getByRole('button', { name: 'Join with another group' }).click();
    const dialog = page.getByRole('dialog', { name: 'The same person' });
    await dialog.getByRole('list', { name: 'Groups' }).locator('img').first().waitFor();
    await shot(page, 'same-person-desktop');
    await dialog.getByRole('button', { name: 'Face 1', exact: true }).click();
    await dialog.getByRole('button', { name: 'Join 1 group with this one' }).click();
    await toast(page, '2 groups are one person now').waitFor();
    await expect.poll(() => question(page).getAttribute('aria-label'), { timeout: 20_000 }).not.toBe(before);
    // The keys go on with the group that the focus came back to.
    await expect
      .poll(() => page.evaluate(() => document.activeElement?.className ?? ''))
      .toContain('question');
    await page.keyboard.press('u');
    await expect.poll(() => question(page).getAttribute('aria-label'), { timeout: 20_000 }).toBe(before);
  });

  it('review suggestions with a key for each, and take the last answer back', async () => {
    const name = await nameTwo(test().server.request, 'Franck');
    await grouped();
    const page = await test().open('who');
    await page.getByRole('link', { name: /^Review \d+ suggestions for Franck/ }).click();
    const cards = page.getByRole('list', { name: 'Suggestions' }).getByRole('listitem');
    await cards.first().waitFor();
    await shot(page, 'review-desktop');
    const count = await cards.count();
    expect(count).toBeGreaterThan(2);
    await cards.first().focus();
    await page.keyboard.press('y');
    await expect.poll(() => cards.count()).toBe(count - 1);
    await page.keyboard.press('n');
    await expect.poll(() => cards.count()).toBe(count - 2);
    await toast(page, `Not ${name}`).waitFor();
    // The keys go on with the card that has the focus now.
    await page.keyboard.press('u');
    await toast(page, 'The last answer was taken back').waitFor();
    await expect.poll(() => cards.count()).toBe(count - 1);
    await page.getByRole('button', { name: `Yes to all ${count - 1}` }).click();
    await page.getByText('Nothing is left to review for Franck').waitFor();
  });

  it('show a person over time, beside others, and take a wrong face out', async () => {
    await nameGroups(test().server.request, ['Franck', 'Audrey']);
    const page = await test().open('photos');
    await page.getByRole('link', { name: /Franck/ }).waitFor();
    await shot(page, 'people-desktop');
    await page.getByRole('link', { name: /Franck/ }).click();
    const wall = page.getByRole('list', { name: 'Photos of Franck' }).getByRole('listitem');
    const all = await countOf(
      wall
        .first()
        .waitFor()
        .then(() => wall.count()),
    );
    await wall.first().locator('img').waitFor();
    await shot(page, 'person-desktop');
    await page.getByRole('button', { name: /^2019: 2 photos/ }).click();
    await expect.poll(() => wall.count()).toBe(2);
    await page.getByRole('button', { name: /^2019/ }).click();
    await expect.poll(() => wall.count()).toBe(all);
    await page.getByRole('button', { name: /^Audrey/ }).click();
    await expect.poll(() => wall.count()).toBe(2);
    await page.getByText('Faces', { exact: true }).click();
    const faces = page.getByRole('list', { name: 'Faces of Franck' });
    await faces.getByRole('button', { name: 'Face 1', exact: true }).click();
    await page.getByRole('button', { name: '1 face: not Franck' }).click();
    await expect.poll(() => faces.getByRole('button').count()).toBe(all - 1);
  });

  it('show a photo with boxes; a click on a face says who it is', async () => {
    const page = await test().open('photos/all');
    await page
      .getByRole('link', { name: /Photo, 1 July 2022/ })
      .first()
      .click();
    const spot = page.getByRole('button', { name: 'Face 1: who is this?' });
    await page.locator('.with-faces img').waitFor();
    await shot(page, 'photo-desktop');
    await spot.click();
    const dialog = page.getByRole('dialog', { name: 'Who is this?' });
    await dialog.getByLabel('Name').fill(HOSTILE);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('button', { name: `Face 1: ${HOSTILE}` }).waitFor();
    expect(await page.title()).not.toBe('owned');
    expect(await page.locator('img[src="x"]').count()).toBe(0);
    await shot(page, 'photo-hostile-name');
    await page.goto(`${test().server.url}/#/photos`);
    await page.getByRole('link', { name: HOSTILE }).click();
    await page.getByRole('heading', { level: 1, name: HOSTILE }).waitFor();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('pick faces that stand alone, and name or ignore them', async () => {
    const page = await test().open('who/alone');
    const faces = page.getByRole('list', { name: 'Faces that stand alone' }).getByRole('button');
    await faces.first().waitFor();
    const count = await faces.count();
    await shot(page, 'alone-desktop');
    await faces.first().click();
    await page.getByRole('link', { name: 'Show the photo' }).click();
    await page.locator('.with-faces img').waitFor();
    await page.goBack();
    await faces.first().click();
    await shot(page, 'alone-picked');
    await page.getByLabel('Name').fill('Mona');
    await page.getByRole('button', { name: 'Name 1 face' }).click();
    await toast(page, '1 face is Mona').waitFor();
    await expect.poll(() => faces.count()).toBe(count - 1);
  });

  it('fit a phone, in the dark too', async () => {
    await nameTwo(test().server.request, 'Franck');
    await grouped();
    const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
    const rooms = ['who', 'who/alone', 'who/decided', 'photos', 'photos/all'];
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await test().open('who', { ...phone, colorScheme });
      for (const room of rooms) {
        await page.goto(`${test().server.url}/#/${room}`);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        await shot(page, `${room.replace('/', '-')}-phone-${colorScheme}`);
        const width = await page.evaluate(() => document.documentElement.scrollWidth);
        expect(width, `${room} ${colorScheme}`).toBeLessThanOrEqual(390);
      }
      await page.goto(`${test().server.url}/#/who`);
      await page.getByRole('link', { name: /^Review/ }).click();
      await page
        .getByRole('list', { name: 'Suggestions' })
        .getByRole('listitem')
        .first()
        .locator('img')
        .waitFor();
      await shot(page, `review-phone-${colorScheme}`);
      await page.goto(`${test().server.url}/#/photos/all`);
      await page
        .getByRole('link', { name: /Photo, 1 July 2022/ })
        .first()
        .click();
      await page.locator('.with-faces img').waitFor();
      await shot(page, `photo-phone-${colorScheme}`);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    }
  });
});

type Ask = (path: string, init?: RequestInit) => Promise<Response>;

async function groupsOf(request: Ask): Promise<readonly { readonly group: string }[]> {
  const { items } = (await (await request('/photos/questions')).json()) as {
    items: readonly { readonly group: string }[];
  };
  return items;
}

function name(request: Ask, body: object): Promise<Response> {
  const headers = { 'content-type': 'application/json' };
  return request('/photos/name', { method: 'POST', headers, body: JSON.stringify(body) });
}

/** Names the largest groups. */
async function nameGroups(request: Ask, names: readonly string[]): Promise<void> {
  const groups = await groupsOf(request);
  for (const [i, one] of names.entries())
    expect((await name(request, { group: groups[i]!.group, name: one })).status).toBe(200);
}

/** Names two faces of the largest group, so that the others are suggestions. */
async function nameTwo(request: Ask, who: string): Promise<string> {
  const [{ group }] = (await groupsOf(request)) as [{ readonly group: string }];
  const { items } = (await (await request(`/photos/groups/${group}/faces`)).json()) as {
    items: readonly { readonly id: string }[];
  };
  const faces = items.slice(-2).map(({ id }) => id);
  expect((await name(request, { faces, name: who })).status).toBe(200);
  return who;
}

async function countOf(count: Promise<number>): Promise<number> {
  const found = await count;
  expect(found).toBeGreaterThan(2);
  return found;
}
