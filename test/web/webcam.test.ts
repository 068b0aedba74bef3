import { afterEach, expect, it } from 'vitest';
import { describePage } from './start-page.ts';

describePage('the page with a webcam', { camera: { video: 'franck.mp4', fromSecond: 76 } }, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));

  it('guides somebody to good pictures and enrolls them', async () => {
    const page = await test().open('enroll');
    await page.getByLabel('Name', { exact: true }).fill('Franck');
    await page.getByRole('radio', { name: 'Webcam' }).check();
    expect(await page.getByRole('button', { name: 'Take a picture' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByRole('status').filter({ hasText: 'Good: take the picture.' }).waitFor();
    for (let taken = 1; taken <= 3; taken++) {
      await page.getByRole('button', { name: 'Take a picture' }).click();
      await page.getByText(`${taken} of ${taken} done: ${taken} added`).waitFor();
    }
    const franck = await test().server.gallery.findPerson('Franck');
    expect(franck?.faces).toBe(3);
    const { items } = await test().server.gallery.listFaces({ personId: franck!.id });
    expect(items[0]!.source).toMatch(/^webcam /);
    await page.context().close();
  });

  it('shows names over the faces, how many frames a second, and how long each took', async () => {
    const page = await test().open('live');
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.locator('.face-boxes .known text').getByText('Franck').waitFor();
    const box = page.locator('.face-boxes .known .box');
    const [inside, around] = [await box.boundingBox(), await page.locator('video').boundingBox()];
    expect(inside!.x).toBeGreaterThan(around!.x);
    expect(inside!.x + inside!.width).toBeLessThan(around!.x + around!.width);
    await page.getByText(/^Franck \(0\.\d\d\)$/).waitFor();
    await page.getByText(/^\d+\.\d$/).waitFor();
    await page.getByText(/^\d+ ms$/).waitFor();
    await page.getByRole('button', { name: 'Stop the camera' }).click();
    await page.getByText('The camera is off').waitFor();
    await page.context().close();
  });

  it('guides somebody through turning the head, frame by frame, and looks for nothing else meanwhile', async () => {
    const page = await test().open('live');
    expect(await page.getByRole('button', { name: 'Begin' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByRole('button', { name: 'Begin' }).click();
    const guide = page.getByRole('region', { name: 'Turn your head' });
    await guide
      .getByRole('status')
      .filter({ hasText: /Turn your head to your (left|right)/ })
      .waitFor();
    expect(await guide.getByRole('progressbar', { name: 'Steps done' }).getAttribute('max')).toBe('8');
    await page.context().close();
  });

  it('sends the next frame only when the answer to the last one is there', async () => {
    const page = await test().open('live');
    let open = 0;
    let most = 0;
    let answered = 0;
    await page.route('**/recognize*', async (route) => {
      most = Math.max(most, ++open);
      const response = await route.fetch();
      open--;
      answered++;
      await route.fulfill({ response });
    });
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await expect.poll(() => answered, { timeout: 30_000 }).toBeGreaterThan(4);
    expect(most).toBe(1);
    // A frame may be under way.
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.context().close();
  });

  it('waits as long as a busy server asks it to', async () => {
    const page = await test().open('live');
    let refused = false;
    await page.route('**/recognize*', async (route) => {
      if (refused) return route.fallback();
      refused = true;
      const error = { code: 'ERR_TOO_MANY_REQUESTS', message: 'The queue is full; try again later' };
      await route.fulfill({ status: 429, headers: { 'retry-after': '1' }, json: { error } });
    });
    await page.getByRole('button', { name: 'Start the camera' }).click();
    await page.getByText(/^Franck \(/).waitFor();
    expect(refused).toBe(true);
    expect(await page.getByRole('alert').count()).toBe(0);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    await page.context().close();
  });
});
