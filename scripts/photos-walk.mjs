// Walks through the page as a newcomer does, from a folder of photos to all faces named, and counts clicks and keys:
// node scripts/photos-walk.mjs FOLDER [--photos 500] [--shots FOLDER]
// FOLDER has a folder of photos for each person, whose names it uses as the newcomer's eyes do: it "sees" who a face is.
// Needs Chromium and the built package (npm run build). Nothing is written but into a temporary folder, and into --shots.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { run } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

const BIN = join(ROOT, 'bin/face-trigger.js');
const PORT = 8458;
const API = `http://127.0.0.1:${PORT}/api/v1`;
/**
 * Seconds that people need: to look and decide, to point and click, to press a key. Source: Card, Moran and Newell, The
 * keystroke-level model (1980): M, P + BB, and K of an average typist.
 */
const SECONDS = { look: 1.35, click: 1.1 + 0.2, key: 0.28 };

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { photos: { type: 'string', default: '500' }, shots: { type: 'string' } },
});
const folder = mkdtempSync(join(tmpdir(), 'face-trigger-walk-'));
const library = join(folder, 'photos.db');
const seen = new Map();
const spent = { looks: 0, clicks: 0, keys: 0 };
let server;
let browser;
try {
  const people = copyPhotos(resolve(positionals[0]), Number(values.photos));
  const begun = performance.now();
  await run(process.execPath, [
    BIN,
    'photos',
    'scan',
    join(folder, 'photos'),
    '--library',
    library,
    '--no-progress',
  ]);
  const scanned = performance.now();
  const files = ['--keys', join(folder, 'keys.json'), '--settings', join(folder, 'settings.json')];
  const options = ['--gallery', library, '--port', String(PORT), '--log-level', 'error', '--rate', '100000'];
  server = spawn(process.execPath, [BIN, 'serve', ...options, ...files], {
    stdio: ['ignore', 'inherit', 'ignore'],
  });
  await until(async () => (await fetch(`${API}/ready`).catch(() => null))?.ok);
  await grouped();
  const ready = performance.now();
  browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
  await walk(page);
  const walked = performance.now();
  report({
    people,
    scanMs: scanned - begun,
    groupMs: ready - scanned,
    walkMs: walked - ready,
    ...(await judge()),
  });
} finally {
  await browser?.close();
  server?.kill();
  if (server?.exitCode === null) await once(server, 'exit');
  rmSync(folder, { recursive: true, force: true });
}

/** Copies photos of those people who are in most, as a family's are, all into one folder. @returns how many people */
function copyPhotos(from, most) {
  mkdirSync(join(folder, 'photos'));
  const people = readdirSync(from)
    .filter((name) => statSync(join(from, name)).isDirectory())
    .map((name) => ({ name, files: readdirSync(join(from, name)).filter((file) => /\.jpe?g$/i.test(file)) }))
    .sort((a, b) => b.files.length - a.files.length || (a.name < b.name ? -1 : 1));
  let left = most;
  let count = 0;
  for (const { name, files } of people) {
    if (left === 0) break;
    count++;
    for (const file of files.slice(0, left)) {
      cpSync(join(from, name, file), join(folder, 'photos', `${name}~${file}`));
      left--;
    }
  }
  return count;
}

/** What the newcomer sees: who is in a photo, of whom only the largest face is known by name. */
async function whoIs(face) {
  if (!seen.has(face.photoId)) seen.set(face.photoId, await get(`/photos/${face.photoId}`));
  const photo = seen.get(face.photoId);
  const area = ({ box }) => box.width * box.height;
  const main = photo.shown.toSorted((a, b) => area(b) - area(a))[0];
  return main.id === face.id ? basename(photo.paths[0]).split('~')[0].replaceAll('_', ' ') : null;
}

async function walk(page) {
  await page.goto(`http://127.0.0.1:${PORT}/#/who`);
  let round = 0;
  while (true) {
    await grouped();
    await page.reload();
    const { items, reviews } = await get('/photos/questions?limit=50');
    if (reviews.length + items.length === 0) break;
    if (values.shots && round++ < 40) {
      await page.waitForLoadState('networkidle');
      await page.screenshot({ path: join(values.shots, `walk-${round}.png`) });
    }
    const before = await lastDecision();
    if (items.length === 0 || reviews[0]?.faces >= items[0].faces) await review(page, reviews[0]);
    else await question(page, items[0]);
    await decidedAfter(before);
  }
  await alone(page);
}

async function question(page, { group, best, suggestions }) {
  const card = page.getByRole('region', { name: /^Who is this\?/ });
  await card.waitFor();
  spent.looks++;
  const { items: faces } = await get(`/photos/groups/${group}/faces?limit=1000`);
  const names = await Promise.all(faces.map(whoIs));
  const name = most(await Promise.all(best.map(whoIs)));
  const odd = names.flatMap((one, i) => (one === name ? [] : [i]));
  if (name === null) return press(card.getByRole('button', { name: 'Ignore', exact: true }));
  // Who looks at twelve faces sees only those; the odd ones of a large group are not looked for.
  const oddSeen = (await Promise.all(best.map(whoIs))).some((one) => one !== name);
  if (oddSeen && odd.length > 0) {
    await press(card.getByRole('button', { name: 'Pick the odd ones out' }));
    const dialog = page.getByRole('dialog');
    spent.looks += 1 + odd.length;
    for (const i of odd) await press(dialog.getByRole('button', { name: `Face ${i + 1}`, exact: true }));
    await nameIn(dialog, name);
    await dialog.waitFor({ state: 'detached' });
    return;
  }
  const index = suggestions.findIndex(({ person }) => person.name === name);
  if (index >= 0) await press(card.getByRole('button', { name: `Yes, ${name}`, exact: true }));
  else await nameIn(card, name);
}

