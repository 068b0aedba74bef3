// Faces that each way of detecting finds and misses: node bench/accuracy/detection-recall.mjs [--json | --markdown]
// Needs ../shared/data (LFW dev folds, AT&T, dlib's example photos) and dist/ (npm run build).
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { iou, MmodDetector, readImage, toRgb } from '../../dist/index.js';
import { ROOT } from '../child.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';

const DATA = join(ROOT, '../shared/data');
/** A found box and a labelled one are the same face from here on, as in PASCAL's looser protocols. */
const MIN_IOU = 0.4;
const COLUMNS = {
  pictures: 'pictures',
  mode: 'mode',
  faces: 'labelled faces',
  recall: 'found',
  extra: 'elsewhere',
  same: 'of native boxes at the same place',
  iou: 'their mean IoU',
};

if (!existsSync(DATA)) {
  console.log(`skipped: there is no ${DATA}`);
} else {
  const detectors = {
    exact: await MmodDetector.create(),
    fast: await MmodDetector.create({ mode: 'fast' }),
  };
  const rows = [];
  for (const [name, read] of Object.entries({
    'group, enlarged twice': group,
    'LFW dev': lfw,
    'AT&T, enlarged': att,
  })) {
    const counts = Object.fromEntries(
      Object.keys(detectors).map((mode) => [
        mode,
        { faces: 0, found: 0, extra: 0, native: 0, same: 0, iou: 0 },
      ]),
    );
    for (const { path, minFaceSize, labels } of read()) {
      const image = toRgb(await readImage(path));
      const found = {};
      for (const [mode, detector] of Object.entries(detectors))
        found[mode] = await detector.detect(image, { minFaceSize });
      for (const mode of Object.keys(detectors))
        count(counts[mode], { found: found[mode], native: found.exact, labels: labels(image) });
    }
    for (const [mode, { faces, found, extra, native, same, iou: sum }] of Object.entries(counts))
      rows.push({
        pictures: name,
        mode,
        faces,
        recall: found,
        extra,
        same: `${same} of ${native}`,
        iou: Number((sum / same).toFixed(3)),
      });
  }
  if (process.argv.includes('--json')) for (const row of rows) console.log(JSON.stringify(row));
  else
    console.log((process.argv.includes('--markdown') ? markdownTable : plainTable)(tableOf(COLUMNS, rows)));
  for (const detector of Object.values(detectors)) await detector.dispose();
}

/** dlib's example photos with their labelled boxes. */
function group() {
  const folder = join(DATA, 'group');
  const photos = new Map();
  for (const file of ['training.xml', 'testing.xml']) {
    for (const [, name, body] of readFileSync(join(folder, file), 'utf8').matchAll(
      /<image file='([^']+)'([\s\S]*?)<\/image>/g,
    )) {
      const number = (tag, key) => Number(tag.match(new RegExp(`${key}='(-?\\d+)'`))[1]);
      const boxes = [...body.matchAll(/<box [^>]*>/g)].map(([tag]) => ({
        left: number(tag, 'left'),
        top: number(tag, 'top'),
        width: number(tag, 'width'),
        height: number(tag, 'height'),
      }));
      photos.set(name, boxes);
    }
  }
  return [...photos].map(([name, boxes]) => ({
    path: join(folder, name),
    minFaceSize: 40,
    labels: () => boxes.map((box) => (found) => iou(found, box) >= MIN_IOU),
  }));
}

/** The face that a picture of Labeled Faces in the Wild is about lies in its middle. */
function lfw() {
  const folder = join(DATA, 'lfw-dev');
  return pictures(folder, '.jpg').map((path) => ({ path, minFaceSize: 80, labels: middle }));
}

function att() {
  // Pictures of 23 x 28 pixels, all face.
  return pictures(join(DATA, 'att'), '.pgm').map((path) => ({ path, minFaceSize: 20, labels: middle }));
}

function pictures(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}

function middle({ width, height }) {
  const covers = ({ left, top, width: w, height: h }) =>
    left <= width / 2 && left + w > width / 2 && top <= height / 2 && top + h > height / 2;
  return [covers];
}

function count(counts, { found, native, labels }) {
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
