import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, beforeAll, expect, it, onTestFinished } from 'vitest';
import { json } from '../server/start-server.ts';
import { describePage } from './start-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-chooser-'));

describePage('the page of a server with several galleries', { galleries: folder }, (test) => {
  const ask = (path: string, body: object, gallery?: string) =>
    test().server.request(path, {
      method: 'POST',
      ...json(body),
      headers: { 'content-type': 'application/json', ...(gallery !== undefined && { 'x-gallery': gallery }) },
    });
  beforeAll(async () => {
    for (const name of ['hall', 'a-gallery-whose-name-is-much-longer-than-a-phone-is-wide'])
      expect((await ask('/galleries', { name })).status).toBe(201);
    expect((await ask('/people', { name: 'Ann of the door' })).status).toBe(201);
    expect((await ask('/people', { name: 'Bob of the hall' }, 'hall')).status).toBe(201);
    return () => rmSync(folder, { recursive: true, force: true });
  });
  afterEach(() => expect(test().problems).toEqual([]));

  const chooser = (page: Page) => page.getByLabel('Gallery', { exact: true });
  const open: ReturnType<typeof test>['open'] = async (...args) => {
    const page = await test().open(...args);
    onTestFinished(() => page.context().close());
    return page;
  };

  it('shows which is meant, and another one with the keyboard alone, as long as the tab is open', async () => {
    const page = await open('people');
    await page.getByText('Ann of the door').waitFor();
    expect(await chooser(page).inputValue()).toBe('default');
    await chooser(page).focus();
    // One letter: on a slow machine the browser takes the letters of a word for the beginnings of several.
    await page.keyboard.press('h');
    await page.keyboard.press('Enter');
    await page.getByText('Bob of the hall').waitFor();
    expect(await page.getByText('Ann of the door').count()).toBe(0);
    await page.reload();
    await page.getByText('Bob of the hall').waitFor();
    expect(await chooser(page).inputValue()).toBe('hall');
    // What is done on the page is done to that one.
    await page.goto(`${test().server.url}/#/settings`);
    await page.getByLabel('Largest distance that gets a name').fill('0.3');
    await page.getByRole('button', { name: 'Save threshold' }).click();
    await page.getByText('Faces up to distance 0.3 get a name from now on').waitFor();
    const settings = async (headers: Record<string, string>) =>
      (await (await test().server.request('/settings', { headers })).json()) as { maxDistance: number };
    const admin = { 'x-api-key': test().server.secrets.admin };
    expect(await settings({ ...admin, 'x-gallery': 'hall' })).toMatchObject({ maxDistance: 0.3 });
    expect((await settings(admin)).maxDistance).not.toBe(0.3);
  });

  it('leads back from a gallery that is gone', async () => {
    const page = await open('people');
    await chooser(page).selectOption('hall');
    await page.getByText('Bob of the hall').waitFor();
    await page.evaluate(() => sessionStorage.setItem('face-trigger-gallery', 'gone'));
    await page.reload();
    await page.getByText('There is no gallery of this name').waitFor();
    await page.getByRole('button', { name: 'Leave the gallery gone' }).click();
    await page.getByText('Ann of the door').waitFor();
  });

  it('fits on a phone, in the dark too', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('people', { viewport: { width: 360, height: 740 }, colorScheme });
      await chooser(page).selectOption('a-gallery-whose-name-is-much-longer-than-a-phone-is-wide');
      await page.getByRole('heading', { name: 'People' }).first().waitFor();
      await expect.poll(() => chooser(page).inputValue()).toMatch(/^a-gallery/);
      const box = (await chooser(page).boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(360);
      expect(box.height).toBeGreaterThanOrEqual(32);
      const label = (await page.getByText('Gallery', { exact: true }).boundingBox())!;
      expect(label.height).toBeLessThan(32);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      expect(wide).toBeLessThanOrEqual(360);
      const shots = process.env['SCREENSHOTS'];
      if (shots) await page.screenshot({ path: join(shots, `chooser-${colorScheme}.png`) });
    }
  });

  it('is not asked for by a key for one gallery', async () => {
    const made = await ask('/keys', { label: 'hall', scopes: ['read'], gallery: 'hall' });
    const { secret } = (await made.json()) as { secret: string };
    const page = await open('people', { key: secret });
    await page.getByText('Bob of the hall').waitFor();
    expect(await chooser(page).count()).toBe(0);
  });

  const names = async () => {
    const admin = { 'x-api-key': test().server.secrets.admin };
    const { items } = (await (await test().server.request('/galleries', { headers: admin })).json()) as {
      items: { name: string }[];
    };
    return items.map(({ name }) => name);
  };

  it('makes a gallery and deletes it with everybody in it, with the keyboard alone', async () => {
    const page = await open('settings');
    await page.getByLabel('Name of a new gallery').focus();
    await page.keyboard.type('No Name');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('small letters').waitFor();
    await page.getByLabel('Name of a new gallery').fill('cellar');
    await page.keyboard.press('Enter');
    await page.getByText('The gallery cellar is there, and empty').waitFor();
    expect((await ask('/people', { name: 'Cid of the cellar' }, 'cellar')).status).toBe(201);
    // The chooser above knows it without a reload.
    await chooser(page).selectOption('cellar');
    const row = page
      .getByRole('list', { name: 'Galleries' })
      .getByRole('listitem')
      .filter({ hasText: 'cellar' });
    await row.getByText('1 person, 0 faces · shown by this tab').waitFor();
    await row.getByRole('button', { name: 'Delete cellar' }).focus();
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'Delete the gallery cellar?' });
    await dialog.getByText('1 person is in it').waitFor();
    const confirm = dialog.getByRole('button', { name: 'Delete it' });
    expect(await confirm.isDisabled()).toBe(true);
    await dialog.getByLabel('Type cellar to confirm').focus();
    await page.keyboard.type('cella');
    await page.keyboard.press('Enter');
    expect(await names()).toContain('cellar');
    await page.keyboard.type('r');
    await page.keyboard.press('Enter');
    await page.getByText('The gallery cellar is deleted').waitFor();
    await expect.poll(() => chooser(page).inputValue()).toBe('default');
    expect(await names()).not.toContain('cellar');
  });

  it('does not delete what the server was started with, and leaves the dialog with Escape', async () => {
    // As in a folder that "serve" is started with: there the first one is among the others.
    expect((await ask('/galleries', { name: 'default' })).status).toBe(201);
    const page = await open('settings');
    await page.getByRole('button', { name: 'Delete default' }).click();
    await page.getByLabel('Type default to confirm').fill('default');
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('This server was started with that gallery').waitFor();
    await page.keyboard.press('Escape');
    await expect.poll(() => page.getByRole('dialog').count()).toBe(0);
    expect(await names()).toContain('default');
  });

  it('has galleries made and deleted on a phone and in the dark, and by administrators alone', async () => {
    const long = 'a-gallery-whose-name-is-much-longer-than-a-phone-is-wide';
    for (const colorScheme of ['light', 'dark'] as const) {
      const page = await open('settings', { viewport: { width: 360, height: 740 }, colorScheme });
      await page.getByRole('heading', { name: 'Galleries' }).waitFor();
      await page.getByText(long, { exact: true }).last().waitFor();
      const shots = process.env['SCREENSHOTS'];
      await page.getByRole('heading', { name: 'Galleries' }).scrollIntoViewIfNeeded();
      if (shots) await page.screenshot({ path: join(shots, `galleries-${colorScheme}.png`), fullPage: true });
      await page.getByRole('button', { name: `Delete ${long}` }).click();
      const box = (await page.getByRole('dialog').boundingBox())!;
      expect(box.x).toBeGreaterThanOrEqual(0);
      expect(box.x + box.width).toBeLessThanOrEqual(360);
      if (shots) await page.screenshot({ path: join(shots, `delete-gallery-${colorScheme}.png`) });
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
    }
    const page = await open('settings', { key: test().server.secrets.read });
    await page.getByRole('heading', { name: 'This server' }).waitFor();
    expect(await page.getByRole('heading', { name: 'Galleries' }).count()).toBe(0);
  });
});
