// Faces that detectors find, by size and by turn in the plane, and boxes where there is no face:
//   node bench/accuracy/detector-recall.mjs [--files FOLDER] [--only NAME,NAME] [--every n] [--json | --markdown]
//   node bench/accuracy/detector-recall.mjs --times     the times only
//   node bench/accuracy/detector-recall.mjs --facts     what the facts of a family say: sizes at its own scale, scores
// Needs ../shared/data (LFW dev folds with native dlib's boxes) and dist/ (npm run build). Detectors whose files are
// not in the folder (../shared/models) are left out.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { convertTflite } from '../../dist/convert/tflite/convert-tflite.js';
import { openDetector, readImage } from '../../dist/index.js';
import { openDetectorPart } from '../../dist/models/adapters.js';
import { NODE_RUNTIME } from '../../dist/node/runtime/session.js';
import { ROOT } from '../child.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';

const DATA = join(ROOT, '../shared/data');
const SIZES = [40, 24, 16];
const TURNS = [0, 45, 90, 180];
/** Size of the faces that are turned. */
const TURNED_SIZE = 40;
/** Looked for are faces a little smaller than those shown: each detector draws its boxes another way. */
const LEAST_SHARE = 0.75;
const CANVAS = { width: 320, height: 240 };
const GRAY = 128;
const TIMED = { width: 640, height: 480, minFaceSize: 24 };
const TIMED_ROUNDS = 25;
/** Rounds before, until the code is compiled. */
const WARM_ROUNDS = 10;
const FILES = [
  { name: 'SCRFD 500m', adapter: 'scrfd', file: 'scrfd_500m_kps.onnx' },
  { name: 'YuNet', adapter: 'yunet', file: 'yunet_s_dynamic.onnx' },
  { name: 'YuNet, 640', adapter: 'yunet', file: 'yunet_2023mar_640.onnx' },
  { name: 'YuNet n', adapter: 'yunet', file: 'yunet_n_dynamic.onnx' },
  { name: 'RetinaFace', adapter: 'retinaface', file: 'retinaface_mnet025.onnx' },
  { name: 'UltraFace', adapter: 'ultraface', file: 'ultraface_rfb_320.onnx' },
  { name: 'MediaPipe full range', adapter: 'mediapipe', file: 'face_detection_full_range.tflite' },
];

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: join(ROOT, '../shared/models') },
    only: { type: 'string' },
    every: { type: 'string', default: '8' },
    facts: { type: 'boolean' },
    times: { type: 'boolean' },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
  },
});

if (!existsSync(DATA)) console.log(`skipped: there is no ${DATA}`);
else {
  const photos = await readPhotos(Number(values.every));
  const rows = [];
  const describe = values.times ? ({ name }) => ({ detector: name }) : values.facts ? factsOf : rowOf;
  for (const candidate of candidates()) rows.push(await describe(candidate, photos));
  if (!values.facts) await addTimes(rows, photos);
  if (values.json) for (const row of rows) console.log(JSON.stringify(row));
  else {
    const columns = Object.fromEntries(Object.keys(rows[0] ?? {}).map((key) => [key, key]));
    console.log((values.markdown ? markdownTable : plainTable)(tableOf(columns, rows)));
  }
}

function candidates() {
  const own = ['exact', 'fast'].map((mode) => ({
    name: `dlib, ${mode}`,
    open: () => openDetector({ mode, threads: 1 }),
  }));
  const files = FILES.map(({ name, adapter, file }) => ({
    name,
    path: pathOf(file),
    open: (facts = {}) => {
      const original = new Uint8Array(readFileSync(pathOf(file)));
      const bytes = file.endsWith('.tflite') ? convertTflite(original) : original;
      return openDetectorPart(
        { part: { kind: 'detector', id: name, adapter, facts }, bytes },
        { runtime: NODE_RUNTIME, threads: 1 },
      );
    },
  }));
  const only = values.only?.split(',');
  return [...own, ...files].filter(
    ({ name, path }) => (!path || existsSync(path)) && (!only || only.includes(name)),
  );
}

/** Of the folder, or of the development dependency that has MediaPipe's. */
function pathOf(file) {
  const own = join(values.files, file);
  return existsSync(own) ? own : join(ROOT, 'node_modules/@mediapipe/face_detection', file);
}

