import { join } from 'node:path';
import { walkImages } from '../../dataset/walk-images.ts';

/** The pictures of a folder, found by what a face says of where it comes from. */
export class SourceFiles {
  readonly #byName: ReadonlyMap<string, readonly string[]>;
  readonly #folder: string;

  private constructor(folder: string, byName: ReadonlyMap<string, readonly string[]>) {
    this.#folder = folder;
    this.#byName = byName;
  }

  /** @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ` for the folder */
  static async read(folder: string): Promise<SourceFiles> {
    const { images } = await walkImages(folder);
    const byName = new Map<string, string[]>();
    for (const image of images) {
      const name = nameOf(image);
      byName.set(name, [...(byName.get(name) ?? []), image]);
    }
    return new SourceFiles(folder, byName);
  }

  /**
   * Files that a face may come from, the likeliest first: those whose path ends as the source does, then those in a
   * folder of the person's name.
   *
   * @param source - as the gallery keeps it: a file's name, or a path
   */
  of(source: string | null, person: string): readonly string[] {
    if (source === null) return [];
    const path = normal(source);
    const named = this.#byName.get(nameOf(source)) ?? [];
    const likelihood = (file: string): number => {
      if (path.includes('/') && isTail(path, normal(file))) return 2;
      return normal(file).split('/').slice(0, -1).includes(normal(person)) ? 1 : 0;
    };
    return [...named].sort((a, b) => likelihood(b) - likelihood(a)).map((file) => join(this.#folder, file));
  }
}

/** Whether one path is the end of the other. */
function isTail(a: string, b: string): boolean {
  return `/${a}`.endsWith(`/${b}`) || `/${b}`.endsWith(`/${a}`);
}

function nameOf(path: string): string {
  return normal(path).split('/').at(-1)!;
}

function normal(path: string): string {
  return path.normalize('NFC').replaceAll('\\', '/');
}
