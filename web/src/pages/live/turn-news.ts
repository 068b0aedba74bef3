import type { TurnFrame } from '../../api/types.ts';

/** What to tell somebody who turns the head. */
export interface TurnNews {
  readonly text: string;
  readonly tone: 'known' | 'unknown' | 'plain';
  readonly done: number;
  readonly of: number;
}

const WANTED = {
  ahead: 'Look ahead.',
  left: 'Turn your head to your left, and hold it there for a moment.',
  right: 'Turn your head to your right, and hold it there for a moment.',
} as const;
const HINTS: Readonly<Record<string, string>> = {
  'no face': 'No face is seen: ',
  'several faces': 'Only one person, please: ',
  'not live': 'This looks like a picture of a face: ',
  'another face': 'This is somebody else: ',
};
const FAILURES: Readonly<Record<string, string>> = {
  'other way': 'Failed: the head turned the other way.',
  flat: 'Failed: this moved like a picture, not like a head.',
  'another face': 'Failed: another face came in between.',
};

/** What to do next, or how it ended. */
export function turnNews(at: {
  readonly isOn: boolean;
  readonly isRunning: boolean;
  readonly frame: TurnFrame | null;
}): TurnNews {
  const { isOn, isRunning, frame } = at;
  const { done = 0, of = 0 } = frame ?? {};
  const news = (text: string, tone: TurnNews['tone'] = 'plain') => ({ text, tone, done, of });
  if (frame?.state === 'passed') {
    const name = frame.candidates?.[0]?.person.name;
    return news(`Passed: ${name ?? 'somebody unknown'} is there.`, 'known');
  }
  if (frame?.state === 'failed') return news(FAILURES[frame.hint ?? ''] ?? 'Failed.', 'unknown');
  if (!isOn) return news('Start the camera first.');
  if (!isRunning) return news('Begin, and look into the camera. There are 30 seconds.');
  const hint = HINTS[frame?.hint ?? ''] ?? '';
  return news(`${hint}${WANTED[frame?.wanted ?? 'ahead']}`, hint === '' ? 'plain' : 'unknown');
}
