import { appendFile, lstat, readdir, readFile, realpath, rmdir, unlink } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { makeFolder } from '../../node/files/make-folder.ts';

/** Names what an export wrote, a path a line, each before it is written. */
const OURS = '.face-trigger-export';
const FIRST_LINE = 'face-trigger export 1';

/**
 * A folder that an export has for itself: a new or empty one, or that of an earlier export, of which exactly the files
 * that it wrote are replaced.
 */
export class ExportFolder {
  readonly path: string;
  readonly #folders = new Set<string>();

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws FaceTriggerError `ERR_CONFLICT` for a folder with somebody's files, `ERR_FILE_WRITE` */
  static async open(folder: string): Promise<ExportFolder> {
    await makeFolder(folder);
    const path = await realpath(folder);
    const names = await readdir(path);
    if (names.length > 0) {
      const written = await readFile(join(path, OURS), 'utf8').catch(() => null);
      if (written === null || !written.startsWith(`${FIRST_LINE}\n`)) {
        const message = `${folder} holds files that no export wrote: give a new or empty folder`;
        throw new FaceTriggerError('ERR_CONFLICT', message);
      }
      await removeOurs(path, written.split('\n').slice(1));
    }
    await appendFile(join(path, OURS), `${FIRST_LINE}\n`, { flag: 'ax' });
    return new ExportFolder(path);
  }

  /**
   * A path for a file that is written now, in a folder that is there.
   *
   * @param parts - names as `safeName` makes them
   * @throws FaceTriggerError `ERR_CONFLICT` where somebody's file is there
   */
  async place(...parts: readonly string[]): Promise<string> {
    const path = resolve(this.path, ...parts);
    if (!path.startsWith(this.path + sep)) throw new Error(`${path} is not in ${this.path}`);
    const folder = dirname(path);
    if (!this.#folders.has(folder)) {
      await makeFolder(folder);
      // Somebody's link would lead elsewhere.
      if ((await realpath(folder)) !== folder)
        throw new FaceTriggerError('ERR_CONFLICT', `${folder} is a link to another folder`);
      this.#folders.add(folder);
    }
    if ((await lstat(path).catch(() => null)) !== null)
      throw new FaceTriggerError('ERR_CONFLICT', `${path} is there, and no export wrote it`);
    await appendFile(join(this.path, OURS), `${JSON.stringify(relative(this.path, path))}\n`);
    return path;
  }
}

async function removeOurs(folder: string, lines: readonly string[]): Promise<void> {
  const folders = new Set<string>();
  for (const line of lines) {
    const path = pathIn(folder, line);
    if (path === null) continue;
    const parent = await realpath(dirname(path)).catch(() => null);
    // What lies behind a link that somebody put there is not ours.
    if (parent !== dirname(path)) continue;
    const stats = await lstat(path).catch(() => null);
    if (stats?.isFile() || stats?.isSymbolicLink()) await unlink(path);
    for (let up = parent; up !== folder && up.startsWith(folder + sep); up = dirname(up)) folders.add(up);
  }
  // Deepest first; those with somebody's files stay.
  for (const path of [...folders].sort((a, b) => b.length - a.length))
    await rmdir(path).catch(() => undefined);
  await unlink(join(folder, OURS));
}

function pathIn(folder: string, line: string): string | null {
  let name: unknown;
  try {
    name = JSON.parse(line);
  } catch {
    return null;
  }
  if (typeof name !== 'string' || name === '' || isAbsolute(name)) return null;
  const path = resolve(folder, name);
  return path.startsWith(folder + sep) ? path : null;
}
