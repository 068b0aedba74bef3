import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, expect, it } from 'vitest';
import { describePage, photos } from './start-page.ts';

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-recognize-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Franck and Audrey side by side. */
async function pairPhoto(): Promise<string> {
  const path = join(folder, 'pair.jpg');
  const [left, right] = await Promise.all(
    photos('franck_01829.jpg', 'audrey.jpg').map((file) => sharp(file).resize({ height: 500 }).toBuffer()),
  );
  const [{ width = 0 }, { width: other = 0 }] = await Promise.all([
    sharp(left).metadata(),
    sharp(right).metadata(),
  ]);
  await sharp({ create: { width: width + other, height: 500, channels: 3, background: 'gray' } })
    .composite([
      { input: left!, left: 0, top: 0 },
      { input: right!, left: width, top: 0 },
    ])
    .jpeg({ quality: 95 })
    .toFile(path);
  return path;
}

describePage('the page that recognizes', {}, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));
  const people = async () =>
    (await test().server.gallery.listPeople()).items.map(({ name, faces }) => `${name} ${faces}`).sort();

  it('takes "this is" for one face of several, and takes it back', async () => {
    const page = await test().open('recognize');
    await page.getByLabel('Picture file').setInputFiles(await pairPhoto());
    await page.getByText('2 faces: 2 unknown').waitFor();
    const labels = await page.locator('.face-boxes text').allTextContents();
    expect(labels.sort()).toEqual(['1 Unknown', '2 Unknown']);
    // Whichever of the two is the second: its box tells where on the photo it lies.
    const boxes = await page.locator('.face-boxes .box').all();
    const left = async (i: number) => Number(await boxes[i]!.getAttribute('x'));
    const isAudrey = (await left(1)) > (await left(0));

    const second = page.getByRole('article', { name: 'Face 2' });
    await second.getByRole('button', { name: 'This is …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Who is face 2?' });
    await dialog.getByLabel('Name').fill('Second');
    await page.keyboard.press('Enter');
    await second.getByRole('heading', { name: 'Second' }).waitFor();
    await page.getByText('The face was added to Second').waitFor();
    expect(await people()).toEqual(['Second 1']);
    await page.getByLabel('Picture file').setInputFiles(photos(isAudrey ? 'audrey.jpg' : 'franck_04035.jpg'));
    await page.getByRole('heading', { name: 'Second' }).waitFor();

    await page.getByRole('status').getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('heading', { name: 'Unknown' }).waitFor();
    expect(await people()).toEqual([]);
    await page.context().close();
  });

  it('takes "not X" for a wrong name, and takes it back', async () => {
    const page = await test().open('recognize');
    await page.getByLabel('Picture file').setInputFiles(photos('franck_01829.jpg'));
    await page.getByRole('button', { name: 'This is …' }).click();
    await page.getByRole('dialog').getByLabel('Name').fill('Wrong');
    await page.keyboard.press('Enter');
    const face = page.getByRole('article', { name: 'Face 1' });
    await face.getByRole('heading', { name: 'Wrong' }).waitFor();
    await page.getByLabel('Picture file').setInputFiles(photos('franck_04035.jpg'));
    await page.getByText('One face: Wrong').waitFor();
    await face.getByRole('button', { name: 'Not Wrong' }).click();
    await face.getByRole('heading', { name: 'Unknown' }).waitFor();
    await page
      .locator('.toast')
      .filter({ hasText: 'this is not Wrong' })
      .getByRole('button', { name: 'Undo' })
      .click();
    await face.getByRole('heading', { name: 'Wrong' }).waitFor();
    await test().server.gallery.deletePerson((await test().server.gallery.findPerson('Wrong'))!.id);
    await page.context().close();
  });

  it('leaves nobody behind when the face is refused, and offers to take it anyway', async () => {
    const blurred = join(folder, 'blurred.jpg');
    await sharp(photos('franck_04000.jpg')[0]).blur(9).toFile(blurred);
    const page = await test().open('recognize');
    await page.getByLabel('Picture file').setInputFiles(blurred);
    await page.getByRole('button', { name: 'This is …' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Blurred');
    await page.keyboard.press('Enter');
    await dialog.getByRole('alert').getByText('the face is blurred').waitFor();
    expect(await people()).toEqual([]);
    await dialog.getByRole('button', { name: 'Take it anyway' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await people()).toEqual(['Blurred 1']);
    await test().server.gallery.deletePerson((await test().server.gallery.findPerson('Blurred'))!.id);
    await page.context().close();
  });

  it('shrinks what is too large for the server and says so', async () => {
    const large = join(folder, 'large.jpg');
    await sharp(photos('franck_01829.jpg')[0])
      .resize({ width: 7200, height: 5400, fit: 'cover' })
      .jpeg({ quality: 60 })
      .toFile(large);
    const page = await test().open('recognize');
    await page.getByLabel('Picture file').setInputFiles(large);
    await page.getByText('One face: unknown').waitFor();
    await page.getByText(/Shrunk from 7200 × 5400 \(\d+\.\d MB\) to \d+ × \d+ \(\d+\.\d MB\)/).waitFor();
    await page.context().close();
  });

  it('says that it looks at the first of several pictures only', async () => {
    const page = await test().open('recognize');
    await page.locator('.drop-zone').waitFor();
    await page.evaluate(() => {
      // A picture input for one takes no two; dropping them does.
      const transfer = new DataTransfer();
      for (const name of ['a.png', 'b.png']) transfer.items.add(new File(['x'], name, { type: 'image/png' }));
      const event = new DragEvent('drop', { dataTransfer: transfer, bubbles: true, cancelable: true });
      document.querySelector('.drop-zone')?.dispatchEvent(event);
    });
    await page.getByText('Only the first picture is looked at: 1 more left out.').waitFor();
    await page.context().close();
  });

  it('keeps names within the picture, however long and wherever the face is', async () => {
    const name = 'Somebody whose name is a good deal longer than any picture of a face is wide, and goes on';
    const first = await test().open('recognize');
    await first.getByLabel('Picture file').setInputFiles(photos('audrey.jpg'));
    await first.getByRole('button', { name: 'This is …' }).click();
    await first.getByRole('dialog').getByLabel('Name').fill(name);
    await first.keyboard.press('Enter');
    await first.getByRole('heading', { name }).waitFor();
    await first.context().close();
    const { width = 0, height = 0 } = await sharp(photos('audrey.jpg')[0]).metadata();
    const page = await test().open('recognize');
    for (const cut of [
      { left: Math.round(width * 0.2), top: 0, width: Math.round(width * 0.8), height },
      { left: 0, top: 0, width: Math.round(width * 0.8), height: Math.round(height * 0.8) },
    ]) {
      const path = join(folder, `cut-${cut.left}-${cut.width}.jpg`);
      await sharp(photos('audrey.jpg')[0]).extract(cut).toFile(path);
      await page.getByLabel('Picture file').setInputFiles(path);
      await page.getByText('One face').waitFor();
      const field = page.locator('.face-boxes .label');
      const [x, y, w, h] = await Promise.all(
        ['x', 'y', 'width', 'height'].map(async (side) => Number(await field.getAttribute(side))),
      );
      expect(x).toBeGreaterThanOrEqual(0);
      expect(y).toBeGreaterThanOrEqual(0);
      expect(x! + w!).toBeLessThanOrEqual(cut.width + 0.01);
      expect(y! + h!).toBeLessThanOrEqual(cut.height + 0.01);
      // What is drawn, not what was reckoned.
      const [text, box] = await Promise.all(
        ['text', '.label'].map((part) => page.locator(`.face-boxes ${part}`).boundingBox()),
      );
      expect(text!.width).toBeLessThanOrEqual(box!.width);
    }
    await page.context().close();
  });

  it('shows a key the rooms that it opens, and says why another is closed', async () => {
    const rooms = async (key: string) => {
      const page = await test().open('', { key });
      await page.getByRole('navigation').waitFor();
      const names = await page.getByRole('navigation').getByRole('link').allTextContents();
      await page.context().close();
      return names;
    };
    const { read, recognize, admin } = test().server.secrets;
    expect(await rooms(recognize)).toEqual(['Recognize', 'Live', 'Settings']);
    expect(await rooms(read)).toEqual(['People', 'Events', 'Evaluate', 'Settings']);
    expect(await rooms(admin)).toHaveLength(7);
    const page = await test().open('enroll', { key: recognize });
    await page.getByText('It takes a key with the scope admin').waitFor();
    await page.goto(`${test().server.url}/#/recognize`);
    await page.getByLabel('Picture file').setInputFiles(photos('audrey.jpg'));
    await page.getByText('One face').waitFor();
    expect(await page.getByRole('button', { name: 'This is …' }).count()).toBe(0);
    await page.context().close();
  });

  it('leads from the addresses of earlier versions to the rooms of today', async () => {
    for (const [old, today] of [
      ['recognise', 'recognize'],
      ['enrol', 'enroll'],
    ] as const) {
      const page = await test().open(old);
      const title = today === 'enroll' ? 'Enroll' : 'Recognize';
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      expect(new URL(page.url()).hash).toBe(`#/${today}`);
      // And where the address changes while the page is open.
      await page.goto(`${test().server.url}/#/settings`);
      await page.getByRole('heading', { name: 'Settings', exact: true }).waitFor();
      await page.goto(`${test().server.url}/#/${old}`);
      await page.getByRole('heading', { name: title, exact: true }).waitFor();
      expect(new URL(page.url()).hash).toBe(`#/${today}`);
      await page.context().close();
    }
  });
});
