import { invalidArgument } from '../errors.ts';
import type { HeadView } from './head-view.ts';

/** Where a head turns; left and right are the person's own. */
export type TurnDirection = 'left' | 'right';
/** What a person is asked to do. */
export type TurnStep = 'ahead' | TurnDirection;

/** Why a frame did not bring a check on. */
export type TurnHint =
  /** The head is not yet where it is wanted. */
  | 'go on'
  /** The nose moves as on a flat picture that is skewed or bent. */
  | 'flat';

/** How far a check is. */
export interface TurnProgress {
  readonly state: 'going' | 'passed' | 'failed';
  /** Steps done, of how many. */
  readonly done: number;
  readonly of: number;
  /** What comes next; null at the end. */
  readonly wanted: TurnStep | null;
  /** Why the last frame did not count, or the check failed; null where it counted. */
  readonly hint: TurnHint | 'other way' | null;
}

/**
 * What counts as turned, in distances of the eyes.
 *
 * @remarks A head shows `turned` at about 20 degrees, when its detectors still see it. `relief` is the least share of it
 * that the relief must have moved: of the 144 faces of Labeled Faces in the Wild that are turned so far, 90 in a hundred
 * pass that and `below` (dlib's points, against the mean face). A photo bent about an upright cylinder of one eye distance
 * must be turned by 58 degrees to move its nose so far, and then the eyes are so near to each other that the nose lies 1.9
 * times as far below them. Points of the eyes and the nose alone can't tell a photo that is tilted slantwise by 34 degrees
 * and more; those with the mouth can.
 */
export const TURN_LIMITS = {
  /** Of `along`, in the first frame. */
  ahead: 0.15,
  /** Of the change of `along` where the head is back. */
  back: 0.1,
  turned: 0.2,
  relief: 0.35,
  /** Of `below` against the first frame's. */
  below: [0.7, 1.35],
  /** Frames that move as a flat picture does, after which a check fails. */
  flatFrames: 8,
} as const;

/** How far a check is, as it can be kept and gone on with elsewhere; plain JSON values. */
export interface TurnState {
  readonly done: number;
  readonly flat: number;
  readonly first: HeadView | null;
  readonly failure: TurnProgress['hint'];
}

/**
 * Finds out whether a head turns as it is told to and as a solid one does. A pure state machine, which knows no time and
 * takes each frame for one of the same person.
 */
export class TurnCheck {
  readonly #steps: readonly TurnStep[];
  #done = 0;
  #flat = 0;
  #first: HeadView | null = null;
  #failure: TurnProgress['hint'] = null;

  /**
   * @param directions - at least one; the head comes back before each
   * @param state - of a check that goes on. @defaultValue the beginning
   */
  constructor(directions: readonly TurnDirection[], state?: TurnState) {
    if (directions.length === 0) throw invalidArgument('at least one direction', 'directions', directions);
    this.#steps = directions.flatMap((direction) => ['ahead', direction] as const);
    if (!state) return;
    this.#done = state.done;
    this.#flat = state.flat;
    this.#first = state.first;
    this.#failure = state.failure;
  }

  get state(): TurnState {
    return { done: this.#done, flat: this.#flat, first: this.#first, failure: this.#failure };
  }

  get progress(): TurnProgress {
    return this.#progress(this.#failure);
  }

  /** Takes the next frame. After the end it changes nothing. */
  add(view: HeadView): TurnProgress {
    if (this.progress.state !== 'going') return this.progress;
    const wanted = this.#steps[this.#done]!;
    this.#first ??= Math.abs(view.along) <= TURN_LIMITS.ahead ? view : null;
    if (this.#first === null) return this.#progress('go on');
    const seen = seenStep(view, this.#first);
    if (seen === 'flat') return this.#countFlat();
    if (seen === wanted) {
      this.#done++;
      return this.#progress(null);
    }
    if (wanted === 'ahead' || seen === 'ahead' || seen === null) return this.#progress('go on');
    this.#failure = 'other way';
    return this.progress;
  }

  #countFlat(): TurnProgress {
    this.#flat++;
    if (this.#flat >= TURN_LIMITS.flatFrames) this.#failure = 'flat';
    return this.#progress('flat');
  }

  #progress(hint: TurnProgress['hint']): TurnProgress {
    const of = this.#steps.length;
    const isDone = this.#done === of;
    const state = this.#failure !== null ? 'failed' : isDone ? 'passed' : 'going';
    return {
      state,
      done: this.#done,
      of,
      wanted: state === 'going' ? this.#steps[this.#done]! : null,
      hint: this.#failure ?? hint,
    };
  }
}

/** @returns null between two steps */
function seenStep(view: HeadView, first: HeadView): TurnStep | 'flat' | null {
  const { back, turned, relief, below } = TURN_LIMITS;
  const moved = view.along - first.along;
  if (Math.abs(moved) <= back) return 'ahead';
  if (Math.abs(moved) < turned) return null;
  const side = Math.sign(moved);
  const ratio = view.below / first.below;
  const isSolid = side * (view.relief - first.relief) >= relief * turned;
  if (!(isSolid && ratio >= below[0] && ratio <= below[1])) return 'flat';
  return side > 0 ? 'left' : 'right';
}
