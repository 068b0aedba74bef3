import type * as api from '../../api/types.ts';

/** What is said of a picture, here or by the server. */
export type Reviewed = Pick<api.Reviewed, 'width' | 'height' | 'accepted' | 'reasons'> & {
  readonly faces: readonly Pick<api.Reviewed['faces'][number], 'box'>[];
};

/** What to do about each thing that the server finds wrong. */
const ADVICE: Readonly<Record<string, string>> = {
  'no-face': 'Nobody is in the picture: look into the camera.',
  'several-faces': 'Two or more faces: only one person, please.',
  'not-live': 'The camera sees a picture of a face: show your own, without a screen or paper.',
  tiny: 'Too far away: come nearer.',
  blurred: 'Blurred: hold still, and clean the lens.',
  dark: 'Too dark: turn to a light.',
  overexposed: 'Too bright: turn away from the light.',
  pose: 'Turned away: look into the camera.',
};

/** One thing to do next. */
export interface Hint {
  readonly text: string;
  readonly tone: 'known' | 'unknown' | 'plain';
}

/** The most useful word about what the camera shows: the first thing that is wrong, or that all is well. */
export function hintFor(seen: Reviewed | null): Hint {
  if (seen === null) return { text: 'Looking …', tone: 'plain' };
  const [first] = seen.reasons;
  if (!first) return { text: 'Good: take the picture.', tone: 'known' };
  const text = ADVICE[first.code] ?? first.message;
  return seen.accepted ? { text: `Usable. Better: ${text}`, tone: 'plain' } : { text, tone: 'unknown' };
}
