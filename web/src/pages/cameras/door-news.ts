import type { DoorEnrollment } from '../../api/types.ts';

/** What to tell somebody who is being enrolled before a camera. */
export interface DoorNews {
  readonly text: string;
  /** Why the last picture did not count. */
  readonly hint: string | null;
  /** Where to turn, as seen by the person before the camera. */
  readonly arrow: string | null;
  readonly tone: 'known' | 'unknown' | 'plain';
}

const WANTED = {
  ahead: 'Look straight into the camera.',
  left: 'Turn your head to your left, and hold it.',
  right: 'Turn your head to your right, and hold it.',
  up: 'Look up a little, and hold it.',
} as const;
const ARROWS = { ahead: '●', left: '←', right: '→', up: '↑' } as const;
const HINTS: Readonly<Record<NonNullable<DoorEnrollment['hint']>, string | null>> = {
  'go on': null,
  'no face': 'No face is seen. Step into the picture.',
  'several faces': 'Only one person, please.',
  'not live': 'This looks like a picture of a face.',
  'another face': 'This is somebody else.',
  'poor picture': 'The picture is blurred, too dark or too small. Come closer, and hold still.',
};

/** What to do next, or how it ended. @param at - null: it has not begun */
export function doorNews(at: DoorEnrollment | null): DoorNews {
  const news = (text: string, tone: DoorNews['tone'] = 'plain', hint: string | null = null): DoorNews => ({
    ...{ text, tone, hint },
    arrow: null,
  });
  if (at === null) {
    return news(
      'Who is it? One person stands before the camera and is told where to look. It takes a quarter of a minute.',
    );
  }
  if (at.state === 'going' && at.wanted !== null) {
    const hint = at.hint === null ? null : HINTS[at.hint];
    return {
      ...news(WANTED[at.wanted], hint === null ? 'plain' : 'unknown', hint),
      arrow: ARROWS[at.wanted],
    };
  }
  if (at.state === 'saving') return news('Saving …');
  if (at.state !== 'done') return news(at.message ?? 'It has ended.', 'unknown');
  const near = at.result?.nearerPerson;
  const doubt = near == null ? null : `Look again: this face is near to ${near}.`;
  if (at.result?.undone) return news(at.message ?? 'Undone.');
  return news(`${at.name} is known now: ${at.message ?? ''}.`, 'known', doubt);
}