/** Photos with the box that native dlib draws around the person they are of. */
async function readPhotos(every) {
  const lines = readFileSync(join(DATA, 'golden/lfw-dev.jsonl'), 'utf8').trim().split('\n');
  const chosen = lines.filter((_, i) => i % every === 0).map((line) => JSON.parse(line));
  const photos = chosen.filter(({ mmod }) => mmod.how === 0);
  return Promise.all(
    photos.map(async ({ image, mmod: { box } }) => ({
      image: await readImage(join(DATA, image)),
      box: { left: box[0], top: box[1], side: box[2] - box[0] + 1 },
    })),
  );
}

async function rowOf({ name, open }, photos) {
  const detector = await open();
  const row = { detector: name };
  const strays = { boxes: 0, pictures: 0 };
  for (const size of SIZES) {
    const { found, elsewhere } = await lookAt(detector, photos, { size, turn: 0 });
    row[`${size} px`] = percent(found, photos.length);
    strays.boxes += elsewhere;
    strays.pictures += photos.length;
  }
  for (const turn of TURNS) {
    const { found } = await lookAt(detector, photos, { size: TURNED_SIZE, turn });
    row[`${turn} degrees`] = percent(found, photos.length);
  }
  row['elsewhere per 100 pictures'] = percent(strays.boxes, strays.pictures);
  row['without faces, per 100 pictures'] = percent(await countInEmpty(detector, photos), photos.length);
  await detector.dispose();
  return row;
}

/** Shows each photo at a size and turned, alone on a gray canvas. */
async function lookAt(detector, photos, { size, turn, minFaceSize = LEAST_SHARE * size, canvas = CANVAS }) {
  let found = 0;
  let elsewhere = 0;
  for (const photo of photos) {
    const { picture, center } = await onCanvas(photo, { size, turn, canvas });
    const detections = await detector.detect(picture, { minFaceSize });
    const hits = detections.filter(({ box }) => isAt(box, center, size));
    found += hits.length > 0 ? 1 : 0;
    elsewhere += detections.length - hits.length;
  }
  return { found, elsewhere };
}

function isAt({ left, top, width, height }, [x, y], size) {
  const side = Math.sqrt(width * height);
  const distance = Math.hypot(left + width / 2 - x, top + height / 2 - y);
  return distance < size / 2 && side > size / 2 && side < size * 2;
}

/** A photo scaled so that its face has a size, turned clockwise, its center in that of the canvas. */
async function onCanvas({ image, box }, { size, turn, canvas }) {
  const scale = size / box.side;
  const { width, height, channels } = image;
  const gray = { r: GRAY, g: GRAY, b: GRAY };
  const turned = await sharp(image.data, { raw: { width, height, channels } })
    .rotate(turn, { background: gray })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const sides = [turned.info.width, turned.info.height].map((side) => Math.max(1, Math.round(side * scale)));
  const small = await sharp(turned.data, { raw: rawOf(turned.info) })
    .resize(sides[0], sides[1], { fit: 'fill' })
    .raw()
    .toBuffer({ resolveWithObject: true });
  const left = Math.round((canvas.width - sides[0]) / 2);
  const top = Math.round((canvas.height - sides[1]) / 2);
  const data = new Uint8Array(canvas.width * canvas.height * 3).fill(GRAY);
  for (let y = 0; y < sides[1]; y++) {
    for (let x = 0; x < sides[0]; x++) {
      const [to, from] = [(y + top) * canvas.width + x + left, y * sides[0] + x];
      if (y + top < 0 || y + top >= canvas.height || x + left < 0 || x + left >= canvas.width) continue;
      for (let c = 0; c < 3; c++) data[3 * to + c] = small.data[3 * from + c];
    }
  }
  const angle = (turn * Math.PI) / 180;
  const [dx, dy] = [box.left + box.side / 2 - width / 2, box.top + box.side / 2 - height / 2];
  const center = [
    canvas.width / 2 + scale * (dx * Math.cos(angle) - dy * Math.sin(angle)),
    canvas.height / 2 + scale * (dx * Math.sin(angle) + dy * Math.cos(angle)),
  ];
  return { picture: { data, ...canvas, channels: 3 }, center };
}

