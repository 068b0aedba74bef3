import { FaceTriggerError } from '../../core/errors.ts';
import { type MetricName, metricOf } from '../../core/metric/metric.ts';
import { createRandom } from '../../core/random/random.ts';
import { tarAtFar } from '../../evaluate/error-rates.ts';
import type { PairScores } from '../../evaluate/pair-scores.ts';
import { pairsOfFaces } from '../../evaluate/pairs-of-faces.ts';
import { areaUnderCurve, equalErrorRate } from '../../evaluate/roc.ts';

/** A named face in both versions. */
export interface JudgedFace {
  readonly personId: string;
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** How well embeddings tell a gallery's people apart. */
export interface VerificationFigures {
  /** Rate at which strangers are taken for one person as often as one person for strangers, 0 .. 1. */
  readonly eer: number;
  /** How often two photos of one person are nearer to each other than photos of two, 0 .. 1. */
  readonly auc: number;
  /** Share of one person's pairs accepted where one in a thousand pairs of strangers is. */
  readonly tarAtFar001: number;
}

/** Both versions on the same pairs of faces. */
export interface EmbeddingJudgment {
  readonly faces: number;
  readonly samePairs: number;
  readonly differentPairs: number;
  readonly before: VerificationFigures;
  readonly after: VerificationFigures;
  /** The new version has the larger equal error rate or, at the same, the smaller true accept rate or curve. */
  readonly isWorse: boolean;
}

/** Faces compared at most, each with each: two million pairs. Of more, whole people are drawn. */
const MOST_FACES = 2000;
/** Fewer pairs of one person say nothing. */
const FEWEST_PAIRS = 10;
const FAR = 0.001;

/**
 * Judges two versions of a gallery's embeddings by its own people: each pair of faces is of one person or of two.
 *
 * @throws FaceTriggerError `ERR_TOO_FEW_SAMPLES` below ten pairs of one person, or two people
 * @remarks Photos of one occasion make both versions look better than they are; the comparison stays fair.
 */
export function judgeEmbeddings(
  faces: readonly JudgedFace[],
  metrics: { readonly before: MetricName; readonly after: MetricName },
  what = 'the gallery',
): EmbeddingJudgment {
  const drawn = drawPeople(faces);
  const scoresOf = (version: 'before' | 'after') =>
    pairsOfFaces(
      drawn.map((face) => ({ person: face.personId, embedding: face[version] })),
      metricOf(metrics[version]).distance,
    );
  const scores = { before: scoresOf('before'), after: scoresOf('after') };
  const { genuine, impostor } = scores.before;
  if (genuine.length < FEWEST_PAIRS || impostor.length < FEWEST_PAIRS) {
    throw new FaceTriggerError(
      'ERR_TOO_FEW_SAMPLES',
      `To judge the new models takes ${FEWEST_PAIRS} pairs of photos of one person and of two; ${what} has ` +
        `${genuine.length} and ${impostor.length}`,
    );
  }
  const before = figures(scores.before);
  const after = figures(scores.after);
  return {
    faces: drawn.length,
    samePairs: genuine.length,
    differentPairs: impostor.length,
    ...{ before, after, isWorse: isWorse(after, before) },
  };
}

/**
 * Judges two versions, and refuses the new one where it is worse.
 *
 * @param options.what - whose people they are, for the message
 * @param options.force - says it all the same
 * @returns `null` with `force` where there are too few faces
 * @throws FaceTriggerError `ERR_CONFLICT` where the new one is worse, `ERR_TOO_FEW_SAMPLES`; neither with `force`
 */
export function judgeVersions(
  faces: readonly JudgedFace[],
  metrics: { readonly before: MetricName; readonly after: MetricName },
  { what, force = false }: { readonly what: string; readonly force?: boolean | undefined },
): EmbeddingJudgment | null {
  let judgment: EmbeddingJudgment;
  try {
    judgment = judgeEmbeddings(faces, metrics, what);
  } catch (error) {
    if (force && error instanceof FaceTriggerError && error.code === 'ERR_TOO_FEW_SAMPLES') return null;
    throw error;
  }
  if (!judgment.isWorse || force) return judgment;
  throw new FaceTriggerError(
    'ERR_CONFLICT',
    `The new models tell the people of ${what} apart less well than its own, so nothing was changed`,
    { details: { judgment } },
  );
}

function figures(scores: PairScores): VerificationFigures {
  return {
    eer: equalErrorRate(scores).eer,
    auc: areaUnderCurve(scores),
    tarAtFar001: tarAtFar(scores, { far: FAR, rounds: 0 }).tar,
  };
}

function isWorse(after: VerificationFigures, before: VerificationFigures): boolean {
  if (after.eer !== before.eer) return after.eer > before.eer;
  if (after.tarAtFar001 !== before.tarAtFar001) return after.tarAtFar001 < before.tarAtFar001;
  return after.auc < before.auc;
}

function drawPeople(faces: readonly JudgedFace[]): readonly JudgedFace[] {
  if (faces.length <= MOST_FACES) return faces;
  const byPerson = new Map<string, JudgedFace[]>();
  for (const face of faces) byPerson.set(face.personId, [...(byPerson.get(face.personId) ?? []), face]);
  const people = [...byPerson.values()];
  const random = createRandom(0);
  const drawn: JudgedFace[] = [];
  while (people.length > 0) {
    const [own] = people.splice(random.int(people.length), 1);
    if (drawn.length + own!.length <= MOST_FACES) drawn.push(...own!);
    else if (drawn.length === 0) drawn.push(...own!.slice(0, MOST_FACES));
  }
  return drawn;
}
