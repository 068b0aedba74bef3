// Faces that each way of detecting finds and misses: node bench/accuracy/detection-recall.mjs [--json | --markdown]
// Also: what smaller sizes lose of what larger ones found, and what searching as finely as by default costs.
// Needs ../shared/data (LFW dev folds, AT&T, dlib's example photos) and dist/ (npm run build).

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iou, readImage, resizeImage, searchedFaceSize, toRgb } from '../../dist/index.js';
import { openDetector } from '../../dist/node/models/open-models.js';
import { ROOT } from '../child.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';
import { listPictures } from './pictures.mjs';

const DATA = join(ROOT, '../shared/data');
/** A found box and a labeled one are the same face from here on, as in PASCAL's looser protocols. */
const MIN_IOU = 0.4;
const COLUMNS = {
  pictures: 'pictures',
  mode: 'mode',
  faces: 'labeled faces',
  recall: 'found',
  extra: 'elsewhere',
  same: 'of native boxes at the same place',
  iou: 'their mean IoU',
  lost: 'lost of those from 80 px',
  coarseMs: 'ms, from 80 px',
  ms: 'ms',
};

if (!existsSync(DATA)) {
  console.log(`skipped: there is no ${DATA}`);
} else {
  const detectors = {
    exact: await openDetector(),
    fast: await openDetector({ mode: 'fast' }),
  };
  const rows = [];
  for (const [name, read] of Object.entries({
    "dlib's examples, faces from 40 px": () => group({ minFaceSize: 40 }),
    "dlib's examples, by default": () => group(),
    "dlib's examples at 3/4, by default": () => group({ scale: 0.75 }),
    'LFW dev, faces from 80 px': () => lfw(80),
    'LFW dev, by default': () => lfw(),
    'AT&T, faces from 20 px': att,
  })) {
    const counts = Object.fromEntries(
      Object.keys(detectors).map((mode) => [
        mode,
        {
          pictures: 0,
          faces: 0,
          found: 0,
          extra: 0,
          native: 0,
          same: 0,
          iou: 0,
          lost: 0,
          ms: 0,
          coarseMs: 0,
        },
      ]),
    );
    for (const { path, scale, minFaceSize, labels } of read()) {
      const whole = toRgb(await readImage(path));
      const image = scale ? resizeImage(whole, { scale }) : whole;
      const found = {};
      for (const [mode, detector] of Object.entries(detectors)) {
        const size = searchedFaceSize(image, minFaceSize);
        found[mode] = await timed(counts[mode], 'ms', () => detector.detect(image, { minFaceSize: size }));
        if (size >= 80) continue;
        const coarse = await timed(counts[mode], 'coarseMs', () =>
          detector.detect(image, { minFaceSize: 80 }),
        );
        const isLost = ({ box }) => !found[mode].some((other) => iou(other.box, box) >= 1 / 3);
        counts[mode].lost += coarse.filter(isLost).length;
      }
      for (const mode of Object.keys(detectors))
        count(counts[mode], { found: found[mode], native: found.exact, labels: labels(image) });
    }
    for (const [mode, own] of Object.entries(counts)) {
      const { pictures, faces, found, extra, native, same, iou: sum, lost, ms, coarseMs } = own;
      const perPicture = (total) => (total > 0 ? Number((total / pictures).toFixed(1)) : '');
      rows.push({
        pictures: name,
        mode,
        faces,
        recall: found,
        extra,
        same: `${same} of ${native}`,
        iou: Number((sum / same).toFixed(3)),
        lost: coarseMs > 0 ? lost : '',
        coarseMs: perPicture(coarseMs),
        ms: perPicture(ms),
      });
    }
  }
  if (process.argv.includes('--json')) for (const row of rows) console.log(JSON.stringify(row));
  else
    console.log((process.argv.includes('--markdown') ? markdownTable : plainTable)(tableOf(COLUMNS, rows)));
  for (const detector of Object.values(detectors)) await detector.dispose();
}

/** dlib's example photos, or smaller copies, with their labeled boxes. */
function group({ scale = 1, minFaceSize } = {}) {
  const folder = join(DATA, 'group');
  const photos = new Map();
  for (const file of ['training.xml', 'testing.xml']) {
    for (const [, name, body] of readFileSync(join(folder, file), 'utf8').matchAll(
      /<image file='([^']+)'([\s\S]*?)<\/image>/g,
    )) {
      const number = (tag, key) => Number(tag.match(new RegExp(`${key}='(-?\\d+)'`))[1]);
      const boxes = [...body.matchAll(/<box [^>]*>/g)].map(([tag]) => ({
        left: scale * number(tag, 'left'),
        top: scale * number(tag, 'top'),
        width: scale * number(tag, 'width'),
        height: scale * number(tag, 'height'),
      }));
      photos.set(name, boxes);
    }
  }
  return [...photos].map(([name, boxes]) => ({
    path: join(folder, name),
    scale,
    minFaceSize,
    labels: () => boxes.map((box) => (found) => iou(found, box) >= MIN_IOU),
  }));
}

/** The face that a picture of Labeled Faces in the Wild is about lies in its middle. */
function lfw(minFaceSize) {
  return listPictures(join(DATA, 'lfw-dev'), '.jpg').map((path) => ({ path, minFaceSize, labels: middle }));
}

function att() {
  // Pictures of 23 x 28 pixels, all face.
  return listPictures(join(DATA, 'att'), '.pgm').map((path) => ({ path, minFaceSize: 20, labels: middle }));
}

function middle({ width, height }) {
  const covers = ({ left, top, width: w, height: h }) =>
    left <= width / 2 && left + w > width / 2 && top <= height / 2 && top + h > height / 2;
  return [covers];
}

function count(counts, { found, native, labels }) {
  counts.pictures += 1;
  counts.faces += labels.length;
  counts.found += labels.filter((fits) => found.some(({ box }) => fits(box))).length;
  counts.extra += found.filter(({ box }) => !labels.some((fits) => fits(box))).length;
  for (const { box } of native) {
    const best = Math.max(0, ...found.map((other) => iou(other.box, box)));
    counts.native += 1;
    if (best < MIN_IOU) continue;
    counts.same += 1;
    counts.iou += best;
  }
}

async function timed(counts, key, work) {
  const started = performance.now();
  const result = await work();
  counts[key] += performance.now() - started;
  return result;
}
