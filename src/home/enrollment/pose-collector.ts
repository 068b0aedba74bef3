import type { FacePose } from '../../core/quality/face-quality.ts';
import { type FaceQualityFacts, qualityFacts, reviewFace } from '../../gallery/review-face.ts';
import { looks, POSE_STEPS, type PoseStep } from './pose-steps.ts';
import type { DoorFace } from './read-door-face.ts';

/** Why a frame did not count. */
export type EnrollmentHint =
  | Exclude<DoorFace['problem'], null>
  /** The head does not look where it is wanted. */
  | 'go on'
  | 'another face'
  /** Blurred, dark, overexposed or too far away. */
  | 'poor picture';

/** A face that was seen as it was asked for. */
export interface PosedFace {
  readonly step: PoseStep;
  readonly seen: Extract<DoorFace, { readonly problem: null }>;
  readonly facts: FaceQualityFacts;
}

/** Frames of each pose, of which the best is kept: one while the head still moves may be blurred. */
export const FRAMES_A_POSE = 3;

/**
 * Collects one good face for each pose. A pure state machine, which knows no time and takes frames as they come.
 */
export class PoseCollector {
  readonly #isSame: (a: Float32Array, b: Float32Array) => boolean;
  readonly #kept: PosedFace[] = [];
  #first: FacePose | null = null;
  #best: PosedFace | null = null;
  #frames = 0;
  #hint: EnrollmentHint | null = null;

  /** @param isSame - whether two embeddings are of one person */
  constructor(isSame: (a: Float32Array, b: Float32Array) => boolean) {
    this.#isSame = isSame;
  }

  /** What comes next; null at the end. */
  get wanted(): PoseStep | null {
    return POSE_STEPS[this.#kept.length] ?? null;
  }

  get kept(): readonly PosedFace[] {
    return this.#kept;
  }

  /** Why the last frame did not count; null where it did, and before the first. */
  get hint(): EnrollmentHint | null {
    return this.#hint;
  }

  /** Takes the next frame. After the end it changes nothing. */
  add(seen: DoorFace): void {
    const step = this.wanted;
    if (step === null) return;
    this.#hint = this.#judge(seen, step);
    if (this.#frames < FRAMES_A_POSE || this.#best === null) return;
    this.#kept.push(this.#best);
    this.#first ??= this.#best.seen.quality.pose;
    this.#best = null;
    this.#frames = 0;
  }

  #judge(seen: DoorFace, step: PoseStep): EnrollmentHint | null {
    if (seen.problem !== null) return seen.problem;
    const [known] = this.#kept;
    if (known && !this.#isSame(known.seen.embedding, seen.embedding)) return 'another face';
    if (!looks(seen.quality.pose, step, this.#first)) return 'go on';
    const facts = qualityFacts(seen.quality, 1);
    // The pose is what was asked for: that it is no portrait is nothing to refuse it for.
    const { reasons } = reviewFace({ ...facts, yaw: undefined, pitch: undefined }, 'strict');
    if (reasons.length > 0) return 'poor picture';
    this.#frames++;
    if (this.#best === null || (facts.score ?? 0) > (this.#best.facts.score ?? 0)) {
      this.#best = { step, seen, facts };
    }
    return null;
  }
}
