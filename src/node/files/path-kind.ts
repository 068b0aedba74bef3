import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isError } from '../../core/is-kind.ts';
import { detectImageFormat } from '../image/image-format.ts';
import { readHeadOrNull, SQLITE_HEAD } from './read-head.ts';

/** What a path leads to, as far as the first bytes say. */
export type PathKind =
  | 'nothing'
  | 'folder'
  | 'model folder'
  | 'gallery'
  | 'exported gallery'
  | 'picture'
  | 'empty file'
  | 'file'
  /** A pipe, socket or device, or something that may not be read. */
  | 'other';

/** Looks at what a path leads to, so that a message can say what was given in place of what was meant. */
export async function pathKind(path: string): Promise<PathKind> {
  const stats = await stat(path).catch((error: NodeJS.ErrnoException) => error);
  if (isError(stats)) return stats.code === 'ENOENT' || stats.code === 'ENOTDIR' ? 'nothing' : 'other';
  if (stats.isDirectory()) {
    const hasModel = await stat(join(path, 'model.json')).catch(() => null);
    return hasModel ? 'model folder' : 'folder';
  }
  if (!stats.isFile()) return 'other';
  if (stats.size === 0) return 'empty file';
  const head = readHeadOrNull(path, HEAD_BYTES);
  if (head === null) return 'other';
  const text = head.toString('latin1');
  if (text.startsWith(SQLITE_HEAD)) return 'gallery';
  if (/^\s*\{\s*"type"\s*:\s*"gallery"/.test(text)) return 'exported gallery';
  return detectImageFormat(head) ? 'picture' : 'file';
}

const HEAD_BYTES = 64;
