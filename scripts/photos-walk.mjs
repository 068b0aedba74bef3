// Walks through the page as a newcomer does, from a folder of photos to all faces named, and counts clicks and keys:
// node scripts/photos-walk.mjs FOLDER [--photos 500] [--shots FOLDER]
// FOLDER has a folder of photos for each person, whose names it uses as the newcomer's eyes do: it "sees" who a face is.
// Needs Chromium and the built package (npm run build). Nothing is written but into a temporary folder, and into --shots.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { PhotoServer, scanBeside, until } from './serve-photos.mjs';

const PORT = 8458;
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
const seen = new Map();
const spent = { rounds: 0, looks: 0, clicks: 0, keys: 0 };
let server;
let browser;
try {
  const people = copyPhotos(resolve(positionals[0]), Number(values.photos));
  const begun = performance.now();
  const library = await scanBeside(folder);
  const scanned = performance.now();
  server = await PhotoServer.start(library, PORT);
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
  await server?.close();
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
  if (!seen.has(face.photoId)) seen.set(face.photoId, await server.get(`/photos/${face.photoId}`));
  const photo = seen.get(face.photoId);
  const area = ({ box }) => box.width * box.height;
  const main = photo.shown.toSorted((a, b) => area(b) - area(a))[0];
  return main.id === face.id ? basename(photo.paths[0]).split('~')[0].replaceAll('_', ' ') : null;
}

async function walk(page) {
  await page.goto(`${server.url}#/who`);
  while (true) {
    await server.grouped();
    await page.reload();
    const { items, reviews } = await server.get('/photos/questions?limit=50');
    if (reviews.length + items.length === 0) break;
    await film(page);
    if (items.length === 0 || reviews[0]?.faces >= items[0].faces) await reviewAll(page, reviews[0]);
    else await decided(() => question(page, items[0]));
  }
  await alone(page);
}

async function question(page, { group, best, suggestions }) {
  const card = page.getByRole('region', { name: /^Who is this\?/ });
  await card.waitFor();
  spent.looks++;
  const { items: faces } = await server.get(`/photos/groups/${group}/faces?limit=1000`);
  const names = await Promise.all(faces.map(whoIs));
  const name = most(await Promise.all(best.map(whoIs)));
  const odd = names.flatMap((one, i) => (one === name ? [] : [i]));
  if (name === null) return key(page, 'i');
  // Who looks at twelve faces sees only those; the odd ones of a large group are not looked for.
  const oddSeen = (await Promise.all(best.map(whoIs))).some((one) => one !== name);
  if (oddSeen && odd.length > 0) {
    await key(page, 'o');
    const dialog = page.getByRole('dialog');
    spent.looks += 1 + odd.length;
    for (const i of odd) await press(dialog.getByRole('button', { name: `Face ${i + 1}`, exact: true }));
    await film(page);
    await press(dialog.getByLabel('Name'));
    await type(dialog, name);
    await dialog.waitFor({ state: 'detached' });
    return;
  }
  const index = suggestions.findIndex(({ person }) => person.name === name);
  if (index >= 0) return press(card.getByRole('button', { name: `Yes, ${name}`, exact: true }));
  await key(page, 'n');
  await type(card, name);
}

/** Goes from one person to the next as long as the page offers somebody. */
async function reviewAll(page, { person }) {
  await press(page.getByRole('link', { name: linkTo(person) }));
  for (let next = person; next; ) {
    await decided(() => review(page, next));
    await server.grouped();
    const { reviews } = await server.get('/photos/questions?limit=1');
    next = reviews.find((one) => one.person.id !== next.id)?.person;
    const link = page.getByRole('link', { name: next ? linkTo(next) : 'Back to the groups' });
    await link.waitFor();
    await press(link);
  }
}

function linkTo({ name }) {
  return new RegExp(`^Review .* for ${name}( ?[0-9].*)?$`);
}

