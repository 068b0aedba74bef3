/**
 * The one form of a person's name that names are kept and compared in: composed (Unicode NFC), without outer space.
 *
 * @param name - as somebody typed it or a disk stored it; "José" may come as 4 or as 5 code points
 * @remarks macOS and some NAS store file names decomposed, keyboards type them composed; both look the same.
 * Upper and lower case stay different, and so do letters that only look alike.
 */
export function canonicalName(name: string): string {
  return name.normalize('NFC').trim();
}

/** Whether two names are one, in whichever Unicode form they were written. */
export function sameName(a: string, b: string): boolean {
  return a === b || canonicalName(a) === canonicalName(b);
}
