import { createHash } from 'node:crypto';
import { access, constants, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { makeFolder } from '../../node/files/make-folder.ts';
import { userCacheFolder } from '../../node/files/user-cache-folder.ts';
import { modelsKey } from '../../node/models/packaged-models.ts';
import { MODEL_FOLDER_FILES } from '../../people/model-folder.ts';
import { faceSearchKey } from '../../pipeline/face-search-key.ts';
import { RememberedFaces } from '../../pipeline/remembered-faces.ts';
import { packageVersion } from '../package-version.ts';

/**
 * Keeps the faces that a long run finds, so that it can go on after an interruption.
 *
 * @param target - what the run writes
 * @param options.settings - every option that changes the faces
 * @param options.models - the pack that finds them
 * @param options.liveness - the pack that checks whether they are live; undefined means the default one, null none
 * @param options.modelFolder - whose people the faces are named after
 */
export async function rememberFaces(
  target: string,
  options: {
    readonly settings: object;
    readonly models: string | undefined;
    readonly liveness?: string | undefined | null;
    readonly modelFolder?: string | undefined;
  },
): Promise<RememberedFaces> {
  return RememberedFaces.open(target, {
    version: packageVersion(),
    models: [
      ...(await modelsKey(options.models)),
      ...('liveness' in options && options.liveness !== null ? await modelsKey(options.liveness) : []),
    ],
    people: options.modelFolder === undefined ? null : await hashOf(options.modelFolder),
    search: faceSearchKey({}),
    settings: options.settings,
  });
}

/** What an interrupted run that remembers faces is answered with. @param target - what the run writes */
export function goOnFrom(target: string): string {
  return `The same command again goes on from there: the faces found are kept in ${RememberedFaces.pathFor(target)}`;
}

/**
 * Where a run that writes no file keeps what it found until then: in the user's cache.
 *
 * @param what - the command
 * @param folder - what it works on
 * @returns undefined where the cache cannot be written
 */
export async function cachedTarget(what: string, folder: string): Promise<string | undefined> {
  const cache = userCacheFolder();
  try {
    await makeFolder(cache);
    await access(cache, constants.W_OK);
  } catch {
    return undefined;
  }
  const place = createHash('sha256').update(resolve(folder)).digest('hex');
  return join(cache, `${what}-${place.slice(0, 16)}`);
}

async function hashOf(modelFolder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const file of Object.values(MODEL_FOLDER_FILES)) {
    // Not every model has every file.
    const bytes = await readFile(join(modelFolder, file)).catch(() => null);
    hash.update(`${file} ${bytes?.length ?? 'none'}\n`).update(bytes ?? '');
  }
  return hash.digest('hex');
}
