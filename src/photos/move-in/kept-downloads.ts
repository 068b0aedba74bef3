import { readdir } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../../node/files/atomic-write.ts';
import { makeFolder } from '../../node/files/make-folder.ts';
import { detectImageFormat } from '../../node/image/image-format.ts';

/** Ids are parts of addresses and names of files: what a server calls `../x` is none. */
const ID = /^[A-Za-z0-9_-]{1,100}$/;

/** Pictures of another server, in a folder, each under its id: what is there is not asked for again. */
export class KeptDownloads {
  readonly folder: string;
  readonly #there: Map<string, string>;

  private constructor(folder: string, there: Map<string, string>) {
    this.folder = folder;
    this.#there = there;
  }

  static async open(folder: string): Promise<KeptDownloads> {
    await makeFolder(folder);
    const names = (await readdir(folder)).filter((name) => !name.startsWith('.'));
    return new KeptDownloads(folder, new Map(names.map((name) => [parse(name).name, join(folder, name)])));
  }

  /**
   * The path of a picture, which is downloaded where it is not there.
   *
   * @throws FaceTriggerError `ERR_IMAGE_DECODE` for what is no picture, and what `download` throws
   */
  async get(id: string, download: () => Promise<Uint8Array>): Promise<string> {
    if (!ID.test(id)) throw new FaceTriggerError('ERR_FILE_FORMAT', 'An id of the server is none');
    const there = this.#there.get(id);
    if (there !== undefined) return there;
    const bytes = await download();
    const format = detectImageFormat(bytes);
    if (format === null)
      throw new FaceTriggerError('ERR_IMAGE_DECODE', `${id} is no picture that can be read`);
    const path = join(this.folder, `${id}.${EXTENSIONS[format] ?? format}`);
    await writeFileAtomic(path, bytes, { mode: PRIVATE_FILE_MODE });
    this.#there.set(id, path);
    return path;
  }
}

const EXTENSIONS: Readonly<Record<string, string>> = { jpeg: 'jpg', raw: 'dng', pnm: 'ppm' };
