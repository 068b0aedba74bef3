import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readManifest } from '../node/models/manifest.ts';
import { MODEL_FOLDER_FILES } from '../people/model-folder.ts';
import { RememberedFaces } from '../pipeline/remembered-faces.ts';
import { packageVersion } from './package-version.ts';

/**
 * Keeps the faces that a long run finds, so that it can go on after an interruption.
 *
 * @param target - what the run writes
 * @param options.settings - every option that changes the faces
 * @param options.modelFolder - whose people the faces are named after
 */
export async function rememberFaces(
  target: string,
  options: { readonly settings: object; readonly modelFolder?: string | undefined },
): Promise<RememberedFaces> {
  const { models } = await readManifest();
  return RememberedFaces.open(target, {
    version: packageVersion(),
    models: models.map(({ sha256 }) => sha256),
    people: options.modelFolder === undefined ? null : await hashOf(options.modelFolder),
    settings: options.settings,
  });
}

/** What an interrupted run that remembers faces is answered with. @param target - what the run writes */
export function goOnFrom(target: string): string {
  return `The same command again goes on from there: the faces found are kept in ${RememberedFaces.pathFor(target)}`;
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
