/** What the system's codes mean to somebody whose file or folder could not be read. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  EACCES: 'you may not read it',
  EPERM: 'you may not read it',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  EIO: 'the disk gave an error',
  ESTALE: 'the file server has it no more',
};

/** Why a file could not be read, in a few words; the system's own where they are not known. */
export function whyNotRead(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  const reason = Object.hasOwn(REASONS, code) ? REASONS[code] : undefined;
  return reason === undefined ? message : `${reason} (${code})`;
}
