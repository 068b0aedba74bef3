import { readFileSync } from 'node:fs';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { afterEach, beforeAll, expect, it } from 'vitest';
import { form, json } from '../server/start-server.ts';
import { describePage, photos } from './start-page.ts';

const ROOMS = ['People', 'Enroll', 'Recognize', 'Live', 'Events', 'Evaluate', 'Settings'];
const PEOPLE: Readonly<Record<string, readonly string[]>> = {
  Franck: [
    'franck_01829.jpg',
    'franck_02159.jpg',
    'franck_02683.jpg',
    'franck_02888.jpg',
    'franck_03909.jpg',
  ],
  Nicolas: ['cage.jpg', 'cage2_crop.jpg'],
  Sean: ['SeanConnery.jpg', 'sean_guru2_crop.jpg'],
};

describePage('the page about a gallery', {}, (test) => {
  const addPerson = async (name: string, files: readonly string[]): Promise<void> => {
    const created = await test().server.request('/people', { method: 'POST', ...json({ name }) });
    const { id } = (await created.json()) as { id: string };
    for (const file of files) {
      const body = form({ image: readFileSync(photos(file)[0]!) });
      const added = await test().server.request(`/people/${id}/faces?review=off`, { method: 'POST', body });
      expect(added.status).toBe(201);
    }
  };
  beforeAll(async () => {
    for (const [name, files] of Object.entries(PEOPLE)) await addPerson(name, files);
  }, 120_000);
  afterEach(() => expect(test().problems).toEqual([]));

  it('refuses to evaluate a gallery that is too small, then evaluates it with a slider', async () => {
    const page = await test().open('evaluate');
    await page.getByRole('heading', { name: 'Too few photos to say anything' }).waitFor();
    await page.getByText('there are 9 such photos of 3 people').waitFor();
    await addPerson('Audrey', ['audrey.jpg', 'audrey_crop.jpg']);
    await page.getByRole('button', { name: 'Measure again' }).click();
    await page.getByText('Tried all 11 photos; 11 have another photo').waitFor();
    const falseMatches = page.locator('.false-matches dd');
    const misses = page.locator('.misses dd');
    expect(await falseMatches.textContent()).toBe('0 % 0 of 11between 0 % and 28.5 %');
    const slider = page.getByRole('slider', { name: 'Threshold: names up to distance' });
    await slider.focus();
    await page.keyboard.press('Home');
    expect(await misses.textContent()).toContain('100 % 11 of 11');
    await page.keyboard.press('End');
    expect(await misses.textContent()).toContain('0 % 0 of 11');
    expect(await falseMatches.textContent()).toContain('100 % 11 of 11');
    await slider.fill('49');
    await page.getByText('names up to distance 0.50').waitFor();
    await page.getByRole('button', { name: 'Use this threshold' }).click();
    await page.getByText('Faces up to distance 0.5 get a name').waitFor();
    const settings = await (await test().server.request('/settings')).json();
    expect(settings).toEqual({ maxDistance: 0.5, retentionDays: null });
    await page.context().close();
  });

  it('changes the threshold, which changes who is recognized', async () => {
    const recognize = async (): Promise<Page> => {
      const page = await test().open('recognize');
      await page.getByLabel('Picture file').setInputFiles(photos('franck_04035.jpg'));
      await page.getByText('One face').waitFor();
      return page;
    };
    const page = await test().open('settings');
    await page.getByLabel('Largest distance that gets a name').fill('0.1');
    await page.getByRole('button', { name: 'Save threshold' }).click();
    await page.getByText('Faces up to distance 0.1 get a name from now on').waitFor();
    const strict = await recognize();
    await strict.getByText('One face: unknown').waitFor();
    await strict.context().close();
    await page.getByLabel('Largest distance that gets a name').fill('0.56');
    await page.getByRole('button', { name: 'Save threshold' }).click();
    await page.getByText('Faces up to distance 0.56 get a name from now on').waitFor();
    const usual = await recognize();
    await usual.getByText('One face: Franck').waitFor();
    await usual.context().close();
    await page.context().close();
  });

  it('gives new people the expiry that is set', async () => {
    const page = await test().open('settings');
    await page.getByLabel('Delete new people after days').fill('30');
    await page.getByRole('button', { name: 'Save retention' }).click();
    await page.getByText('New people are deleted after 30 days').waitFor();
    await addPerson('Guest', []);
    const guest = await test().server.gallery.findPerson('Guest');
    const days = (guest!.expiresAt!.getTime() - guest!.createdAt.getTime()) / 86_400_000;
    expect(Math.round(days)).toBe(30);
    await page.getByLabel('Delete new people after days').fill('');
    await page.getByRole('button', { name: 'Save retention' }).click();
    await page.getByText('New people are kept until they are deleted').waitFor();
    await page.context().close();
  });

  it('makes a key, shows its secret once, and revokes it', async () => {
    const page = await test().open('settings');
    await page.getByLabel('What the new key is for').fill('the door');
    await page.getByRole('button', { name: 'Make a key' }).click();
    const secret = await page.getByRole('dialog').getByLabel('Key', { exact: true }).inputValue();
    expect(secret).toMatch(/^ft_[0-9a-f]{12}_/);
    await page.getByRole('button', { name: 'I have it' }).click();
    await page.getByRole('listitem').filter({ hasText: 'the door' }).waitFor();
    expect(await page.content()).not.toContain(secret);
    const ask = async () =>
      (await test().server.request('/session', { headers: { 'x-api-key': secret } })).status;
    expect(await ask()).toBe(200);
    const limited = await test().open('people', { key: secret });
    await limited.getByText('It takes a key with the scope read').waitFor();
    await limited.context().close();
    await page.getByRole('button', { name: 'Revoke the door' }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByText('The key the door is revoked').waitFor();
    await expect.poll(ask).toBe(401);
    await page.getByRole('button', { name: 'Revoke admin' }).click();
    await page.getByRole('button', { name: 'Revoke it' }).click();
    await page.getByRole('alert').getByText('No key with the scope "admin" would be left').waitFor();
    await page.context().close();
  });

  it('is used with the keyboard alone', async () => {
    const page = await test().open('people');
    await page.getByRole('heading', { name: 'Franck' }).waitFor();
    await page.keyboard.press('Tab');
    expect(await focused(page)).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
    await tabTo(page, 'Rename Franck');
    // Whoever moves with the keyboard sees where they are.
    expect(await page.evaluate(() => getComputedStyle(document.activeElement!).outlineStyle)).toBe('solid');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Rename Franck' }).waitFor();
    await page.keyboard.press('End');
    await page.keyboard.type(' M.');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Franck M.' }).waitFor();
    await tabTo(page, 'Undo');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Franck', exact: true }).waitFor();
    await tabTo(page, 'Photos of Franck');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused(page)).toBe('Photos of Franck');
    for (const room of ROOMS) {
      await tabTo(page, room);
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: room, level: 1 }).waitFor();
    }
    await page.context().close();
  });

  it('gives every control a name', async () => {
    const page = await test().open('people');
    for (const room of ROOMS) {
      await page.getByRole('link', { name: room, exact: true }).click();
      await page.getByRole('heading', { name: room, level: 1 }).waitFor();
      if (room === 'Evaluate') await page.getByRole('slider').waitFor();
      const nameless = await page.evaluate(() =>
        [...document.querySelectorAll('button, a, input, select, summary')]
          .filter((element) => {
            const labels = (element as HTMLInputElement).labels;
            const name =
              element.getAttribute('aria-label') ?? labels?.[0]?.textContent ?? element.textContent ?? '';
            return name.trim() === '';
          })
          .map((element) => element.outerHTML),
      );
      expect(nameless).toEqual([]);
    }
    await page.context().close();
  });

  it('fits a phone 360 pixels wide, in light and in dark', async () => {
    const contrasts = async (options: BrowserContextOptions): Promise<void> => {
      const page = await test().open('people', { viewport: { width: 360, height: 740 }, ...options });
      for (const room of ROOMS) {
        await page.getByRole('link', { name: room, exact: true }).click();
        await page.getByRole('heading', { name: room, level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        if (room === 'Evaluate') await page.getByText('Equal error rate').waitFor();
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
        for (const selector of ['h1', 'main p']) {
          expect(await contrastOf(page, selector)).toBeGreaterThan(4.5);
        }
      }
      await page.context().close();
    };
    await contrasts({ colorScheme: 'light' });
    await contrasts({ colorScheme: 'dark' });
    const page = await test().open('people', { colorScheme: 'dark' });
    await page.getByRole('heading', { name: 'People' }).waitFor();
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe(
      'rgb(15, 19, 23)',
    );
    await page.context().close();
  });
});

/** Name of what has the focus. */
function focused(page: Page): Promise<string | null> {
  return page.evaluate(() => {
    const element = document.activeElement;
    return element?.getAttribute('aria-label') ?? element?.textContent ?? null;
  });
}

/** Presses Tab until something has the focus; fails where the keyboard can't reach it. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed++) {
    if ((await focused(page)) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to "${name}"`);
}

/** Contrast of a text with the page's ground. Source: WCAG 2.2, relative luminance. */
function contrastOf(page: Page, selector: string): Promise<number> {
  return page.evaluate((wanted) => {
    const luminance = (color: string): number => {
      const [r, g, b] = [...color.matchAll(/[\d.]+/g)].map(([part]) => {
        const share = Number(part) / 255;
        return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
    };
    const text = luminance(getComputedStyle(document.querySelector(wanted)!).color);
    const ground = luminance(getComputedStyle(document.body).backgroundColor);
    return (Math.max(text, ground) + 0.05) / (Math.min(text, ground) + 0.05);
  }, selector);
}
