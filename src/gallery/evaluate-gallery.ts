import { setImmediate as nextTurn } from 'node:timers/promises';
import { FaceTriggerError } from '../core/errors.ts';
import { createRandom } from '../core/random/random.ts';
import { throwIfAborted } from '../core/throw-if-aborted.ts';
import { type ErrorRates, errorRatesAt } from '../evaluate/error-rates.ts';
import type { PairScores } from '../evaluate/pair-scores.ts';
import { areaUnderCurve, equalErrorRate } from '../evaluate/roc.ts';
import { openSetScores, type SearchOutcome } from '../evaluate/search-outcome.ts';
import type { Gallery } from './gallery.ts';
import type { Face } from './gallery-types.ts';
import { sampleFaces } from './sample-faces.ts';

/** How a gallery is evaluated. */
export interface EvaluateGalleryOptions {
  /** Faces that are tried, drawn at random where there are more. @defaultValue 500 */
  readonly sample?: number | undefined;
  /** Of the drawing. @defaultValue 0 */
  readonly seed?: number | undefined;
  /** After this no further face is tried; what was tried until then is still a random sample. @defaultValue 10,000 */
  readonly timeLimitMs?: number | undefined;
  /** Ends the work. */
  readonly signal?: AbortSignal | undefined;
  /** Called after each face. */
  readonly onProgress?: ((done: number, total: number) => void) | undefined;
}

/** Two faces of which one was searched for and the other was found. */
export interface FoundFace {
  readonly person: { readonly id: string; readonly name: string };
  readonly faceId: string;
  readonly source: string | null;
  readonly other: { readonly id: string; readonly name: string };
  readonly distance: number;
}

/** How right a gallery is about its own faces. */
export interface GalleryEvaluation {
  /** Faces in the gallery that could have been drawn. */
  readonly faces: number;
  /** Faces that were tried. */
  readonly tried: number;
  /** Of those, faces whose person has another one. */
  readonly ownSearches: number;
  /** Threshold at which both errors are equally frequent. */
  readonly equalError: { readonly rate: number; readonly maxDistance: number };
  /** How often a face is nearer to its own person than a stranger's is to anybody, 0 .. 1. */
  readonly auc: number;
  readonly thresholds: readonly ErrorRates[];
  /** Distances to the own person (genuine) and of strangers to the nearest person (impostor). */
  readonly histogram: readonly { readonly from: number; readonly own: number; readonly strangers: number }[];
  readonly binWidth: number;
  /** Where thresholds and histogram end: strangers are hardly ever farther apart in the gallery's metric. */
  readonly range: number;
  /** Faces that were nearest to somebody else, nearest first. */
  readonly nearestStrangers: readonly FoundFace[];
  /** Faces that were farthest from their own person, farthest first. */
  readonly farthestOwn: readonly FoundFace[];
}

/** Fewer searches than this say nothing: after ten without an error the true rate may still be 31 %. */
export const EVALUATION_MINIMUM = { people: 2, searches: 10 } as const;
/** Own faces that a face is compared with at most. */
const MAX_OWN_FACES = 200;
/** Thresholds tried and bars of the histogram, over all distances that strangers have in the gallery's metric. */
const STEPS = { thresholds: 120, bins: 60 } as const;
const LISTED = 10;
/** Thresholds counted between two turns of the event loop. */
const THRESHOLDS_A_TURN = 5;

/**
 * Searches faces of a gallery in the gallery itself, each without itself, and once more without its person, as if
 * a stranger had come.
 *
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` below {@link EVALUATION_MINIMUM}, `ERR_ABORTED`
 * @remarks Misses count a face whose nearest person is somebody else, however near its own person is. Photos of one
 * occasion make misses look rarer than they will be. One search at a time, between turns of the event loop; a face
 * is compared with at most 200 of its own person's.
 */
export async function evaluateGallery(
  gallery: Gallery,
  options: EvaluateGalleryOptions = {},
): Promise<GalleryEvaluation> {
  const { sample = 500, seed = 0, timeLimitMs = 10_000, signal, onProgress } = options;
  const drawn = await sampleFaces(gallery, { count: sample, random: createRandom(seed), signal });
  const trials: Trial[] = [];
  const end = performance.now() + timeLimitMs;
  for (const [done, id] of drawn.ids.entries()) {
    if (performance.now() > end) break;
    throwIfAborted(signal, 'The evaluation');
    const trial = await tryFace(gallery, id);
    if (trial) trials.push(trial);
    onProgress?.(done + 1, drawn.ids.length);
    await nextTurn();
  }
  const own = trials.flatMap((trial) => (trial.own ? [trial.own] : []));
  const strangers = trials.flatMap((trial) => (trial.stranger ? [trial.stranger] : []));
  refuseTooFew(trials, { own: own.length, strangers: strangers.length });
  const { hits, strangers: impostor } = openSetScores([...own, ...strangers]);
  const scores: PairScores = { genuine: hits, impostor };
  const { eer, maxDistance } = equalErrorRate(scores);
  const range = gallery.thresholds.farthest;
  const binWidth = rounded(range / STEPS.bins);
  return {
    faces: drawn.total,
    tried: trials.length,
    ownSearches: own.length,
    equalError: { rate: eer, maxDistance },
    auc: areaUnderCurve(scores),
    thresholds: await countErrors(scores, range),
    histogram: countDistances({ own, strangers, binWidth }),
    binWidth,
    range,
    nearestStrangers: await describeExtremes(gallery, trials, 'stranger'),
    farthestOwn: await describeExtremes(gallery, trials, 'own'),
  };
}

