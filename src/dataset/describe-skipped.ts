import type { SkippedFile } from './skipped-file.ts';

/** Paths that are named as examples of each kind. */
const EXAMPLES = 3;

/**
 * Says what was left out, in a line for each kind: how many, what they are, and the first of them.
 *
 * @returns such as "2 left out, each a HEIC photo: convert it to JPEG (Ada/1.HEIC, Ada/2.HEIC)"
 */
export function describeSkipped(skipped: readonly SkippedFile[]): readonly string[] {
  const kinds = new Map<string, string[]>();
  for (const { path, message } of skipped) {
    const paths = kinds.get(message);
    if (paths) paths.push(path);
    else kinds.set(message, [path]);
  }
  return Array.from(kinds, ([message, paths]) => {
    const rest = paths.length - EXAMPLES;
    const examples = paths.slice(0, EXAMPLES).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
    return paths.length === 1
      ? `left out ${examples}: ${message}`
      : `left out ${paths.length}, each ${message} (${examples})`;
  });
}
