import { afterEach, expect, it } from 'vitest';
import { describePage, photos } from './start-page.ts';

describePage('the page of the API', {}, (test) => {
  afterEach(() => expect(test().problems).toEqual([]));

  it('shows every operation and tries one with a picture, with nothing from elsewhere', async () => {
    const { url, secrets } = test().server;
    const page = await test().open('settings');
    const hosts = new Set<string>();
    page.on('request', (request) => hosts.add(new URL(request.url()).host));
    await page.goto(`${url}/docs`);
    await page.locator('#operations-faces-recognizeFaces').waitFor();
    expect(await page.locator('.opblock').count()).toBeGreaterThan(30);

    await page.getByRole('button', { name: 'Authorize' }).click();
    await page.getByLabel('Value:').fill(secrets.recognize);
    await page.getByRole('button', { name: 'Apply credentials' }).click();
    await page.getByRole('button', { name: 'Close' }).click();

    const operation = page.locator('#operations-faces-recognizeFaces');
    await operation
      .getByRole('button', { name: /recognize/ })
      .first()
      .click();
    await operation.getByText('Pixels; larger is faster').waitFor();
    await operation.getByRole('button', { name: 'Try it out' }).click();
    await operation.locator('input[type=file]').setInputFiles(photos('audrey.jpg')[0]!);
    await operation.getByRole('button', { name: 'Execute' }).click();
    await operation.locator('.live-responses-table .response-col_status').getByText('200').waitFor();
    expect([...hosts]).toEqual([new URL(url).host]);
    await page.context().close();
  });
});