interface Trial {
  readonly face: Face;
  readonly own: SearchOutcome | null;
  readonly stranger: SearchOutcome | null;
  readonly otherName: string;
}

async function tryFace(gallery: Gallery, id: string): Promise<Trial | null> {
  const face = await gallery.getFace(id);
  // Deleted since it was drawn.
  if (!face?.embedding) return null;
  const found = await gallery.search(face.embedding, { limit: 2 });
  const other = found.find(({ person }) => person.id !== face.personId) ?? null;
  const best = other && { person: other.person.id, distance: other.distance, face: other.face.id };
  const base = { probe: id, person: face.personId };
  const ownBest = await nearestOwn(gallery, face);
  const isFirst = ownBest !== null && (best === null || ownBest.distance < best.distance);
  return {
    face,
    otherName: other?.person.name ?? '',
    stranger: best && { ...base, enrolled: false, best, rank: null, ownDistance: null },
    own: ownBest && {
      ...base,
      enrolled: true,
      best: isFirst ? ownBest : best,
      rank: isFirst ? 1 : 2,
      ownDistance: ownBest.distance,
    },
  };
}

async function nearestOwn(gallery: Gallery, face: Face): Promise<SearchOutcome['best']> {
  const { items } = await gallery.listFaces({
    personId: face.personId,
    withEmbeddings: true,
    limit: MAX_OWN_FACES,
  });
  let nearest: SearchOutcome['best'] = null;
  for (const { id, embedding } of items) {
    if (id === face.id || !embedding) continue;
    const distance = gallery.distance(face.embedding!, embedding);
    if (nearest === null || distance < nearest.distance) {
      nearest = { person: face.personId, distance, face: id };
    }
  }
  return nearest;
}

function refuseTooFew(
  trials: readonly Trial[],
  { own, strangers }: { readonly own: number; readonly strangers: number },
): void {
  const people = new Set(trials.map(({ face }) => face.personId)).size;
  const { people: fewestPeople, searches } = EVALUATION_MINIMUM;
  if (people >= fewestPeople && own >= searches && strangers >= searches) return;
  throw new FaceTriggerError(
    'ERR_TOO_FEW_SAMPLES',
    `An evaluation needs ${searches} photos of people who have two or more, and ${fewestPeople} people; there are ` +
      `${own} such photos of ${people} ${people === 1 ? 'person' : 'people'}. Enroll more photos of the same people`,
  );
}

async function countErrors(scores: PairScores, range: number): Promise<readonly ErrorRates[]> {
  const rates: ErrorRates[] = [];
  for (let i = 0; i < STEPS.thresholds; i++) {
    rates.push(errorRatesAt(scores, { maxDistance: rounded((range * (i + 1)) / STEPS.thresholds) }));
    if (i % THRESHOLDS_A_TURN === 0) await nextTurn();
  }
  return rates;
}

function countDistances({
  own,
  strangers,
  binWidth,
}: {
  readonly own: readonly SearchOutcome[];
  readonly strangers: readonly SearchOutcome[];
  readonly binWidth: number;
}) {
  const bins = Array.from({ length: STEPS.bins }, (_, i) => ({ from: i * binWidth, own: 0, strangers: 0 }));
  const binOf = (distance: number) => bins[Math.min(STEPS.bins - 1, Math.floor(distance / binWidth))]!;
  for (const { ownDistance } of own) binOf(ownDistance!).own++;
  for (const { best } of strangers) binOf(best!.distance).strangers++;
  return bins;
}

/** Steps that people read: 0.07 and not 0.07000000000000001. */
function rounded(distance: number): number {
  return Number(distance.toFixed(4));
}

/** The trials that went worst on one side, with the names of both people. */
async function describeExtremes(
  gallery: Gallery,
  trials: readonly Trial[],
  side: 'own' | 'stranger',
): Promise<readonly FoundFace[]> {
  const distance = (trial: Trial): number =>
    side === 'own' ? trial.own!.ownDistance! : trial.stranger!.best!.distance;
  const sorted = trials
    .filter((trial) => trial[side] !== null)
    .sort((a, b) => (side === 'own' ? distance(b) - distance(a) : distance(a) - distance(b)));
  const listed: FoundFace[] = [];
  for (const trial of sorted.slice(0, LISTED)) {
    const { face, stranger, otherName } = trial;
    const person = await gallery.getPerson(face.personId);
    if (person === null) continue;
    const { id, name } = person;
    listed.push({
      person: { id, name },
      faceId: face.id,
      source: face.source,
      other: side === 'own' ? { id, name } : { id: stranger!.best!.person, name: otherName },
      distance: distance(trial),
    });
  }
  return listed;
}
