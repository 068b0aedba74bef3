// Embeddings of many views of one face of each picture, kept in a file so that a second run computes nothing.

import { appendFileSync, existsSync, mkdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { alignFace } from '../../dist/core/align/aligned-face.js';
import { viewsOf } from '../../dist/core/embed/chip-variants.js';
import { toGray } from '../../dist/core/image/convert-color.js';
import { flipHorizontal } from '../../dist/core/image/flip-image.js';
import { chooseFace } from '../../dist/evaluate/face-reader.js';
import { dlibChip, extractFaceChip } from '../../dist/models/dlib/chip.js';
import { readImage } from '../../dist/node/image/read-image.js';
import { openEmbedder, openLandmarkDetector } from '../../dist/node/models/open-models.js';
import { FacePipeline } from '../../dist/pipeline/face-pipeline.js';

export const JITTERED = 20;
export const PADDINGS = [0.15, 0.2, 0.3, 0.35, 0.4];
const DIMENSION = 128;

/** Where the landmark detector starts: the box, moved by a twentieth of its side, and a tenth smaller or larger. */
const STARTS = [
  [0, 0, 1],
  [-0.05, 0, 1],
  [0.05, 0, 1],
  [0, -0.05, 1],
  [0, 0.05, 1],
  [0, 0, 0.9],
  [0, 0, 1.1],
];

/** Each group of views: its names, and how to cut its chips from a picture whose face is known. */
export const GROUPS = {
  base: {
    names: ['plain', 'mirror', ...Array.from({ length: JITTERED }, (_, i) => `jitter ${i + 1}`)],
    cut: ({ image, landmarks }) =>
      viewsOf(alignFace(image, landmarks, dlibChip()), { mirror: true, jitter: JITTERED }),
  },
  landmarks: {
    names: ['sub-pixel', 'sub-pixel mirror', 'mean start', 'mean start mirror'],
    cut: ({ image, box, detector }) => [
      ...pair(extractFaceChip(image, detector.detect(image, box, { subPixel: true }))),
      ...pair(extractFaceChip(image, meanPoints(starts(image, box, detector)))),
    ],
  },
  padding: {
    names: PADDINGS.flatMap((padding) => [`padding ${padding}`, `padding ${padding} mirror`]),
    cut: ({ image, landmarks }) =>
      PADDINGS.flatMap((padding) => pair(extractFaceChip(image, landmarks, { padding }))),
  },
  gray: {
    names: ['gray', 'gray mirror'],
    cut: ({ image, landmarks }) => pair(extractFaceChip(toGray(image), landmarks)),
  },
};

/**
 * @param paths - pictures
 * @param folder - where results are kept
 * @param groups - names of GROUPS
 * @returns a map from view to an array of embeddings, one a picture, `null` where no face was found
 */
export async function embedViews(paths, { folder, groups }) {
  mkdirSync(folder, { recursive: true });
  const faces = await findFaces(paths, folder);
  const views = new Map();
  for (const group of groups) {
    const { names } = GROUPS[group];
    const data = await embedGroup(paths, { faces, folder, group });
    for (const [v, name] of names.entries()) {
      const view = faces.map((face, i) => {
        const start = (i * names.length + v) * DIMENSION;
        return face === null ? null : data.subarray(start, start + DIMENSION);
      });
      views.set(name, view);
    }
  }
  return views;
}

/** The face nearest the middle of each picture. */
export async function findFaces(paths, folder) {
  const file = join(folder, 'faces.jsonl');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  if (kept.length < paths.length) {
    const pipeline = await FacePipeline.create();
    for (const [i, path] of paths.entries()) {
      if (i < kept.length) continue;
      const image = await readImage(path);
      const faces = await pipeline.analyze(image, { embeddings: false });
      const face = chooseFace({ width: image.width, height: image.height, faces }, 'center');
      appendFileSync(file, `${JSON.stringify(face && { box: face.box, landmarks: face.landmarks })}\n`);
      kept.push(JSON.stringify(face && { box: face.box, landmarks: face.landmarks }));
      if (i % 200 === 0) console.error(`faces: ${i} of ${paths.length}`);
    }
    await pipeline.dispose();
  }
  return kept.slice(0, paths.length).map((line) => JSON.parse(line));
}

async function embedGroup(paths, { faces, folder, group }) {
  const { names, cut } = GROUPS[group];
  const file = join(folder, `${group}.f32`);
  const record = names.length * DIMENSION * 4;
  let done = existsSync(file) ? Math.floor(statSync(file).size / record) : 0;
  if (existsSync(file)) truncateSync(file, done * record);
  if (done < paths.length) {
    const embedder = await openEmbedder();
    const detector = await openLandmarkDetector();
    for (; done < paths.length; done++) {
      const face = faces[done];
      const rows = new Float32Array(names.length * DIMENSION);
      if (face !== null) {
        const image = await readImage(paths[done]);
        const embeddings = await embedder.embed(cut({ image, detector, ...face }));
        for (const [v, embedding] of embeddings.entries()) rows.set(embedding, v * DIMENSION);
      }
      appendFileSync(file, new Uint8Array(rows.buffer));
      if (done % 200 === 0) console.error(`${group}: ${done} of ${paths.length}`);
    }
    await embedder.dispose();
  }
  const bytes = readFileSync(file);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + paths.length * record));
}

function pair(chip) {
  return [chip, flipHorizontal(chip)];
}

function starts(image, box, detector) {
  return STARTS.map(([dx, dy, scale]) => {
    const width = box.width * scale;
    const height = box.height * scale;
    const left = box.left + dx * box.width + (box.width - width) / 2;
    const top = box.top + dy * box.height + (box.height - height) / 2;
    return detector.detect(image, { left, top, width, height }, { subPixel: true });
  });
}

function meanPoints(sets) {
  return sets[0].map((_, p) =>
    [0, 1].map((axis) => sets.reduce((sum, points) => sum + points[p][axis], 0) / sets.length),
  );
}
