import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { cameraArguments, type Film, whatFilmsNeed } from './film.ts';
import { BROWSERS, findBrowser } from './find-browser.ts';
import { labFiles } from './lab-files.ts';

/** A real browser, and a plain server with `face-trigger/web` and its folder of models. */
export interface BrowserLab {
  readonly url: string;
  /** What the server serves: whatever a test writes here is there at once. */
  readonly folder: string;
  /** What was asked of the server, such as "/models/face-trigger.json". */
  readonly asked: string[];
  /** What went wrong in the pages: errors of scripts, and what the security policy forbade. */
  readonly problems: string[];
  readonly browser: Browser;
  /** A page with nothing but `lab`, see page/lab.ts. @param isolated - with the headers that threads of WebAssembly need. @defaultValue false */
  open(options?: { readonly isolated?: boolean }): Promise<Page>;
}

/** As strict as it can be: docs/guide/browser.md says so. */
export const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src 'self'; " +
  // Of the tests: pictures and videos that their pages show.
  "img-src 'self'; media-src 'self'";
const PAGE = '<!doctype html><title>face-trigger</title><script type="module" src="/lab.js"></script>';
export const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};

/**
 * A `describe` whose tests have a browser; skipped where no Chromium is installed.
 *
 * @param options.camera - what the browser sees as its webcam
 */
export function describeInBrowser(
  title: string,
  body: (lab: () => BrowserLab) => void,
  { camera }: { readonly camera?: Film | undefined } = {},
): void {
  const program = findBrowser();
  const needs = program === null ? `one of ${BROWSERS.join(', ')}` : camera ? whatFilmsNeed() : null;
  if (program === null || needs !== null) {
    const reason = `needs ${needs}, which this machine does not have`;
    console.warn(`skipped: ${title}: ${reason}`);
    describe.skip(title, () => it(reason, () => undefined));
    return;
  }
  describe(title, () => {
    const folder = mkdtempSync(join(tmpdir(), 'face-trigger-browser-'));
    const asked: string[] = [];
    const problems: string[] = [];
    let server: Server | undefined;
    let browser: Browser | undefined;
    let lab: BrowserLab;
    afterAll(async () => {
      await browser?.close();
      server?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    beforeAll(async () => {
      const folders = [folder, await labFiles()];
      server = createServer((request, response) => {
        const { pathname } = new URL(request.url!, 'http://localhost');
        asked.push(pathname);
        void serve(folders, pathname).then(
          (content) => {
            const isolation = {
              'cross-origin-opener-policy': 'same-origin',
              'cross-origin-embedder-policy': 'require-corp',
            };
            response.writeHead(200, {
              'content-type':
                TYPES[extname(pathname)] ?? (pathname === '/' ? 'text/html' : 'application/octet-stream'),
              'content-security-policy': POLICY,
              ...(isIsolated(request.headers.cookie) && isolation),
            });
            response.end(content);
          },
          () => response.writeHead(404).end(),
        );
      });
      await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as AddressInfo;
      browser = await chromium.launch({
        executablePath: program,
        args: ['--no-sandbox', ...cameraArguments(folder, camera)],
      });
      const url = `http://localhost:${port}`;
      const open: BrowserLab['open'] = async ({ isolated = false } = {}) => {
        const context = await browser!.newContext();
        context.setDefaultTimeout(60_000);
        if (isolated) await context.addCookies([{ name: 'isolated', value: 'yes', url }]);
        const page = await context.newPage();
        page.on('pageerror', (error) => problems.push(String(error)));
        page.on('console', (message) => {
          if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
            problems.push(message.text());
          }
        });
        await page.goto(url);
        return page;
      };
      lab = { url, folder, asked, problems, browser, open };
    }, 120_000);
    body(() => lab);
  });
}

function isIsolated(cookie: string | undefined): boolean {
  return cookie?.includes('isolated=yes') ?? false;
}

async function serve(folders: readonly string[], pathname: string): Promise<string | Uint8Array> {
  if (pathname === '/') return PAGE;
  const [first, ...others] = folders.map((folder) => join(folder, pathname));
  return readFile(others.reduce((path, other) => (existsSync(path) ? path : other), first!));
}
