import type { Face } from '../../core/pipeline/face.ts';
import type { FileAnalysis } from '../../pipeline/analyze-files.ts';
import { describeError } from './output.ts';

/** What `--json` prints for one picture. */
export function analysisJson(analysis: FileAnalysis): object {
  const image = analysis.file.path;
  if ('error' in analysis) return { image, error: describeError(analysis.error) };
  const { width, height, minFaceSize } = analysis;
  return { image, width, height, minFaceSize, faces: analysis.faces.map(faceJson) };
}

/** What `--json` prints for one face. */
export function faceJson(face: Face): object {
  const { box, score, landmarks, turn, liveness, embedding, identity } = face;
  return {
    box: { left: box.left, top: box.top, width: box.width, height: box.height },
    score: float(score),
    landmarks: landmarks.points,
    ...(turn !== undefined && { turn }),
    ...(liveness && { liveness: { ...liveness, score: float(liveness.score) } }),
    ...(embedding && { embedding: Array.from(embedding, float) }),
    ...(identity && {
      identity: {
        label: identity.label,
        probability: identity.probability === null ? null : float(identity.probability),
        distance: identity.distance === null ? null : float(identity.distance),
      },
    }),
  };
}

// Nine digits bring every float32 back exactly; a double's other eight would be noise.
function float(value: number): number {
  return Number(value.toPrecision(9));
}
