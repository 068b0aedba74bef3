// Pictures that lie on their side or stand on their head, and what looking for their faces costs those that do not:
//   node bench/accuracy/turned-faces.mjs [--detection exact|fast] [--every n] [--json | --markdown]
// Needs ../shared/data (LFW dev folds, AT&T, dlib's example photos) and dist/ (npm run build).

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { turnBack, turnBox } from '../../dist/core/geometry/quarter-turn.js';
import { turnImage } from '../../dist/core/image/turn-image.js';
import { euclideanDistance } from '../../dist/core/metric/metric.js';
import { FacePipeline, iou, readImage, toRgb } from '../../dist/index.js';
import { ROOT } from '../child.mjs';
import { markdownTable, plainTable, tableOf } from '../results.mjs';
import { listPictures } from './pictures.mjs';

const DATA = join(ROOT, '../shared/data');
/** A face found at the place of the upright one. */
const MIN_IOU = 0.3;
/** Embeddings of the same pixels, turned: farther apart than this the landmarks lie elsewhere. */
const SAME_EMBEDDING = 0.3;
const COLUMNS = {
  pictures: 'pictures',
  turned: 'turned',
  faces: 'faces upright',
  plainFound: 'found as it stands',
  plainSame: 'embedded alike',
  found: 'found',
  same: 'embedded alike ',
  extra: 'elsewhere',
  wrong: 'turned wrongly',
  plainMs: 'ms as it stands',
  ms: 'ms',
};
const { values } = parseArgs({
  options: {
    detection: { type: 'string', default: 'fast' },
    every: { type: 'string', default: '1' },
    json: { type: 'boolean' },
    markdown: { type: 'boolean' },
  },
});

if (!existsSync(DATA)) console.log(`skipped: there is no ${DATA}`);
else {
  const pipeline = await FacePipeline.create({ detection: values.detection, threads: 1 });
  const rows = [];
  for (const { name, paths, minFaceSize } of pictureSets()) {
    const counts = [0, 90, 180, 270].map((turned) => newRow(name, turned));
    const empty = newRow(`${name}, faces painted over`, 0);
    for (const path of paths.filter((_, i) => i % Number(values.every) === 0)) {
      const image = toRgb(await readImage(path));
      const upright = await pipeline.analyze(image, { minFaceSize, turned: false });
      for (const row of counts) await count(row, { pipeline, image, upright, minFaceSize });
      await count(empty, { pipeline, image: paintOver(image, upright), upright: [], minFaceSize });
    }
    for (const row of [...counts, empty]) {
      const { pictures, ...rest } = row;
      const perPicture = (ms) => Number((ms / row.looked).toFixed(1));
      rows.push({ pictures, ...rest, plainMs: perPicture(row.plainMs), ms: perPicture(row.ms) });
    }
  }
  if (values.json) for (const row of rows) console.log(JSON.stringify(row));
  else console.log((values.markdown ? markdownTable : plainTable)(tableOf(COLUMNS, rows)));
  await pipeline.dispose();
}

function pictureSets() {
  return [
    { name: 'LFW dev', paths: listPictures(join(DATA, 'lfw-dev'), '.jpg') },
    { name: 'AT&T', paths: listPictures(join(DATA, 'att'), '.pgm'), minFaceSize: 20 },
    { name: "dlib's examples", paths: listPictures(join(DATA, 'group'), '.jpg') },
  ];
}

function newRow(pictures, turned) {
  const zero = { faces: 0, plainFound: 0, plainSame: 0, found: 0, same: 0, extra: 0, wrong: 0 };
  return { pictures, turned, looked: 0, ...zero, plainMs: 0, ms: 0 };
}

async function count(row, { pipeline, image, upright, minFaceSize }) {
  const picture = turnImage(image, row.turned);
  const search = async (turned) => {
    const started = performance.now();
    const faces = await pipeline.finder.find(picture, { minFaceSize, turned });
    return { faces, ms: performance.now() - started };
  };
  // In turns, so that whatever else the machine does weighs on both.
  const first = row.looked % 2 === 0;
  const one = await search(first);
  const other = await search(!first);
  const [all, plain] = first ? [one, other] : [other, one];
  row.looked += 1;
  row.ms += all.ms;
  row.plainMs += plain.ms;
  row.faces += upright.length;
  const at = (faces, face) => {
    const place = turnBox(face.box, image, row.turned);
    return faces.filter(({ box }) => iou(box, place) >= MIN_IOU).sort((a, b) => b.score - a.score)[0];
  };
  const alike = async (face, found) => {
    if (!found) return 0;
    const [embedding] = await pipeline.recognizer.embed([picture], [found.landmarks], pipeline.embedding);
    return euclideanDistance(embedding, face.embedding) <= SAME_EMBEDDING ? 1 : 0;
  };
  for (const face of upright) {
    const [withTurns, without] = [at(all.faces, face), at(plain.faces, face)];
    row.plainFound += without ? 1 : 0;
    row.plainSame += await alike(face, without);
    row.found += withTurns ? 1 : 0;
    row.same += await alike(face, withTurns);
  }
  row.extra += all.faces.filter(
    ({ box }) => !upright.some((face) => iou(box, turnBox(face.box, image, row.turned)) >= MIN_IOU),
  ).length;
  row.wrong += all.faces.filter(({ turn = 0 }) => turn !== turnBack(row.turned)).length;
}

/** A picture without its faces: each is replaced by the mean color around it. */
function paintOver({ data, width, height, channels }, faces) {
  const painted = new Uint8Array(data);
  for (const { box } of faces) {
    const left = Math.max(0, Math.round(box.left - box.width / 4));
    const top = Math.max(0, Math.round(box.top - box.height / 4));
    const right = Math.min(width, Math.round(box.left + box.width * 1.25));
    const bottom = Math.min(height, Math.round(box.top + box.height * 1.25));
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        for (let c = 0; c < channels; c++) {
          // Between the colors at the two edges, so that no new edge looks like anything.
          const [a, b] = [
            data[(y * width + left) * channels + c],
            data[(y * width + right - 1) * channels + c],
          ];
          painted[(y * width + x) * channels + c] = a + ((b - a) * (x - left)) / (right - left);
        }
      }
    }
  }
  return { data: painted, width, height, channels };
}