function rawOf({ width, height, channels }) {
  return { width, height, channels };
}

/** Boxes in photos whose face is painted over with the colors beside it, at their own size. */
async function countInEmpty(detector, photos) {
  let count = 0;
  for (const { image, box } of photos) {
    const picture = paintOver(image, box);
    const found = await detector.detect(picture, { minFaceSize: 40 });
    // Other people of the photo are none of its business: what counts lies where the face was.
    count += found.filter(({ box: other }) =>
      isAt(other, [box.left + box.side / 2, box.top + box.side / 2], box.side),
    ).length;
  }
  return count;
}

function paintOver({ data, width, height, channels }, box) {
  const painted = new Uint8Array(data);
  const grow = box.side * 0.4;
  const [left, right] = [Math.max(0, box.left - grow), Math.min(width, box.left + box.side + grow)].map(
    Math.round,
  );
  const [top, bottom] = [Math.max(0, box.top - grow), Math.min(height, box.top + box.side + grow)].map(
    Math.round,
  );
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      for (let c = 0; c < channels; c++) {
        const [a, b] = [left, right - 1].map((at) => data[(y * width + at) * channels + c]);
        painted[(y * width + x) * channels + c] = a + ((b - a) * (x - left)) / (right - left);
      }
    }
  }
  return { data: painted, width, height, channels };
}

/** Times of all detectors in turns, so that whatever else the machine does weighs on each. */
async function addTimes(rows, photos) {
  const { minFaceSize, ...canvas } = TIMED;
  const { picture } = await onCanvas(photos[0], { size: 80, turn: 0, canvas });
  const timed = [];
  for (const { open } of candidates()) timed.push({ detector: await open(), times: [], processor: [] });
  for (let i = 0; i < WARM_ROUNDS + TIMED_ROUNDS; i++) {
    for (const { detector, times, processor } of timed) {
      const before = process.cpuUsage();
      const started = performance.now();
      await detector.detect(picture, { minFaceSize });
      const elapsed = performance.now() - started;
      const { user, system } = process.cpuUsage(before);
      if (i < WARM_ROUNDS) continue;
      times.push(elapsed);
      processor.push((user + system) / 1000);
    }
  }
  for (const [i, { detector, times, processor }] of timed.entries()) {
    const title = `ms at ${TIMED.width} x ${TIMED.height}, from ${TIMED.minFaceSize} px`;
    rows[i][`${title}, median`] = percentile(times, 0.5);
    rows[i][`${title}, least`] = percentile(times, 0);
    // What other work on the machine hardly changes.
    rows[i]['of one processor, median'] = percentile(processor, 0.5);
    await detector.dispose();
  }
}

/** Recall by size at the network's own scale, and the scores of faces that stand upright or lie on their side. */
async function factsOf({ name, open }, photos) {
  const row = { detector: name };
  const detector = await open({ smallestFace: 10, largestFace: 1e6 });
  for (const size of [10, 12, 14, 16, 20, 24, 32, 200, 300, 400, 512, 700]) {
    const canvas = size > 200 ? { width: 3 * size, height: 3 * size } : CANVAS;
    const some = size > 200 ? photos.filter((_, i) => i % 4 === 0) : photos;
    const { found } = await lookAt(detector, some, { size, turn: 0, minFaceSize: 10, canvas });
    row[`${size} px`] = percent(found, some.length);
  }
  await detector.dispose();
  const usual = await open();
  for (const turn of [0, 90, 180]) {
    const scores = [];
    for (const photo of photos) {
      const { picture, center } = await onCanvas(photo, {
        size: photo.box.side,
        turn,
        canvas: { width: 250, height: 250 },
      });
      const hits = (await usual.detect(picture)).filter(({ box }) => isAt(box, center, photo.box.side));
      scores.push(hits[0]?.score ?? 0);
    }
    for (const share of [0.02, 0.05, 0.5, 0.95, 0.98])
      row[`${turn}: p${share * 100}`] = percentile(scores, share);
  }
  await usual.dispose();
  return row;
}

function percent(part, whole) {
  return Number(((100 * part) / whole).toFixed(1));
}

function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return Number(sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))].toFixed(3));
}
