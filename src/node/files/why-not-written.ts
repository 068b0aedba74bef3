/** What the system's codes mean to somebody whose file or folder could not be written. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'you may not write there',
  EPERM: 'you may not write there',
  EROFS: 'it can only be read from',
  EISDIR: 'a folder of this name is there',
  EEXIST: 'a file of this name is there',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOENT: 'the folder that it should go into does not exist',
  ENOSPC: 'the disk is full',
  EDQUOT: 'your share of the disk is full',
  ENAMETOOLONG: 'the name is too long',
};

/** Why a file or folder could not be written, in a few words; the system's own where they are not known. */
export function whyNotWritten(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return reason === undefined ? message : `${reason} (${code})`;
}
