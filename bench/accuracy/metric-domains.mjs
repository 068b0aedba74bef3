// Faces unlike those that the network was made from, and what metric learning needs of them, kept in files so that a
// second run computes nothing.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRandom } from '../../dist/core/random/random.js';
import { chooseFace } from '../../dist/evaluate/face-reader.js';
import { readImage } from '../../dist/node/image/read-image.js';
import { FacePipeline } from '../../dist/pipeline/face-pipeline.js';

/** LFW's photos of 250 pixels shrink to this side: their faces, about 100 pixels wide, to 24. */
const DEGRADED_SIDE = 60;
const BLUR_SIGMA = 0.6;
const NOISE_SIGMA = 8;
/** Faces of both domains fill about 20 pixels. */
const MIN_FACE_SIZE = 20;

export const DOMAINS = {
  /** The photos in ../shared are 23 x 28 pixels: the face fills them. */
  att: { folder: 'att', read: readImage, isPerson: (name) => /^s\d+$/.test(name) },
  /** What a cheap camera far away sees: gray, 24 pixels a face, out of focus, noisy. */
  degraded: { folder: 'lfw-dev', read: degrade, isPerson: () => true },
};

/** @returns a photo of LFW as a bad camera would have taken it; the same in every run */
export async function degrade(path) {
  const { data, info } = await sharp(path)
    .grayscale()
    .resize(DEGRADED_SIDE, DEGRADED_SIDE)
    .blur(BLUR_SIGMA)
    .raw()
    .toBuffer({ resolveWithObject: true });
  const random = createRandom(
    [...path.slice(-60)].reduce((hash, c) => (Math.imul(hash, 31) + c.charCodeAt(0)) >>> 0, 7),
  );
  const noisy = Uint8ClampedArray.from(
    { length: info.width * info.height },
    (_, i) => data[i * info.channels] + NOISE_SIGMA * random.normal(),
  );
  return { data: new Uint8Array(noisy), width: info.width, height: info.height, channels: 1 };
}

/**
 * @param options.data - folder of the data sets
 * @returns a sample with activations for each photo of everybody with two photos or more; augmented chips for those
 * with three or more, whom a metric can be learned from
 */
export async function readSamples(domain, { data, cache }) {
  const file = join(cache, `${domain}-samples`);
  if (!existsSync(`${file}.json`)) await collect(domain, { data, cache, file });
  const { photos, dims, featureLength } = JSON.parse(readFileSync(`${file}.json`, 'utf8'));
  const bytes = readFileSync(`${file}.f32`);
  const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const volume = dims.reduce((product, size) => product * size, 1);
  let at = 0;
  const take = (count, length) =>
    Array.from({ length: count }, () => {
      at += length;
      return numbers.subarray(at - length, at);
    });
  return photos.map(({ views, augmented, ...photo }) => ({
    ...photo,
    sample: {
      views: take(views, featureLength),
      augmented: take(augmented, featureLength),
      activations: { dims, views: take(views, volume), augmented: take(augmented, volume) },
    },
  }));
}

async function collect(domain, { data, cache, file }) {
  const { folder, read, isPerson } = DOMAINS[domain];
  const root = join(data, folder);
  const pipeline = await FacePipeline.create();
  const photos = [];
  const chunks = [];
  let dims = [];
  let featureLength = 0;
  for (const person of readdirSync(root).filter(isPerson).sort()) {
    if (person.includes('.')) continue;
    const files = readdirSync(join(root, person)).sort();
    if (files.length < 2) continue;
    for (const photo of files) {
      const image = await read(join(root, person, photo));
      const faces = await pipeline.analyze(image, { minFaceSize: MIN_FACE_SIZE, embeddings: false });
      const face = chooseFace({ width: image.width, height: image.height, faces }, 'center');
      if (face === null) {
        console.error(`no face: ${person}/${photo}`);
        continue;
      }
      const options = { quality: 'balanced', depth: 'last-block' };
      if (files.length < 3) options.augmentations = 0;
      const { views, augmented, activations } = await pipeline.recognizer.metricSample(
        image,
        face.landmarks,
        options,
      );
      dims = activations.dims;
      featureLength = views[0].length;
      photos.push({ person, file: photo, views: views.length, augmented: augmented.length });
      chunks.push(...views, ...augmented, ...activations.views, ...activations.augmented);
    }
  }
  await pipeline.dispose();
  mkdirSync(cache, { recursive: true });
  writeFileSync(
    `${file}.f32`,
    Buffer.concat(chunks.map((row) => Buffer.from(row.buffer, row.byteOffset, row.byteLength))),
  );
  writeFileSync(`${file}.json`, JSON.stringify({ photos, dims, featureLength }));
}

const TUNING_PEOPLE = 54;

/**
 * Keeps the people by whom settings were chosen apart from those that figures are reported on.
 *
 * @returns `tuning`: photos of 54 people with three photos or more; `learnable`: of the others with as many; `pairs`:
 * of people with two, who can only be tested on
 */
export function splitPeople(samples) {
  const byPerson = groupByPerson(samples);
  const many = [...byPerson.keys()].filter((person) => byPerson.get(person).length >= 3).sort();
  const two = [...byPerson.keys()].filter((person) => byPerson.get(person).length === 2).sort();
  const shuffled = createRandom(54).shuffle([...many]);
  const of = (people) => people.flatMap((person) => byPerson.get(person));
  return {
    tuning: of(shuffled.slice(0, TUNING_PEOPLE)),
    learnable: of(shuffled.slice(TUNING_PEOPLE)),
    pairs: of(two),
  };
}

function groupByPerson(samples) {
  const groups = new Map();
  for (const sample of samples) groups.set(sample.person, [...(groups.get(sample.person) ?? []), sample]);
  return groups;
}
