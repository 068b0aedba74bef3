import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import sharp from 'sharp';
import { afterEach, expect, it } from 'vitest';
import { describePage, photos } from './start-page.ts';

describePage('the page about people', {}, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));

  const names = async (): Promise<string[]> => {
    const { items } = await test().server.gallery.listPeople();
    return items.map(({ name }) => name).sort();
  };
  const enroll = async (page: Page, name: string, files: readonly string[]): Promise<void> => {
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('Picture files').setInputFiles(files);
    await page.getByText(/\b(\d+) of \1 done/).waitFor();
  };

  it('asks for a key, says when it is wrong, and keeps it in the tab alone', async () => {
    const page = await test().open('people', { key: null });
    const field = page.getByLabel('API key');
    await field.fill('ft_000000000000_wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('does not know this key').waitFor();
    await field.fill(test().server.secrets.admin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Nobody is known yet' }).waitFor();
    expect(await page.evaluate(() => [localStorage.length, document.cookie, sessionStorage.length])).toEqual([
      0,
      '',
      1,
    ]);
    await page.getByRole('link', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Forget the key of this tab' }).click();
    await page.getByLabel('API key').waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
    await page.context().close();
  });

  it('is served with a policy that lets nothing in from elsewhere', async () => {
    const response = await fetch(test().server.url);
    const policy = response.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    // It allows WebAssembly, for models in the page, and no code made of text.
    expect(policy.replace("'wasm-unsafe-eval'", '')).not.toMatch(/unsafe|https?:|\*/);
    const page = await test().open('people');
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.reload();
    await page.getByRole('heading', { name: 'People' }).waitFor();
    expect([...hosts].filter((host) => host !== new URL(test().server.url).host)).toEqual([]);
    await page.context().close();
  });

  it('takes and shows the day on which a new person is deleted', async () => {
    const page = await test().open('enroll');
    await page.getByLabel('Delete a new person on').fill('2999-06-30');
    await enroll(page, 'Guest', photos('audrey.jpg'));
    const guest = await test().server.gallery.findPerson('Guest');
    expect(guest?.expiresAt).toEqual(new Date('2999-06-30T00:00:00Z'));
    await page.goto(page.url().replace('enroll', 'people'));
    await page.getByText('until 2999-06-30', { exact: false }).waitFor();
    await test().server.gallery.deletePerson(guest!.id);
    await page.context().close();
  });

  it('enrolls pictures under a name and says why others are refused', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-enroll-'));
    const blurred = join(folder, 'blurred.jpg');
    await sharp(photos('franck_04000.jpg')[0]).blur(9).toFile(blurred);
    const page = await test().open('enroll');
    await page.getByLabel('Picture files').setInputFiles(photos('audrey.jpg'));
    await page.getByRole('alert').getByText('Write a name first').waitFor();
    await enroll(page, 'Franck', [
      ...photos('franck_01829.jpg', 'franck_02159.jpg', 'icon_angry.png'),
      blurred,
    ]);
    const line = (file: string) => page.getByRole('listitem').filter({ hasText: file });
    expect(await line('franck_01829.jpg').textContent()).toContain('Added');
    expect(await line('icon_angry.png').textContent()).toMatch(/No face was found.*Refused/);
    expect(await line('blurred.jpg').textContent()).toMatch(/the face is blurred.*Refused/);
    await line('blurred.jpg').getByRole('button', { name: 'Take it anyway' }).click();
    await line('blurred.jpg').getByText('Added').waitFor();
    expect((await test().server.gallery.findPerson('Franck'))?.faces).toBe(3);
    await enroll(page, 'Nobody', photos('icon_happy.png'));
    // Who was made for pictures of which none was good enough does not stay.
    await expect.poll(names).toEqual(['Franck']);
    rmSync(folder, { recursive: true });
    await page.context().close();
  });

  it('enrolls a folder in which each person has a folder', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-enroll-'));
    for (const [name, file] of [
      ['Sean', 'SeanConnery.jpg'],
      ['Nicolas', 'cage.jpg'],
      ['Nick', 'cage2_crop.jpg'],
    ] as const) {
      mkdirSync(join(folder, 'people', name), { recursive: true });
      cpSync(photos(file)[0]!, join(folder, 'people', name, file));
    }
    mkdirSync(join(folder, 'people', '@eaDir'));
    cpSync(photos('audrey.jpg')[0]!, join(folder, 'people', '@eaDir', 'audrey.jpg'));
    for (const name of ['plan.psd', 'film.mp4', 'notes.txt'])
      writeFileSync(join(folder, 'people/Sean', name), '?');
    const page = await test().open('enroll');
    await page.getByLabel('Check of the photos').selectOption('off');
    await page.getByLabel('Folder of pictures').setInputFiles(join(folder, 'people'));
    await page.getByText('3 of 3 done: 3 added').waitFor();
    expect((await page.getByLabel('Left out').getByRole('listitem').allTextContents()).sort()).toEqual([
      'left out people/@eaDir: a folder of the system, a file server or a photo program',
      'left out people/Sean/film.mp4: a video: "watch" looks for faces in it',
      'left out people/Sean/notes.txt: a file that is no picture, by its name',
      'left out people/Sean/plan.psd: a Photoshop document, which is not read: convert it to JPEG',
    ]);
    expect(await names()).toEqual(['Franck', 'Nick', 'Nicolas', 'Sean']);
    await page.getByLabel('Folder of pictures').setInputFiles(join(folder, 'people'));
    await page.getByText('6 of 6 done: 3 added, 3 already there').waitFor();
    rmSync(folder, { recursive: true });
    await page.context().close();
  });

  it('recognizes a photo and says why', async () => {
    const page = await test().open('recognize');
    await page.getByLabel('Picture file').setInputFiles(photos('franck_04035.jpg'));
    const answer = page.getByRole('article', { name: 'Face 1' });
    await answer.getByRole('heading', { name: 'Franck' }).waitFor();
    expect(await page.locator('.face-boxes .known text').textContent()).toBe('1 Franck');
    const rows = await answer.getByRole('row').allTextContents();
    expect(rows).toHaveLength(4);
    expect(rows[1]).toMatch(/^Franck0\.[0-4]\d\d.*%$/);
    expect(rows[3]).toMatch(/0\.[6-9]\d\d< 0\.1 %$/);
    await answer.getByText('up to distance 0.56').waitFor();
    await page.getByLabel('Picture file').setInputFiles(photos('joconde.jpg'));
    await page.getByRole('heading', { name: 'Unknown' }).waitFor();
    await page.getByText(/nearest person is 0\.\d+ away, beyond the threshold of 0\.56/).waitFor();
    await page.getByLabel('Picture file').setInputFiles(photos('icon_sad.png'));
    await page.getByText('No face was found').waitFor();
    await page.context().close();
  });

  it('searches, renames and takes it back', async () => {
    const page = await test().open('people');
    await page.getByLabel('Search people').fill('fran');
    await page.getByRole('heading', { name: 'Sean' }).waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Rename Franck' }).click();
    const name = page.getByRole('dialog').getByLabel('Name');
    await name.fill('Sean');
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').getByText('Another person has this name already').waitFor();
    await name.fill('Franck Martin');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Franck Martin' }).waitFor();
    expect(await names()).toContain('Franck Martin');
    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Franck', exact: true }).waitFor();
    expect(await names()).toContain('Franck');
    await page.context().close();
  });

  it('merges two people and takes it back', async () => {
    const page = await test().open('people');
    await page.getByLabel('Choose Nick for merging').check();
    await page.getByLabel('Choose Nicolas for merging').check();
    await page.getByRole('button', { name: 'Merge 2 people' }).click();
    await page.getByRole('dialog').getByLabel('Nicolas').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
    await page.getByRole('heading', { name: 'Nick', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('listitem').filter({ hasText: 'Nicolas' }).getByText('2 photos').waitFor();
    expect(await names()).toEqual(['Franck', 'Nicolas', 'Sean']);
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Nick', exact: true }).waitFor();
    expect((await test().server.gallery.findPerson('Nick'))?.faces).toBe(1);
    await page.context().close();
  });

  it('deletes only when the time for second thoughts is over', async () => {
    const page = await test().open('people');
    const card = page.getByRole('heading', { name: 'Nick', exact: true });
    const remove = page.getByRole('button', { name: 'Delete Nick', exact: true });
    await remove.click();
    await card.waitFor({ state: 'detached' });
    expect(await names()).toContain('Nick');
    await page.getByRole('button', { name: 'Undo' }).click();
    await card.waitFor();
    await remove.click();
    // Whoever closes the line says that they meant it.
    await page.getByRole('status').getByRole('button', { name: 'Close' }).click();
    await expect.poll(names).not.toContain('Nick');
    await page.getByText('3 people').waitFor();
    await page.context().close();
  });

  it('deletes a photo of a person from within the dialog that shows them', async () => {
    const page = await test().open('people');
    await page.getByRole('button', { name: 'Photos of Franck' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Delete blurred.jpg' }).click();
    await dialog.getByRole('button', { name: 'Undo' }).click();
    await dialog.getByRole('button', { name: 'Delete blurred.jpg' }).click();
    // The page is closed before the time is over: the deletion happens at once.
    await page.close({ runBeforeUnload: true });
    await expect.poll(async () => (await test().server.gallery.findPerson('Franck'))?.faces).toBe(2);
  });

  it('shows events as they happen, and those that came before', async () => {
    const page = await test().open('events');
    await page.getByText('Connected').waitFor();
    await test().server.request('/people', {
      method: 'POST',
      body: JSON.stringify({ name: 'Eve' }),
      headers: { 'content-type': 'application/json' },
    });
    await page.getByRole('listitem').filter({ hasText: 'Eve was added' }).waitFor();
    await page.getByLabel('Show').selectOption('faces');
    await page.getByText('Eve was added').waitFor({ state: 'detached' });
    await page.getByRole('listitem').filter({ hasText: 'Franck was seen' }).first().waitFor();
    const { id } = (await test().server.gallery.findPerson('Eve'))!;
    await test().server.request(`/people/${id}`, { method: 'DELETE' });
    await page.getByLabel('Show').selectOption('people');
    await page.getByText('A person was deleted').first().waitFor();
    await page.context().close();
  });
});
