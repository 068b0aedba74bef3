import type { Analysis, AnalyzedFace } from '../analysis-job.ts';
import { CompreFaceError } from './compreface-error.ts';
import type { CompreFaceParameters } from './compreface-parameters.ts';

/** How steeply a detection's probability rises with its score: clear faces score 1 and more, which is 0.98 then. */
const SCORE_STEEPNESS = 4;

/**
 * The faces that a request asks for, largest first.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, with CompreFace's number 28, where there is none
 */
export function wantedFaces(
  { limit, detProbThreshold }: CompreFaceParameters,
  { faces }: Analysis,
): readonly AnalyzedFace[] {
  const wanted = faces.filter(({ score }) => detectionProbability(score) >= detProbThreshold);
  if (wanted.length === 0) {
    throw new CompreFaceError('NO_FACES_FOUND', 'No face is found in the given image');
  }
  return limit > 0 ? wanted.slice(0, limit) : wanted;
}

/**
 * The one face of a picture to learn somebody from.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, with CompreFace's number 28 or 31, where there is none or several
 */
export function onlyFace(parameters: CompreFaceParameters, analysis: Analysis): AnalyzedFace {
  const [face, ...others] = wantedFaces({ ...parameters, limit: 0 }, analysis);
  if (others.length === 0) return face!;
  throw new CompreFaceError('TOO_MANY_FACES', 'Found more than one face in the given image');
}

/** A face as CompreFace describes it; the box lies within the picture. */
export function faceJson(
  { facePlugins, status }: CompreFaceParameters,
  { box, score, features, embedding }: AnalyzedFace,
  { width, height, detectMs, embedMs }: Analysis,
): object {
  const x = (value: number) => Math.min(width - 1, Math.max(0, Math.round(value)));
  const y = (value: number) => Math.min(height - 1, Math.max(0, Math.round(value)));
  return {
    box: {
      probability: round(detectionProbability(score)),
      x_min: x(box.left),
      y_min: y(box.top),
      x_max: x(box.left + box.width - 1),
      y_max: y(box.top + box.height - 1),
    },
    ...(facePlugins.has('landmarks') && { landmarks: eyesAndNose(features) }),
    ...(facePlugins.has('calculator') && { embedding: Array.from(embedding!) }),
    ...(status && { execution_time: { detector: round(detectMs), calculator: round(embedMs) } }),
  };
}

/** Five decimal places, as CompreFace gives. */
export function round(value: number): number {
  return Number(value.toFixed(5));
}

/** CompreFace gives the eyes as they lie in the picture, then the nose; not every model has corners of the mouth. */
function eyesAndNose({ leftEye, rightEye, nose }: AnalyzedFace['features']): readonly (readonly number[])[] {
  return [rightEye, leftEye, nose].map((point) => point.map(Math.round));
}

function detectionProbability(score: number): number {
  return 1 / (1 + Math.exp(-SCORE_STEEPNESS * score));
}
