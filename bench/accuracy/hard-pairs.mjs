// Pairs made harder: small and badly compressed faces, masks, a far gray camera; and AT&T, for packs side by side:
//   node bench/accuracy/hard-pairs.mjs [--models NAME ...] [--quality balanced] [--json | --markdown]
// Landmarks are found in the photo as it was and carried over, so that the embedders alone are compared; AT&T's small
// gray photos are searched as they are. False accepts are counted over all pairs of two people's photos.
// Needs ../shared/data (LFW dev folds, AT&T) and dist/ (npm run build).
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { eyeCenters, mapLandmarks, nosePoint } from '../../dist/core/landmark/landmarks.js';
import { metricOf } from '../../dist/core/metric/metric.js';
import { parsePairs } from '../../dist/dataset/pairs-file.js';
import { tarAtFar } from '../../dist/evaluate/error-rates.js';
import { equalErrorRate } from '../../dist/evaluate/roc.js';
import { FacePipeline, readImage } from '../../dist/index.js';
import { ROOT } from '../child.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';
import { degrade } from './metric-domains.mjs';
import { listPictures, mainFace } from './pictures.mjs';

const DATA = join(ROOT, '../shared/data');
const LFW = join(DATA, 'lfw-dev');
/** LFW's faces are about 100 pixels wide in photos of 250: 40 pixels in one of 100. */
const SMALL_SIDE = 100;
const SMALL_QUALITY = 40;
const MASK_COLOR = [178, 201, 214];

/** What becomes of a photo and its landmarks. */
const DOMAINS = {
  'as they are': async ({ image, landmarks }) => ({ image, landmarks }),
  '40 pixels, JPEG 40': async ({ path, image, landmarks }) => {
    const jpeg = sharp(path).resize(SMALL_SIDE, SMALL_SIDE).jpeg({ quality: SMALL_QUALITY });
    return {
      image: await readImage(await jpeg.toBuffer()),
      landmarks: scaled(landmarks, SMALL_SIDE / image.width),
    };
  },
  'painted mask': async ({ image, landmarks }) => ({ image: paintMask(image, landmarks), landmarks }),
  'gray, 24 pixels, noise': async ({ path, image, landmarks }) => {
    const far = await degrade(path);
    return { image: far, landmarks: scaled(landmarks, far.width / image.width) };
  },
};
const COLUMNS = {
  models: 'models',
  domain: 'photos',
  faces: 'faces',
  equalError: 'equal error, %',
  tar: 'TAR at FAR 0.1 %, %',
  tarAtNone: 'TAR at no false accept, %',
  genuine: 'pairs of one person',
  impostor: 'of two people',
};

const { values } = parseArgs({
  options: {
    models: { type: 'string', multiple: true, default: ['dlib', 'mobilefacenet', 'dlib+mobilefacenet'] },
    quality: { type: 'string', default: 'balanced' },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
  },
});

if (!existsSync(LFW)) console.log(`skipped: there is no ${LFW}`);
else {
  const rows = [];
  for (const models of values.models) rows.push(...(await measure(models)));
  if (values.json) for (const row of rows) console.log(JSON.stringify(row));
  else console.log((values.markdown ? markdownTable : plainTable)(tableOf(COLUMNS, rows)));
}

async function measure(models) {
  const pipeline = await FacePipeline.create({ models, detection: 'fast' });
  const { distance } = metricOf(pipeline.embedder.profile.metric);
  const photos = Object.fromEntries(Object.keys(DOMAINS).map((domain) => [domain, []]));
  for (const path of listPictures(LFW, '.jpg')) {
    const image = await readImage(readFileSync(path));
    const face = await mainFace(pipeline, image, 60);
    if (!face) continue;
    for (const [domain, change] of Object.entries(DOMAINS)) {
      const changed = await change({ path, image, landmarks: face.landmarks });
      photos[domain].push({ path, embedding: await embed(pipeline, changed) });
    }
  }
  const att = [];
  for (const path of listPictures(join(DATA, 'att'), '.pgm')) {
    const image = await readImage(readFileSync(path));
    const face = await mainFace(pipeline, image, 10);
    if (face) att.push({ path, embedding: await embed(pipeline, { image, landmarks: face.landmarks }) });
  }
  await pipeline.dispose();
  const listed = listedPairs();
  return [...Object.entries(photos), ['AT&T', att]].map(([domain, list]) => ({
    models,
    domain,
    faces: list.length,
    ...rates(list, { distance, isListed: domain === 'AT&T' ? () => true : (pair) => listed.has(pair) }),
  }));
}

async function embed(pipeline, { image, landmarks }) {
  const [embedding] = await pipeline.embed(pipeline.align(image, [{ landmarks }]), {
    quality: values.quality,
  });
  return embedding;
}

/** Keys of the pairs of one person that the protocol lists. */
function listedPairs() {
  const { pairs } = parsePairs(readFileSync(join(LFW, 'pairs.txt'), 'utf8'));
  const name = ({ person, number }) => `${person}_${String(number).padStart(4, '0')}.jpg`;
  return new Set(
    pairs.filter(({ same }) => same).map(({ first, second }) => pairKey(name(first), name(second))),
  );
}

function pairKey(a, b) {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

function rates(photos, { distance, isListed }) {
  const genuine = [];
  const impostor = [];
  for (let i = 0; i < photos.length; i++) {
    for (let j = 0; j < i; j++) {
      const [a, b] = [photos[i], photos[j]];
      const isSame = dirname(a.path) === dirname(b.path);
      if (!isSame) impostor.push(distance(a.embedding, b.embedding));
      else if (isListed(pairKey(basename(a.path), basename(b.path))))
        genuine.push(distance(a.embedding, b.embedding));
    }
  }
  const scores = { genuine: Float64Array.from(genuine), impostor: Float64Array.from(impostor) };
  const tar = (far) => round(100 * tarAtFar(scores, { far, rounds: 0 }).tar);
  return {
    equalError: round(100 * equalErrorRate(scores).eer),
    tar: tar(0.001),
    tarAtNone: tar(0.5 / impostor.length),
    genuine: genuine.length,
    impostor: impostor.length,
  };
}

function round(value) {
  return Number(value.toFixed(2));
}

function scaled(landmarks, factor) {
  return mapLandmarks(landmarks, ([x, y]) => [x * factor, y * factor]);
}

/** A mask from the nose's point to below the chin, as wide as the face. */
function paintMask(image, landmarks) {
  const { left, right } = eyeCenters(landmarks);
  const [noseX, noseY] = nosePoint(landmarks);
  const [dx, dy] = [left[0] - right[0], left[1] - right[1]];
  const between = Math.hypot(dx, dy);
  // Along the line of the eyes, and down the face.
  const along = [dx / between, dy / between];
  const down = [-along[1], along[0]];
  const data = image.data.slice();
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const [px, py] = [x - noseX, y - noseY];
      const across = Math.abs(px * along[0] + py * along[1]) / between;
      const below = (px * down[0] + py * down[1]) / between;
      // Narrower towards the chin.
      if (below < -0.15 || below > 1.2 || across > 1 - 0.45 * Math.max(0, below)) continue;
      for (let channel = 0; channel < image.channels; channel++)
        data[(y * image.width + x) * image.channels + channel] = MASK_COLOR[channel];
    }
  }
  return { ...image, data };
}
