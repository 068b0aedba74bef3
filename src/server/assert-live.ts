import { FaceTriggerError } from '../core/errors.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';

/** What enrollment has against a face that is not live; null for others, and where that is not checked. */
export function livenessReason(
  liveness: Liveness | undefined,
): { readonly code: string; readonly message: string } | null {
  if (liveness === undefined || liveness.live) return null;
  const kind = liveness.attackKind === null ? '' : ` (${liveness.attackKind})`;
  const message = `the face is not live${kind}: it scores ${liveness.score.toFixed(2)} of 1`;
  return { code: 'not-live', message };
}

/** @throws FaceTriggerError `ERR_UNSUITABLE_FACE` for a face that was checked and is not live */
export function assertLive({ liveness }: { readonly liveness?: Liveness | undefined }): void {
  const reason = livenessReason(liveness);
  if (reason === null) return;
  throw new FaceTriggerError('ERR_UNSUITABLE_FACE', `The photo is not taken: ${reason.message}`, {
    details: { reasons: [reason] },
  });
}
