import { randomUUID } from 'node:crypto';
import { FlatVectors } from '../dist/gallery/index/flat-vectors.js';
import { loadUsearch } from '../dist/gallery/index/usearch-engine.js';
import { syntheticFaces } from './synthetic-faces.mjs';

/** The embedder of galleries of people who do not exist. */
export const EMBEDDER = { id: 'synthetic', sha256: '0'.repeat(64), dimension: 128 };
/** How many people a search asks for. */
export const TOP = 10;
const PHOTOS_PER_PERSON = 4;

/** A gallery of `faces` faces as an export has it, whose embeddings are made up before the first record is asked for. */
export function records(faces) {
  const people = Math.floor(faces / PHOTOS_PER_PERSON);
  const numbers = new Float32Array(people * PHOTOS_PER_PERSON * EMBEDDER.dimension);
  const source = syntheticFaces({ seed: 1 });
  for (let i = 0, at = 0; i < people; i++) {
    const center = source.person();
    for (let j = 0; j < PHOTOS_PER_PERSON; j++, at += EMBEDDER.dimension)
      numbers.set(source.photo(center), at);
  }
  return recordsOf(numbers);
}

function* recordsOf(numbers) {
  const createdAt = new Date().toISOString();
  const { id, sha256, dimension } = EMBEDDER;
  const bytesOfOne = 4 * dimension;
  for (let i = 0, at = 0; at < numbers.byteLength; i++) {
    const personId = randomUUID();
    yield { type: 'person', id: personId, name: `Person ${i}`, createdAt, expiresAt: null, consent: null };
    for (let j = 0; j < PHOTOS_PER_PERSON; j++, at += bytesOfOne) {
      const embedding = Buffer.from(numbers.buffer, at, bytesOfOne).toString('base64');
      const rest = { quality: null, source: null, thumbnail: null, createdAt };
      yield { type: 'face', id: randomUUID(), personId, embedder: { id, sha256 }, embedding, ...rest };
    }
  }
}

/** New photos of people in the gallery (their names beside them), and photos of people who are not. */
export function makeProbes(faces, queries) {
  const people = Math.floor(faces / PHOTOS_PER_PERSON);
  const step = Math.max(1, Math.floor(people / queries));
  const inside = syntheticFaces({ seed: 1 });
  const outside = syntheticFaces({ seed: 2 });
  const known = [];
  for (let i = 0; i < people; i++) {
    const center = inside.person();
    for (let j = 0; j < PHOTOS_PER_PERSON; j++) inside.photo(center);
    if (i % step === 0 && known.length < queries) {
      // The photo comes from the other stream: the gallery's own must not be disturbed.
      known.push(Object.assign(outside.photo(center), { person: `Person ${i}` }));
    }
  }
  return { known, strangers: Array.from({ length: queries }, () => outside.photo(outside.person())) };
}

/** Who the ten nearest people are, by comparing with everybody. @returns names for each probe */
export async function exactAnswers(faces, probes) {
  const all = new FlatVectors(EMBEDDER.dimension, await loadUsearch());
  const source = syntheticFaces({ seed: 1 });
  for (let i = 0; i < faces / PHOTOS_PER_PERSON; i++) {
    const center = source.person();
    for (let j = 0; j < PHOTOS_PER_PERSON; j++) all.push(source.photo(center));
  }
  return probes.map((probe) => {
    const truth = new Set();
    for (const { slot } of all.nearest(probe, TOP * PHOTOS_PER_PERSON)) {
      if (truth.size < TOP) truth.add(`Person ${Math.floor(slot / PHOTOS_PER_PERSON)}`);
    }
    return truth;
  });
}
