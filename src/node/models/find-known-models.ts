import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { FaceTriggerError } from '../../core/errors.ts';
import { KNOWN_MODELS } from '../../models/known-models.ts';
import { whyNotRead } from '../files/why-not-read.ts';
import { isModelName, type PublishedModel, readModelOf } from './read-model-of.ts';

/** Something that is not used, and why. */
export interface LeftOut {
  readonly file: string;
  readonly why: string;
}

/** What a search found. */
export interface KnownFound {
  readonly models: readonly PublishedModel[];
  /** What could not be read or was not looked at, each with its reason, and how many are nothing that is known. */
  readonly others: readonly LeftOut[];
}

/** Files that are looked at, and folders that are gone into: a bound of the time that the wrong folder takes. */
const MAX_FILES = 10_000;
const MAX_FOLDERS = 100_000;

/**
 * Looks for published models in a folder and all below it.
 *
 * @param mostFiles - that are read. @defaultValue 10,000
 */
export async function findKnownModels(folder: string, mostFiles = MAX_FILES): Promise<KnownFound> {
  const { names, others } = await modelNamesBelow(folder);
  const models: PublishedModel[] = [];
  let unknown = 0;
  for (const name of names.slice(0, mostFiles)) {
    try {
      const model = await readModelOf(join(folder, name));
      // The bytes of others are let go of at once.
      if (model && Object.hasOwn(KNOWN_MODELS, model.sha256)) models.push(model);
      else unknown += 1;
    } catch (error) {
      if (!(error instanceof FaceTriggerError)) throw error;
      others.push({ file: name, why: error.message });
    }
  }
  if (unknown > 0) others.push({ file: filesOf(unknown), why: 'none of those is a published model' });
  const rest = names.length - mostFiles;
  if (rest > 0) {
    const why = `not looked at, as ${mostFiles} were before: name the folder that the models are in`;
    others.push({ file: `${filesOf(rest)} (${names[mostFiles]} and what follows)`, why });
  }
  return { models, others };
}

function filesOf(count: number): string {
  return count === 1 ? '1 other file' : `${count} other files`;
}

/** Names of files that could be models, networks before the .json files of which most are something else. */
async function modelNamesBelow(folder: string): Promise<{ names: string[]; others: LeftOut[] }> {
  const names: string[] = [];
  const others: LeftOut[] = [];
  const folders = [''];
  let seen = 0;
  for (; folders.length > 0 && seen < MAX_FOLDERS; seen++) {
    const here = folders.pop()!;
    const entries = await readdir(join(folder, here), { withFileTypes: true }).catch((cause: unknown) => {
      others.push({ file: here, why: `the folder could not be read: ${whyNotRead(cause)}` });
      return [];
    });
    for (const entry of entries) {
      const name = join(here, entry.name);
      if (entry.isDirectory()) folders.push(name);
      else if (isModelName(name)) names.push(name);
    }
  }
  if (folders.length > 0) {
    const why = `not looked at, as ${MAX_FOLDERS} were before: name the folder that the models are in`;
    others.push({ file: `${folders.length} folders or more (${folders.at(-1)} and others)`, why });
  }
  const rank = (name: string) => (name.toLowerCase().endsWith('.json') ? 1 : 0);
  names.sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return { names, others };
}
