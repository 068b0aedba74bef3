import { readHeadOrNull } from '../node/files/read-head.ts';
import { describeUnsupported, detectImageFormat } from '../node/image/image-format.ts';
import {
  SKIPPED_KINDS,
  type Skip,
  type SkipReason,
  skipByFileName,
  unsupportedPicture,
} from './skipped-file.ts';

/** Enough to tell a format by. */
const HEAD_BYTES = 512;

/**
 * Decides whether a file is taken for a picture: by its extension, and by its first bytes where that is unknown or
 * of a kind that is not read.
 *
 * @param name - the file's own name
 * @param path - where it can be read; a regular file
 * @returns why it is left out; `null` for a picture
 */
export async function skipFile(name: string, path: string): Promise<Skip | null> {
  const byName = skipByFileName(name);
  if (byName === null || (byName !== 'unknown' && !SECOND_LOOK.includes(byName.reason))) return byName;
  const head = readHeadOrNull(path, HEAD_BYTES);
  if (head === null) return { reason: 'unreadable', message: 'a file that cannot be read' };
  if (isSurelyPicture(head)) return null;
  if (byName !== 'unknown') return byName;
  const content = describeUnsupported(head);
  if (content?.kind === 'unsupported') return unsupportedPicture(content.what);
  return SKIPPED_KINDS[content?.kind ?? 'other'];
}

/** A name says what a file is meant to be; these may hold a picture all the same. */
const SECOND_LOOK: readonly SkipReason[] = ['unsupported', 'video'];

// Two letters make no bitmap of a text that happens to begin with them.
function isSurelyPicture(head: Uint8Array): boolean {
  const format = detectImageFormat(head);
  if (format === 'bmp') return head.length > 18 && head[14]! >= 12 && head[14]! <= 124 && head[15] === 0;
  if (format === 'pnm')
    return /^P[2356]\s(#[^\n]*\s|\s)*\d+\s+\d+\s+\d+\s/.test(Buffer.from(head).toString('latin1'));
  return format !== null;
}