async function review(page, { person }) {
  const link = new RegExp(`^Review .* for ${person.name}( ?[0-9].*)?$`);
  await press(page.getByRole('link', { name: link }));
  const cards = page.getByRole('list', { name: 'Suggestions', exact: true }).getByRole('listitem');
  await cards.first().waitFor();
  const { items } = await get(`/photos/people/${person.id}/suggestions`);
  // Four are seen at a glance.
  spent.looks += 1 + items.length / 4;
  for (const { best, faceIds } of items) {
    if (most(await Promise.all(best.map(whoIs))) === person.name) continue;
    const find = (all, id) => all.findIndex((card) => card.dataset.card === id);
    const at = await cards.evaluateAll(find, faceIds[0]);
    const left = await cards.count();
    await press(cards.nth(at).getByRole('button', { name: `Not ${person.name}` }));
    await until(async () => (await cards.count()) < left);
  }
  const left = await cards.count();
  if (left > 1) await press(page.getByRole('button', { name: /^Yes to all/ }));
  else if (left === 1) await press(cards.getByRole('button', { name: 'Yes' }));
  await page.getByText('Nothing is left to review').waitFor();
  await press(page.getByRole('link', { name: 'Back to the groups' }));
}

/** Names the faces that stand alone, those of a person together, and ignores whom the newcomer does not know. */
async function alone(page) {
  while (true) {
    await page.goto(`http://127.0.0.1:${PORT}/#/who/alone`);
    await page.reload();
    const { items } = await get('/photos/alone?limit=60');
    if (items.length === 0) return;
    const before = await lastDecision();
    const names = await Promise.all(items.map(whoIs));
    const list = page.getByRole('list', { name: 'Faces that stand alone' });
    await list.getByRole('button').first().waitFor();
    const [name] = names.toSorted((a, b) => count(names, b) - count(names, a) || (a === null) - (b === null));
    spent.looks += 1;
    for (const [i, one] of names.entries())
      if (one === name) await press(list.getByRole('button', { name: `Face ${i + 1}`, exact: true }));
    if (name === null) await press(page.getByRole('button', { name: /^Ignore \d/ }));
    else await nameIn(page.locator('form.name-form'), name);
    await decidedAfter(before);
  }
}

async function nameIn(form, name) {
  await press(form.getByLabel('Name'));
  // The first letters and the list of known people would do; a newcomer types it all.
  await form.getByLabel('Name').pressSequentially(name);
  await form.getByLabel('Name').press('Enter');
  spent.keys += name.length + 1;
}

/** What was decided last. */
async function lastDecision() {
  const { items } = await get('/photos/decisions?limit=1');
  return items[0]?.id;
}

/** Waits until what the page has sent is decided. */
function decidedAfter(before) {
  return until(async () => (await lastDecision()) !== before);
}

async function press(button) {
  await button.click();
  spent.clicks++;
}

/** How right the names are in the end. */
async function judge() {
  let right = 0;
  let wrong = 0;
  let nameless = 0;
  seen.clear();
  const { total } = await get('/photos?limit=1');
  for (let offset = 0; offset < total; offset += 200) {
    const { items } = await get(`/photos?limit=200&offset=${offset}`);
    for (const { id } of items) {
      for (const face of (await get(`/photos/${id}`)).shown) {
        const truth = await whoIs({ ...face, photoId: id });
        if (truth === null) continue;
        if (face.person?.name === truth) right++;
        else if (face.person) wrong++;
        else nameless++;
      }
    }
  }
  return { right, wrong, nameless, ...(await get('/photos/stats')) };
}

function report({ people, scanMs, groupMs, walkMs, ...counts }) {
  const seconds = spent.looks * SECONDS.look + spent.clicks * SECONDS.click + spent.keys * SECONDS.key;
  const minutes = (ms) => `${(ms / 60_000).toFixed(1)} min`;
  console.log(`${counts.photos} photos of ${people} people, ${counts.faces} faces`);
  console.log(
    `scan ${minutes(scanMs)}, first grouping ${(groupMs / 1000).toFixed(1)} s with the start of the server`,
  );
  console.log(
    `${spent.clicks} clicks, ${spent.keys} keys, ${Math.round(spent.looks)} looks: ${minutes(seconds * 1000)} for a person`,
  );
  console.log(`the script itself took ${minutes(walkMs)}`);
  console.log(
    `main faces: ${counts.right} named right, ${counts.wrong} wrong, ${counts.nameless} without a name; ${counts.ignored} others ignored`,
  );
}

function most(names) {
  return names.toSorted((a, b) => count(names, b) - count(names, a))[0] ?? null;
}

function count(names, name) {
  return names.filter((one) => one === name).length;
}

async function get(path) {
  const response = await fetch(API + path);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
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
