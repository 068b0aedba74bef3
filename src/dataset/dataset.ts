import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { createRandom } from '../core/random/random.ts';
import { decodeUtf8 } from '../core/text/decode-utf8.ts';
import { canonicalName } from '../core/text/person-name.ts';
import { writeFileAtomic } from '../node/files/atomic-write.ts';
import { makeFolder } from '../node/files/make-folder.ts';
import { readFileWithin } from '../node/files/read-file-within.ts';
import { formatCsv, parseCsv } from './csv.ts';
import { type PersonPhotos, type SkippedPath, scanPeopleFolder } from './people-folder.ts';
import { setAside } from './set-aside.ts';

/** Options of {@link Dataset.split}. */
export interface SplitOptions {
  /** Numbers of training photos a person, each an integer >= 1. */
  readonly trainImages: readonly number[];
  /** Random divisions for each number, integer >= 1. @defaultValue 3 */
  readonly folds?: number | undefined;
  /** Equal seeds give equal divisions. @defaultValue 0 */
  readonly seed?: number | undefined;
}

/** Largest CSV file that is read: ten million photos with names of a hundred bytes. */
const MAX_CSV_BYTES = 2 ** 30;

/** One division of a dataset. */
export interface DatasetSplit {
  readonly trainImages: number;
  /** Integer >= 0. */
  readonly fold: number;
  /** `trainImages` photos of each person. */
  readonly train: Dataset;
  /** All other photos of the same people. */
  readonly test: Dataset;
  /** People with too few photos to be in it: they have at most `trainImages`. */
  readonly leftOut: readonly string[];
}

/** Photos of people. */
export class Dataset {
  /** Each name once, in Unicode's composed form, in the order given. */
  readonly people: readonly PersonPhotos[];

  /** Files and folders that {@link Dataset.load} left out of a folder. */
  readonly skipped: readonly SkippedPath[];

  constructor(people: readonly PersonPhotos[], skipped: readonly SkippedPath[] = []) {
    this.people = mergeSameNames(people);
    this.skipped = skipped;
  }

  /**
   * Loads a folder of photos (see {@link scanPeopleFolder}) or a CSV file that {@link Dataset.saveSplits} wrote.
   *
   * @param path - a folder, or a file whose name ends in .csv; relative names in it are relative to `options.root`
   * @param options.root - the photos' folder. @defaultValue the current folder
   * @throws FaceTriggerError `ERR_FILE_NOT_FOUND`, `ERR_FILE_READ`, `ERR_FILE_FORMAT`, `ERR_DATASET`
   */
  static async load(path: string, options: { root?: string | undefined } = {}): Promise<Dataset> {
    if (!path.toLowerCase().endsWith('.csv')) {
      const { people, skipped } = await scanPeopleFolder(path);
      return new Dataset(people, skipped);
    }
    const text = decodeUtf8(await readFileWithin(path, { maxBytes: MAX_CSV_BYTES }), path);
    const { root = '.' } = options;
    const people = parseCsv(text, path).map(([label, ...files]) => {
      if (!label || files.length === 0) {
        throw new FaceTriggerError('ERR_FILE_FORMAT', `A row of ${path} is not "label, file, file..."`);
      }
      return { label, photos: files.map((file) => join(root, inside(file, path))) };
    });
    return new Dataset(people);
  }

  /** Number of photos. */
  get size(): number {
    return this.people.reduce((sum, person) => sum + person.photos.length, 0);
  }

  /**
   * Divides the photos of each person into training and test photos, several times.
   *
   * @returns for each number of training photos, `folds` divisions, each drawn anew
   * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`; `ERR_TOO_FEW_SAMPLES` if nobody has more photos than that
   */
  split(options: SplitOptions): DatasetSplit[] {
    const { trainImages, folds = 3, seed = 0 } = options;
    if (!Number.isInteger(folds) || folds < 1)
      throw invalidArgument('an integer >= 1', 'options.folds', folds);
    if (trainImages.length === 0 || trainImages.some((k) => !Number.isInteger(k) || k < 1)) {
      throw invalidArgument('integers >= 1', 'options.trainImages', trainImages);
    }
    const random = createRandom(seed);
    const splits: DatasetSplit[] = [];
    for (const k of trainImages) {
      const enough = this.people.filter((person) => person.photos.length > k);
      if (enough.length === 0) {
        throw new FaceTriggerError(
          'ERR_TOO_FEW_SAMPLES',
          `Nobody has more than ${k} photos to train and test with`,
        );
      }
      const leftOut = this.people.filter((person) => person.photos.length <= k).map((person) => person.label);
      for (let fold = 0; fold < folds; fold++) {
        const train: PersonPhotos[] = [];
        const test: PersonPhotos[] = [];
        for (const { label, photos } of enough) {
          const order = random.shuffle([...photos]);
          train.push({ label, photos: order.slice(0, k) });
          test.push({ label, photos: order.slice(k) });
        }
        splits.push({ trainImages: k, fold, train: new Dataset(train), test: new Dataset(test), leftOut });
      }
    }
    return splits;
  }

  /**
   * Writes divisions as `FOLDER/<k>/<fold>/train.csv` and `test.csv`, rows `label, file, file...`.
   *
   * @param folder - what is there already is renamed, never overwritten
   * @param options.root - names in the files are relative to this folder, with `/`. @defaultValue the current folder
   * @returns where an older folder was moved to, or null
   * @throws FaceTriggerError `ERR_FILE_WRITE`, `ERR_DATASET` for a photo outside `root`
   */
  static async saveSplits(
    splits: readonly DatasetSplit[],
    folder: string,
    options: { root?: string | undefined } = {},
  ): Promise<string | null> {
    const { root = '.' } = options;
    const aside = await setAside(folder);
    for (const { trainImages, fold, train, test } of splits) {
      const place = join(folder, String(trainImages), String(fold));
      await makeFolder(place);
      await writeFileAtomic(join(place, 'train.csv'), formatCsv(train.#rows(root)));
      await writeFileAtomic(join(place, 'test.csv'), formatCsv(test.#rows(root)));
    }
    return aside;
  }

  #rows(root: string): string[][] {
    return this.people.map(({ label, photos }) => [
      label,
      ...photos.map((photo) => inside(relative(resolve(root), resolve(photo)).split(sep).join('/'), photo)),
    ]);
  }
}

// A label that comes twice, or in two Unicode forms, is one person.
function mergeSameNames(people: readonly PersonPhotos[]): PersonPhotos[] {
  const merged = new Map<string, string[]>();
  for (const { label, photos } of people) {
    const name = canonicalName(label);
    const known = merged.get(name);
    if (known) known.push(...photos);
    else merged.set(name, [...photos]);
  }
  return [...merged].map(([label, photos]) => ({ label, photos }));
}

// Names in the files must stay below the photos' folder: the files may come from somebody else.
function inside(file: string, source: string): string {
  if (
    isAbsolute(file) ||
    /^[A-Za-z]:/.test(file) ||
    file.split(/[\\/]/).includes('..') ||
    file.includes('\0')
  ) {
    throw new FaceTriggerError(
      'ERR_DATASET',
      `${JSON.stringify(file)} of ${source} lies outside the photos' folder`,
    );
  }
  return file;
}
