import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { PACK_NAMES } from '../../models/model-pack.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { userDataFolder } from '../files/user-data-folder.ts';

const CHOICE = z.strictObject({ models: z.string().regex(PACK_NAMES) });

/**
 * The pack that a user chose for what is new (`face-trigger models use`): the command line's default.
 *
 * @returns undefined where nobody chose
 * @throws FaceTriggerError `ERR_FILE_FORMAT` for a file that is not what {@link choosePack} wrote
 */
export async function chosenPack(): Promise<string | undefined> {
  const path = choiceFile();
  const text = await readFile(path, 'utf8').catch(() => undefined);
  if (text === undefined) return undefined;
  try {
    return CHOICE.parse(JSON.parse(text)).models;
  } catch (cause) {
    const message = `Expected { "models": "NAME" } in ${path}: choose again by "face-trigger models use NAME"`;
    throw new FaceTriggerError('ERR_FILE_FORMAT', message, { cause });
  }
}

/** Writes a choice down. @param name - undefined: the package's default again */
export async function choosePack(name: string | undefined): Promise<void> {
  if (name === undefined) return rm(choiceFile(), { force: true });
  await makeFolder(userDataFolder());
  await writeFileAtomic(choiceFile(), `${JSON.stringify({ models: name })}\n`);
}

function choiceFile(): string {
  return join(userDataFolder(), 'models.json');
}
