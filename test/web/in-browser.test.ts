import { afterEach, expect, it } from 'vitest';
import { describePage, photos } from './start-page.ts';

const camera = { video: 'franck.mp4', fromSecond: 76 };

describePage('the page that looks at pictures itself', { camera }, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));

  it('enrolls and recognizes, and no picture leaves it', async () => {
    const page = await test().open('enroll');
    const pictures: string[] = [];
    page.on('request', (request) => {
      const { 'content-type': type = '' } = request.headers();
      if (request.method() === 'POST' && !type.startsWith('application/json')) pictures.push(request.url());
    });
    await page.getByRole('radio', { name: 'In this browser' }).check();
    await page
      .getByRole('status', { name: 'Models of this browser' })
      .filter({ hasText: 'Pictures stay on this device' })
      .waitFor();
    await page.getByLabel('Name', { exact: true }).fill('Franck');
    await page.getByLabel('Picture file').setInputFiles(photos('franck_02159.jpg'));
    await page.getByText('1 of 1 done: 1 added').waitFor();
    await page.getByRole('radio', { name: 'Webcam' }).check();
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByRole('status').filter({ hasText: 'Good: take the picture.' }).waitFor();
    await page.getByRole('button', { name: 'Take a picture' }).click();
    await page.getByText('2 of 2 done: 2 added').waitFor();
    expect((await test().server.gallery.findPerson('Franck'))?.faces).toBe(2);

    await page.goto(`${test().server.url}/#/live`);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.face-boxes .known text').getByText('Franck').waitFor();
    expect(pictures).toEqual([]);

    // And the other way beside it.
    await page.getByRole('radio', { name: 'On the server' }).check();
    await page.getByText(/^\d+\.\d a second, \d+ ms each$/).waitFor();
    await page.locator('.face-boxes .known text').getByText('Franck').waitFor();
    expect(pictures.length).toBeGreaterThan(0);
    await page.context().close();
  }, 180_000);

  it('has no choice where the server has no such models for it', async () => {
    const page = await test().open('live');
    await page.getByRole('radio', { name: 'In this browser' }).waitFor();
    await page.route('**/session', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, json: { ...(await response.json()), inBrowser: null } });
    });
    await page.reload();
    await page.getByRole('button', { name: 'Start the camera' }).waitFor();
    expect(await page.getByRole('radio', { name: 'In this browser' }).count()).toBe(0);
    await page.context().close();
  });
});
