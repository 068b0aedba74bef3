import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Starts a Chromium whose WebGL is computed by the processor where there is no graphics card. */
export async function startBrowser(chromium, args = []) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  const executablePath = ['chromium', 'chromium-browser', 'google-chrome']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path));
  if (executablePath === undefined) throw new Error('There is no Chromium');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
      ...args,
    ],
  });
}

export const browserVersion = (browser) => `Chromium ${browser.version()}`;

/**
 * Opens a contestant in a page of its own.
 *
 * @param {{ name: string, backend?: string, isolated: boolean, threads: number }} options
 */
export async function openContestant(browser, url, { name, backend = '', isolated, threads }) {
  const context = await browser.newContext();
  context.setDefaultTimeout(180_000);
  if (isolated) await context.addCookies([{ name: 'isolated', value: 'yes', url }]);
  const page = await context.newPage();
  await page.goto(url);
  const ready = await page.evaluate(
    async ({ name, backend, threads }) => {
      const { start } = await import(`/bench/${name}.js`);
      const { ready, tasks } = await start({ backend, threads });
      globalThis.run = async (task, count) => {
        const times = [];
        let result;
        for (let i = 0; i < count; i++) {
          const begin = performance.now();
          result = await tasks[task](i);
          times.push(performance.now() - begin);
        }
        return { times, result };
      };
      return ready;
    },
    { name, backend, threads },
  );
  return {
    ready: { name, ...ready },
    run: async (task, count) => {
      const answer = await page.evaluate(([task, count]) => globalThis.run(task, count), [task, count]);
      if (!(answer.result > 0)) throw new Error(`${name} found nothing: ${task}`);
      return answer;
    },
    end: () => context.close(),
  };
}
