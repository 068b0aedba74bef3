import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { faceQuality } from '../../dist/core/quality/face-quality.js';
import { chooseFace } from '../../dist/evaluate/face-reader.js';
import { FacePipeline, readImage } from '../../dist/index.js';
import { ROOT } from '../child.mjs';

const DATA = join(ROOT, '../shared/data');
/** Photos of each folder, and the smallest face: the faces of AT&T's reduced photos are some 20 pixels wide. */
const FOLDERS = {
  'lfw-dev': { ending: '.jpg', rule: 'center' },
  att: { ending: '.pgm', rule: 'largest', minFaceSize: 20 },
};

/**
 * One face of each photo of a folder of people, embedded once with the default pack and kept in the temporary folder.
 *
 * @param {'lfw-dev' | 'att'} name
 * @returns faces with id, person, embedding and quality, beside the facts of the embedder; `null` without the folder
 */
export async function faceCollection(name) {
  const folder = join(DATA, name);
  if (!existsSync(folder)) return null;
  const pipeline = await FacePipeline.create();
  const { metric, sha256, dimension, evidence } = pipeline.embedder.profile;
  const facts = { metric, evidence: evidence.balanced, dimension };
  const cache = join(tmpdir(), 'face-trigger-clustering', `${name}-${sha256.slice(0, 8)}.json`);
  try {
    if (!existsSync(cache)) {
      mkdirSync(dirname(cache), { recursive: true });
      writeFileSync(cache, JSON.stringify(await embedFolder(folder, { pipeline, ...FOLDERS[name] })));
    }
  } finally {
    await pipeline.dispose();
  }
  const faces = JSON.parse(readFileSync(cache, 'utf8'));
  return { facts, faces: faces.map((face) => ({ ...face, embedding: Float32Array.from(face.embedding) })) };
}

async function embedFolder(folder, { pipeline, ending, rule, minFaceSize }) {
  const faces = [];
  const names = readdirSync(folder, { recursive: true }).filter((name) => name.endsWith(ending));
  for (const name of names.sort()) {
    const image = await readImage(join(folder, name));
    const found = await pipeline.analyze(image, { minFaceSize, identities: false });
    const face = chooseFace({ width: image.width, height: image.height, faces: found }, rule);
    if (!face) continue;
    const [aligned] = pipeline.align(image, [face]);
    const embedding = Array.from(face.embedding);
    faces.push({
      id: name,
      person: `${basename(folder)}/${dirname(name)}`,
      quality: faceQuality(aligned).score,
      embedding,
    });
  }
  return faces;
}
