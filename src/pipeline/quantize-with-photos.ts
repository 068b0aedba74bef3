import { canQuantize, type EmbedderFile, quantizePart } from '../convert/quantize-part.ts';
import { alignFace } from '../core/align/aligned-face.ts';
import { layoutsOf } from '../core/align/chip-template.ts';
import { expectation, FaceTriggerError } from '../core/errors.ts';
import type { Image } from '../core/image/image.ts';
import { cosineSimilarity } from '../core/metric/metric.ts';
import { openEmbedderPart } from '../models/adapters.ts';
import { measureRanges } from '../node/models/measure-ranges.ts';
import { NODE_RUNTIME } from '../node/runtime/session.ts';
import { type BenchAccuracy, comparablePairs, judge } from './bench-models.ts';
import { FaceFinder } from './face-finder.ts';
import { type BenchPhoto, type ReadPhotosOptions, readPhotos } from './read-photos.ts';

/** An embedder in bytes, and what that costs. */
export interface QuantizedWithPhotos extends EmbedderFile {
  /** Faces whose values the ranges come from. */
  readonly calibrated: number;
  /** Of faces that were held out: how alike the embeddings of both are, 1 where nothing is lost. */
  readonly loss: { readonly faces: number; readonly meanCosine: number; readonly leastCosine: number };
  /** Of the held-out faces of people, before and after; absent where there are no pairs. */
  readonly accuracy?: { readonly fp32: BenchAccuracy; readonly int8: BenchAccuracy } | undefined;
}

/** Faces that a calibration cannot do without, and those from which on ranges hardly grow. */
export const LEAST_FACES = 20;
export const WANTED_FACES = 100;
/** More add time, not ranges. */
const MOST_FACES = 600;
/** Every so many-th face or person is held out. */
const HELD_OUT = 4;
/** People from which on whole people are held out: two of them are, which makes pairs. */
const LEAST_PEOPLE = 2 * HELD_OUT;

interface KnownChip {
  readonly chip: Image;
  /** Absent: a face beside the largest one of a photo, or a photo of nobody known. */
  readonly person?: string | undefined;
}

/**
 * Quantizes an embedder with the faces of a user's photos.
 *
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` under {@link LEAST_FACES} faces, `ERR_MODEL_FORMAT` for a network in
 * which nothing can be quantized
 * @remarks Faces are found by the networks that come with the package.
 */
export async function quantizeWithPhotos(
  model: EmbedderFile,
  photos: readonly BenchPhoto[],
  options: ReadPhotosOptions = {},
): Promise<QuantizedWithPhotos> {
  // Told before all the photos are read.
  if (!canQuantize(model.part)) quantizePart(model, []);
  const { used, heldOut } = split(await cutFaces(model, photos, options));
  if (used.length < LEAST_FACES) {
    const expected = `at least ${LEAST_FACES} faces to measure ranges with, beside every fourth, which is held out`;
    throw new FaceTriggerError('ERR_TOO_FEW_SAMPLES', expectation(expected, 'the photos', used.length));
  }
  const ranges = await measureRanges(
    model,
    used.map(({ chip }) => chip),
  );
  const quantized = quantizePart(model, ranges);
  const before = await embedAll(model, heldOut);
  const after = await embedAll(quantized, heldOut);
  const cosines = before.map((embedding, i) => cosineSimilarity(embedding, after[i]!));
  const fp32 = accuracyOf(model, heldOut, before);
  const int8 = accuracyOf(quantized, heldOut, after);
  return {
    ...quantized,
    calibrated: used.length,
    loss: {
      faces: heldOut.length,
      meanCosine: cosines.reduce((sum, cosine) => sum + cosine, 0) / cosines.length,
      leastCosine: Math.min(...cosines),
    },
    ...(fp32 && int8 && { accuracy: { fp32, int8 } }),
  };
}

async function cutFaces(
  { part }: EmbedderFile,
  photos: readonly BenchPhoto[],
  options: ReadPhotosOptions,
): Promise<KnownChip[]> {
  const template = part.facts.chip;
  await using finder = await FaceFinder.create({ detection: 'fast' }, layoutsOf(template));
  const chips: KnownChip[] = [];
  for await (const { image, person } of readPhotos(photos, options)) {
    const found = await finder.find(image);
    const sorted = found.toSorted((a, b) => b.box.width * b.box.height - a.box.width * a.box.height);
    for (const [at, { landmarks }] of sorted.entries()) {
      const { chip } = alignFace(image, landmarks, template);
      chips.push({ chip, person: at === 0 ? person : undefined });
    }
    if (chips.length >= MOST_FACES) break;
  }
  options.onProgress?.(photos.length, photos.length);
  return chips;
}

function split(chips: readonly KnownChip[]): Record<'used' | 'heldOut', readonly KnownChip[]> {
  const people = [...new Set(chips.map(({ person }) => person))].filter((person) => person !== undefined);
  const isOut = ({ person }: KnownChip, at: number) =>
    (people.length >= LEAST_PEOPLE && person !== undefined ? people.indexOf(person) : at) % HELD_OUT ===
    HELD_OUT - 1;
  return {
    used: chips.filter((chip, at) => !isOut(chip, at)),
    heldOut: chips.filter((chip, at) => isOut(chip, at)),
  };
}

async function embedAll({ part, bytes }: EmbedderFile, faces: readonly KnownChip[]): Promise<Float32Array[]> {
  const model = { part, bytes, readAgain: async () => bytes };
  await using embedder = await openEmbedderPart(model, { runtime: NODE_RUNTIME });
  return await embedder.embed(faces.map(({ chip }) => chip));
}

function accuracyOf(
  { part }: EmbedderFile,
  faces: readonly KnownChip[],
  embeddings: readonly Float32Array[],
): BenchAccuracy | null {
  const known = faces.flatMap(({ person }, i) =>
    person === undefined ? [] : [{ person, embedding: embeddings[i]! }],
  );
  const { metric, thresholds } = part.facts;
  const scores = comparablePairs(known, metric);
  return scores && judge(scores, thresholds.verify);
}
