import type { Face } from '../core/pipeline/face.ts';
import type { FaceMark } from '../node/image/annotate.ts';

/**
 * How faces are drawn: the box and landmarks always, the name or "unknown" where the face was identified; of a face
 * that is not live that it is not, and no name.
 *
 * @returns marks for `annotateImage`, in the order of the faces
 */
export function faceMarks(faces: readonly Face[]): FaceMark[] {
  return faces.map(({ box, landmarks: { points: landmarks }, identity, liveness }) => {
    if (liveness?.live === false) {
      const label = `not live${liveness.attackKind === null ? '' : ` (${liveness.attackKind})`}`;
      return { box, landmarks, label, tone: 'unknown' };
    }
    if (!identity) return { box, landmarks, tone: 'plain' };
    const known = identity.label !== null;
    return { box, landmarks, label: identity.label ?? 'unknown', tone: known ? 'known' : 'unknown' };
  });
}
