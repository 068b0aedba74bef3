// Scripts whose characters take two columns of a terminal.
const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60\uffe0-\uffe6]/u;

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Columns that printable text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const { segment } of graphemes.segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/**
 * Cuts printable text to a width, with a sign where something is missing.
 *
 * @param side - where it is cut: the end of a path says more than its start
 */
export function cutTo(text: string, width: number, side: 'start' | 'end'): string {
  if (displayWidth(text) <= width) return text;
  const parts = Array.from(graphemes.segment(text), ({ segment }) => segment);
  if (side === 'start') parts.reverse();
  let room = width - 1;
  const kept: string[] = [];
  for (const part of parts) {
    room -= displayWidth(part);
    if (room < 0) break;
    kept.push(part);
  }
  return side === 'start' ? `…${kept.reverse().join('')}` : `${kept.join('')}…`;
}

/** Fills text up with blanks to a width, or leaves it as it is if it is longer. */
export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const blanks = ' '.repeat(Math.max(0, width - displayWidth(text)));
  return align === 'left' ? text + blanks : blanks + text;
}
