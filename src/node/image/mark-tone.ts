import { invalidArgument } from '../../core/errors.ts';
import type { Color } from './canvas.ts';

/** What a mark says by its color: a person who is known, one who is not, or neither. */
export type MarkTone = 'known' | 'unknown' | 'plain';

// White text on each has a contrast of at least 4.5 : 1 (WCAG 2.1, level AA).
const COLORS: Readonly<Record<MarkTone, Color>> = {
  known: [21, 128, 61],
  unknown: [194, 65, 12],
  plain: [29, 78, 216],
};

/**
 * The color of a tone; green, orange and blue also differ for most color-blind people.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function toneColor(tone: MarkTone, name: string): Color {
  const color = Object.hasOwn(COLORS, tone) ? COLORS[tone] : undefined;
  if (color === undefined) throw invalidArgument("'known', 'unknown' or 'plain'", name, tone);
  return color;
}
