import { extensionKind } from '../node/image/picture-extensions.ts';
import { isCloudPlaceholder, isHiddenSystemName, isSystemName } from './system-names.ts';

/** Why a file or folder was left out. */
export type SkipReason =
  /** A picture of a kind that is not read. */
  | 'unsupported'
  | 'video'
  /** The photo is still in iCloud. */
  | 'not-downloaded'
  /** Its name says that it is still being written. */
  | 'unfinished'
  | 'not-a-picture'
  /** It belongs to a file server, a system or a photo program. */
  | 'system'
  | 'hidden'
  /** A link that leads nowhere, a folder that may not be listed, a pipe or device, a name that is not UTF-8. */
  | 'unreadable';

/** A file or folder among the photos that was left out. */
export interface SkippedFile {
  readonly path: string;
  readonly reason: SkipReason;
  /** What it is, in a few words; equal for all that are left out alike. */
  readonly message: string;
}

/** Why a file is left out, without the file. */
export type Skip = Omit<SkippedFile, 'path'>;

/** Why a file or folder is left out for its name alone; `null` where the name does not say so. */
export function skipByName(name: string, kind: 'folder' | 'file'): Skip | null {
  if (kind === 'file' && isCloudPlaceholder(name)) {
    return { reason: 'not-downloaded', message: 'a photo that is still in iCloud: download it first' };
  }
  if (isSystemName(name, kind) || isHiddenSystemName(name)) {
    return { reason: 'system', message: `a ${kind} of the system, a file server or a photo program` };
  }
  if (name.startsWith('.')) return { reason: 'hidden', message: `a hidden ${kind}` };
  return null;
}

/** Why a file of another kind than pictures is left out. */
export const SKIPPED_KINDS = {
  video: { reason: 'video', message: 'a video: "watch" looks for faces in it' },
  unfinished: { reason: 'unfinished', message: 'a file that is still being written, by its name' },
  other: { reason: 'not-a-picture', message: 'a file that is no picture' },
} as const satisfies Record<string, Skip>;

/** Why something that is neither a file nor a folder is left out. */
export const NOT_REGULAR = {
  broken: { reason: 'unreadable', message: 'a link that leads nowhere' },
  special: { reason: 'unreadable', message: 'a pipe, socket or device' },
} as const satisfies Record<string, Skip>;

/** Why a picture of a kind that is not read is left out. @param what - names it, with its article */
export function unsupportedPicture(what: string): Skip {
  return { reason: 'unsupported', message: `${what}, which is not read: convert it to JPEG` };
}

/** Judges a file by its name only; `null` for a picture, and 'unknown' where the name does not say. */
export function skipByFileName(name: string): Skip | 'unknown' | null {
  const byName = skipByName(name, 'file');
  if (byName) return byName;
  const found = extensionKind(name);
  if (found.kind === 'image') return null;
  if (found.kind === 'unknown') return 'unknown';
  return found.kind === 'unsupported' ? unsupportedPicture(found.what) : SKIPPED_KINDS[found.kind];
}
