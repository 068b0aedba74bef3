/**
 * Signs without a look of their own that come along when names are copied: soft hyphens, byte order marks, blanks of no
 * width and marks of direction. Joiners (U+200C, U+200D) stay, because some scripts spell with them.
 */
const INVISIBLE = /[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/**
 * The one form of a person's name that names are kept and compared in: composed (Unicode NFC), without signs that
 * nobody sees, one plain blank for each run of blanks, and none around it.
 *
 * @param name - as somebody typed it or a disk stored it; "José" may come as 4 or as 5 code points
 * @remarks macOS and some NAS store file names decomposed, keyboards type them composed; both look the same.
 * Upper and lower case stay different, and so do letters that only look alike.
 */
export function canonicalName(name: string): string {
  // Signs may stand between a letter and its accent: they go first.
  return name
    .replace(INVISIBLE, '')
    .normalize('NFC')
    .replace(/\p{Zs}+/gu, ' ')
    .trim();
}

/** Whether two names are one, in whichever Unicode form they were written. */
export function sameName(a: string, b: string): boolean {
  return a === b || canonicalName(a) === canonicalName(b);
}
