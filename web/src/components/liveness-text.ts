import type { RecognizedFace } from '../api/types.ts';

/** Whether a face was checked and is none before the camera. */
export function isShown({ liveness }: Pick<RecognizedFace, 'liveness'>): boolean {
  return liveness?.live === false;
}

/** What the check says, for a badge; '' where nothing is checked. */
export function livenessText({ liveness }: Pick<RecognizedFace, 'liveness'>): string {
  if (!liveness) return '';
  if (liveness.live) return `Live (${liveness.score.toFixed(2)})`;
  return `Not live${liveness.attackKind === null ? '' : `: ${liveness.attackKind}`} (${liveness.score.toFixed(2)})`;
}
