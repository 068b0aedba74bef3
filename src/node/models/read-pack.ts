import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { MODEL_PACK, MODEL_PACK_FILE, type ModelPack, PACK_NAME } from '../../models/model-pack.ts';
import { DEFAULT_PACK, packFolder, packNames } from './pack-folders.ts';

/** A pack and where it is. */
export interface PackFolder {
  readonly pack: ModelPack;
  readonly folder: string;
}

/**
 * Reads the description of a pack.
 *
 * @param models - name of a pack that comes with face-trigger or was added (`face-trigger models add`), or path
 * of a folder with a `face-trigger.json`.
 * @defaultValue {@link DEFAULT_PACK}
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND` if there is none, `ERR_MODEL_FORMAT` if the description is damaged
 */
export async function readPack(models: string = DEFAULT_PACK): Promise<PackFolder> {
  const isName = PACK_NAME.test(models);
  const folder = isName ? packFolder(models) : models;
  const path = join(folder, MODEL_PACK_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', await missing(models, path, isName), { cause });
  }
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new FaceTriggerError('ERR_MODEL_FORMAT', `${path} is not JSON`, { cause });
  }
  const read = MODEL_PACK.safeParse(content);
  if (read.success) return { pack: read.data, folder };
  const message = `${path} is not a description of models:\n${z.prettifyError(read.error)}`;
  throw new FaceTriggerError('ERR_MODEL_FORMAT', message, { cause: read.error });
}

async function missing(models: string, path: string, isName: boolean): Promise<string> {
  if (models === DEFAULT_PACK) {
    return `No models at ${path}. In a checkout run "node scripts/bootstrap.mjs"; otherwise install face-trigger again`;
  }
  if (!isName) return `Expected a folder of models but there is no ${path}`;
  const names = (await packNames()).map((name) => `"${name}"`).join(', ');
  return `Expected the name of a pack (${names}) or a path (./${models}) but there is no pack "${models}": add it by "face-trigger models add"`;
}
