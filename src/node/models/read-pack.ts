import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { FaceTriggerError } from '../../core/errors.ts';
import { MODEL_PACK, MODEL_PACK_FILE, type ModelPack } from '../../models/model-pack.ts';

/** The pack that is used unless told otherwise. */
export const DEFAULT_PACK = 'dlib';

/** A pack and where it is. */
export interface PackFolder {
  readonly pack: ModelPack;
  readonly folder: string;
}

/** The folder of a pack that comes with face-trigger. */
export function packagedPackFolder(name: string): string {
  return fileURLToPath(new URL(`../../../models/${name}`, import.meta.url));
}

/**
 * Reads the description of a pack.
 *
 * @param models - name of a pack that comes with face-trigger, or path of a folder with a `face-trigger.json`.
 * @defaultValue {@link DEFAULT_PACK}
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND` if there is none, `ERR_MODEL_FORMAT` if the description is damaged
 */
export async function readPack(models: string = DEFAULT_PACK): Promise<PackFolder> {
  const isName = /^[a-z0-9][a-z0-9._-]*$/.test(models);
  const folder = isName ? packagedPackFolder(models) : models;
  const path = join(folder, MODEL_PACK_FILE);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', missing(models, path, isName), { cause });
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

function missing(models: string, path: string, isName: boolean): string {
  if (models === DEFAULT_PACK) {
    return `No models at ${path}. In a checkout run "node scripts/bootstrap.mjs"; otherwise install face-trigger again`;
  }
  const expected = isName
    ? `the name of a pack ("${DEFAULT_PACK}") or a path (./${models})`
    : 'a folder of models';
  return `Expected ${expected} but there is no ${path}`;
}
