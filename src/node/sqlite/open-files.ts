import { statSync } from 'node:fs';
import { FaceTriggerError } from '../../core/errors.ts';

/** Files that are open, and whether they still lie where they were opened. */
export class OpenFiles {
  readonly #paths: readonly string[];
  readonly #identities = new Map<string, string>();

  /** @param paths - the first must be there; the others may come later */
  constructor(paths: readonly string[]) {
    this.#paths = paths;
  }

  /** Remembers which files lie there now. */
  remember(): void {
    for (const path of this.#paths) this.#look(path);
  }

  /**
   * @throws FaceTriggerError `ERR_UNAVAILABLE` where one was deleted, moved, replaced or emptied
   * @remarks Some microseconds a file. A file that comes back to its place is taken again. Bytes that another program
   * writes into the file itself are not noticed: to look into it, this process would have to open it, and closing it
   * again would take SQLite's locks from it (sqlite.org/howtocorrupt.html, 2.2).
   */
  requireInPlace(): void {
    for (const [index, path] of this.#paths.entries()) {
      const known = this.#identities.get(path);
      const now = this.#look(path);
      // The log is empty now and then; the main file never is once it was written.
      const isEmptied = index === 0 && known === now && this.#isEmpty(path);
      if (known === undefined || (known === now && !isEmptied)) continue;
      const what =
        now === null ? 'was deleted or moved' : isEmptied ? 'was emptied' : 'was replaced by another file';
      const message = `${path} ${what} while it was open, and nothing more is kept; put it back, or start anew`;
      throw new FaceTriggerError('ERR_UNAVAILABLE', message);
    }
  }

  #isEmpty(path: string): boolean {
    return statSync(path, { throwIfNoEntry: false })?.size === 0;
  }

  #look(path: string): string | null {
    const identity = identityOf(path);
    if (identity === null) return null;
    if (!this.#identities.has(path)) this.#identities.set(path, identity);
    return identity;
  }
}

function identityOf(path: string): string | null {
  try {
    const { dev, ino } = statSync(path, { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return null;
  }
}