async function review(page, { id, name }) {
  const cards = page.getByRole('list', { name: 'Suggestions', exact: true }).getByRole('listitem');
  await page.getByRole('heading', { name: `Is this ${name}?` }).waitFor();
  await cards.first().waitFor();
  await film(page);
  const { items } = await server.get(`/photos/people/${id}/suggestions`);
  // Four are seen at a glance.
  spent.looks += 1 + items.length / 4;
  for (const { best, faceIds } of items) {
    if (most(await Promise.all(best.map(whoIs))) === name) continue;
    const find = (all, id) => all.findIndex((card) => card.dataset.card === id);
    const at = await cards.evaluateAll(find, faceIds[0]);
    const left = await cards.count();
    await press(cards.nth(at).getByRole('button', { name: `Not ${name}` }));
    await until(async () => (await cards.count()) < left);
  }
  const left = await cards.count();
  if (left > 1) await press(page.getByRole('button', { name: /^Yes to all/ }));
  else if (left === 1) await press(cards.getByRole('button', { name: 'Yes' }));
  await page.getByText('Nothing is left to review').waitFor();
}

/** Names the faces that stand alone, those of a person together, and ignores whom the newcomer does not know. */
async function alone(page) {
  while (true) {
    await page.goto(`${server.url}#/who/alone`);
    await page.reload();
    const { items } = await server.get('/photos/alone?limit=60');
    if (items.length === 0) return;
    const names = await Promise.all(items.map(whoIs));
    const list = page.getByRole('list', { name: 'Faces that stand alone' });
    await list.getByRole('button').first().waitFor();
    const [name] = names.toSorted((a, b) => count(names, b) - count(names, a) || (a === null) - (b === null));
    spent.looks += 1;
    // Picking all and taking some out again is shorter where most are meant.
    const isMost = count(names, name) > names.length / 2;
    if (isMost) await press(page.getByRole('button', { name: 'Pick all' }));
    for (const [i, one] of names.entries())
      if ((one === name) !== isMost)
        await press(list.getByRole('button', { name: `Face ${i + 1}`, exact: true }));
    await film(page);
    await decided(async () => {
      if (name === null) return press(page.getByRole('button', { name: /^Ignore \d/ }));
      const form = page.locator('form.name-form');
      await press(form.getByLabel('Name'));
      await type(form, name);
    });
  }
}

/** Types a name into a field that has the focus. */
async function type(form, name) {
  // The first letters and the list of known people would do; a newcomer types it all.
  await form.getByLabel('Name').pressSequentially(name);
  await form.getByLabel('Name').press('Enter');
  spent.keys += name.length + 1;
}

/** Presses one of the keys that the page names. */
async function key(page, name) {
  await page.keyboard.press(name);
  spent.keys++;
}

/** Takes a picture of what the newcomer sees. */
async function film(page) {
  spent.rounds++;
  if (!values.shots) return;
  await page.waitForLoadState('networkidle');
  await page.screenshot({ path: join(values.shots, `walk-${String(spent.rounds).padStart(3, '0')}.png`) });
}

/** Does something and waits until what the page has sent is decided. */
async function decided(work) {
  const before = await lastDecision();
  await work();
  await until(async () => (await lastDecision()) !== before);
}

/** What was decided last. */
async function lastDecision() {
  const { items } = await server.get('/photos/decisions?limit=1');
  return items[0]?.id;
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
  const { total } = await server.get('/photos?limit=1');
  for (let offset = 0; offset < total; offset += 200) {
    const { items } = await server.get(`/photos?limit=200&offset=${offset}`);
    for (const { id } of items) {
      for (const face of (await server.get(`/photos/${id}`)).shown) {
        const truth = await whoIs({ ...face, photoId: id });
        if (truth === null) continue;
        if (face.person?.name === truth) right++;
        else if (face.person) wrong++;
        else nameless++;
      }
    }
  }
  return { right, wrong, nameless, ...(await server.get('/photos/stats')) };
}

function report({ people, scanMs, groupMs, walkMs, ...counts }) {
  const seconds = {
    look: spent.looks * SECONDS.look,
    click: spent.clicks * SECONDS.click,
    key: spent.keys * SECONDS.key,
  };
  const all = seconds.look + seconds.click + seconds.key;
  const minutes = (ms) => `${(ms / 60_000).toFixed(1)} min`;
  console.log(`${counts.photos} photos of ${people} people, ${counts.faces} faces`);
  console.log(
    `scan ${minutes(scanMs)}, first grouping ${(groupMs / 1000).toFixed(1)} s with the start of the server`,
  );
  console.log(
    `${spent.rounds} pages: ${Math.round(spent.looks)} looks (${minutes(seconds.look * 1000)}), ${spent.clicks} clicks (${minutes(seconds.click * 1000)}), ${spent.keys} keys (${minutes(seconds.key * 1000)}): ${minutes(all * 1000)} for a person`,
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
