import type { EnrollmentHint } from './pose-collector.ts';
import type { PoseStep } from './pose-steps.ts';

/** How far an enrollment at a camera is, or how it ended. Plain JSON. */
export interface EnrollmentProgress {
  readonly id: string;
  readonly camera: string;
  /** Whom the faces are for. */
  readonly name: string;
  /** 'failed': nothing was kept, see `message`. */
  readonly state: 'going' | 'saving' | 'done' | 'canceled' | 'failed';
  /** Where to look now; null at the end. */
  readonly wanted: PoseStep | null;
  /** Poses that are kept, of how many. */
  readonly done: number;
  readonly of: number;
  /** Why the last frame did not count; null where it did. */
  readonly hint: EnrollmentHint | null;
  /** ISO 8601. */
  readonly startedAt: string;
  /** ISO 8601: what is kept then is enrolled, the rest is left out. */
  readonly endsAt: string;
  /** What happened, in a sentence; null while it goes on. */
  readonly message: string | null;
  readonly result: EnrollmentResult | null;
}

/** What became of the faces. */
export interface EnrollmentResult {
  readonly personId: string;
  /** The person is new. */
  readonly created: boolean;
  readonly kept: readonly { readonly step: PoseStep; readonly faceId: string }[];
  /** Poses of which there is no face, and why. */
  readonly refused: readonly { readonly step: PoseStep; readonly reason: string }[];
  /** Somebody else whose face is nearer to a new one than any earlier face of the person. */
  readonly nearerPerson: string | null;
  /** Whether it was taken back. */
  readonly undone: boolean;
}

/** Why a pose was not seen, in words. */
export const HINT_TEXTS: Readonly<Record<EnrollmentHint, string>> = {
  'no face': 'no face was in the picture',
  'several faces': 'more than one person was in the picture',
  'not live': 'it looked like a picture of a face',
  'another face': 'somebody else was in the picture',
  'go on': 'the head did not turn so far',
  'poor picture': 'the picture was blurred, too dark, too bright or too small',
};
