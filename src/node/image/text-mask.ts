import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Mask } from './canvas.ts';

const FONT_FILE = fileURLToPath(
  new URL('../../../assets/fonts/DejaVuSansCondensed-Bold.ttf', import.meta.url),
);
const FONT_CONFIG = fileURLToPath(new URL('../../../assets/fonts/fonts.conf', import.meta.url));
const FONT_NAME = 'DejaVu Sans Bold Condensed';

// A vertical line as high as a line of text. Drawn before the text, it gives every mask the same height and
// baseline, because the renderer cuts its result to what is inked; it is removed afterwards.
const STRUT = '\u2502';
// Keeps the strut on the left, also when the text runs from right to left.
const LEFT_TO_RIGHT = '\u200e';
const MAX_CHARACTERS = 200;
// Far more than that many characters take, even with marks; finding their borders in endless text would take minutes.
const MAX_CODE_UNITS = 4096;

/**
 * Renders one line of text with the font that comes with the package.
 *
 * @param text - any Unicode; control characters are taken out and markup characters stand for themselves
 * @param options.size - height of the font in pixels
 * @param options.maxWidth - pixels; longer text is cut and ends in an ellipsis
 * @returns coverage, at most `maxWidth` wide; all masks of one size have the same height and baseline; null when
 * nothing is left to draw
 * @remarks Scripts that the font lacks use a font of the machine, if there is one. Where a Linux machine has no font
 * configuration at all, the environment variable FONTCONFIG_FILE is set to the package's own for this process.
 */
export async function renderText(
  text: string,
  options: { readonly size: number; readonly maxWidth: number },
): Promise<Mask | null> {
  const characters = graphemes(cleanText(text.slice(0, MAX_CODE_UNITS)));
  if (characters.length === 0) return null;
  let kept = Math.min(characters.length, MAX_CHARACTERS);
  while (kept > 0) {
    const shown = characters.slice(0, kept).join('').trimEnd() + (kept < characters.length ? '…' : '');
    const mask = await renderLine(shown, options.size);
    if (mask.width <= options.maxWidth) return mask;
    kept = Math.min(kept - 1, Math.ceil((kept * options.maxWidth) / mask.width));
  }
  return null;
}

/** Takes out control characters, line breaks, direction overrides and unpaired surrogates. */
export function cleanText(text: string): string {
  return text
    .replace(/[\s\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu, '')
    .trim();
}

function graphemes(text: string): string[] {
  return Array.from(
    new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(text),
    (s) => s.segment,
  );
}

async function renderLine(text: string, size: number): Promise<Mask> {
  provideFontConfig();
  const markup = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  // At 72 dpi a point is a pixel.
  const input = {
    text: `${LEFT_TO_RIGHT}${STRUT} ${markup}`,
    font: `${FONT_NAME} ${size}`,
    fontfile: FONT_FILE,
    dpi: 72,
  };
  try {
    const { data, info } = await sharp({ text: input })
      .extractChannel(0)
      .toColorspace('b-w')
      .raw()
      .toBuffer({ resolveWithObject: true });
    return withoutStrut({ data, width: info.width, height: info.height });
  } catch (cause) {
    throw new FaceTriggerError('ERR_RUNTIME', `Could not draw a label: ${(cause as Error).message}`, {
      cause,
    });
  }
}

function withoutStrut(mask: Mask): Mask {
  const inked = Array.from({ length: mask.width }, (_, x) => columnHasInk(mask, x));
  const strutEnd = inked.indexOf(false);
  const start = strutEnd < 0 ? mask.width : inked.indexOf(true, strutEnd);
  // Text of blank characters only leaves nothing behind the strut.
  const width = start < 0 ? 0 : mask.width - start;
  const data = new Uint8Array(width * mask.height);
  for (let y = 0; y < mask.height; y++) {
    const end = (y + 1) * mask.width;
    data.set(mask.data.subarray(end - width, end), y * width);
  }
  return { data, width, height: mask.height };
}

function columnHasInk(mask: Mask, x: number): boolean {
  for (let y = 0; y < mask.height; y++) {
    if (mask.data[y * mask.width + x] !== 0) return true;
  }
  return false;
}

// Without any configuration the text renderer works but complains on stderr, as in slim container images.
function provideFontConfig(): void {
  const { env, platform } = process;
  if (platform !== 'linux' || env['FONTCONFIG_FILE'] || env['FONTCONFIG_PATH'] || env['FONTCONFIG_SYSROOT'])
    return;
  if (!existsSync('/etc/fonts/fonts.conf')) env['FONTCONFIG_FILE'] = FONT_CONFIG;
}
