import { TURN_LIMITS } from '../../core/liveness/turn-check.ts';
import type { FacePose } from '../../core/quality/face-quality.ts';
import { REVIEW_LIMITS } from '../../gallery/review-face.ts';

/** Where somebody is asked to look; left and right are their own. */
export type PoseStep = 'ahead' | 'left' | 'right' | 'up';

/** In the order in which they are asked for: the first says where "ahead" is, and whom the others must show. */
export const POSE_STEPS: readonly PoseStep[] = ['ahead', 'left', 'right', 'up'];

/**
 * How far up counts, in distances of the eyes.
 *
 * @remarks A nose that lies 0.2 beside the middle at 20 degrees to a side ({@link TURN_LIMITS}) stands 0.58 before the
 * eyes; of a head that leans back by 12 degrees it then lies 0.12 higher.
 */
const UP = 0.12;

/**
 * Whether a head looks where it is asked to.
 *
 * @param first - the pose that looked ahead; null while there is none
 * @remarks No farther than the gallery's review takes a face.
 */
export function looks(pose: FacePose, step: PoseStep, first: FacePose | null): boolean {
  if (Math.abs(pose.yaw) > REVIEW_LIMITS.yaw.useless || Math.abs(pose.pitch) > REVIEW_LIMITS.pitch.useless)
    return false;
  if (step === 'ahead' || first === null) {
    return Math.abs(pose.yaw) <= TURN_LIMITS.ahead && Math.abs(pose.pitch) <= REVIEW_LIMITS.pitch.poor;
  }
  const turned = pose.yaw - first.yaw;
  if (step === 'up') return Math.abs(turned) <= TURN_LIMITS.ahead && first.pitch - pose.pitch >= UP;
  return (step === 'left' ? turned : -turned) >= TURN_LIMITS.turned;
}
