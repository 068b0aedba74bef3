import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { MODEL_PACK, MODEL_PACK_FILE, type ModelPack } from '../../models/model-pack.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { writeFailure } from '../files/write-failure.ts';
import { installedPackFolder, installedPacks, packagedPackFolder } from './pack-folders.ts';

/**
 * Installs a pack under its name: all of it, or nothing.
 *
 * @param pack - its description; the hashes in it must be those of the files
 * @param files - bytes of each part by the name of its file
 * @returns the folder
 * @throws FaceTriggerError `ERR_CONFLICT` for a name that is taken, `ERR_FILE_WRITE`, `ERR_DISK_FULL`
 */
export async function installPack(pack: ModelPack, files: ReadonlyMap<string, Uint8Array>): Promise<string> {
  const checked = MODEL_PACK.parse(pack);
  const folder = installedPackFolder(checked.name);
  for (const taken of [packagedPackFolder(checked.name), folder]) {
    if (!existsSync(taken)) continue;
    const message = `There is a pack "${checked.name}" already (${taken}): give another name by --name, or remove it first`;
    throw new FaceTriggerError('ERR_CONFLICT', message);
  }
  await makeFolder(installedPacks());
  const made = join(installedPacks(), `.${checked.name}.${randomUUID()}.tmp`);
  try {
    await makeFolder(made);
    for (const { file } of checked.parts) await writeFileAtomic(join(made, file), files.get(file)!);
    await writeFileAtomic(join(made, MODEL_PACK_FILE), `${JSON.stringify(checked, null, 2)}\n`);
    await rename(made, folder);
  } catch (cause) {
    throw cause instanceof FaceTriggerError ? cause : writeFailure(folder, cause);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Removes a pack that was installed.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND` where there is none, `ERR_INVALID_ARGUMENT` for one that comes with
 * face-trigger
 */
export async function removePack(name: string): Promise<void> {
  const folder = installedPackFolder(name);
  if (existsSync(join(packagedPackFolder(name), MODEL_PACK_FILE))) {
    const message = expectation(
      'a pack that was added',
      'the name',
      `${name}, which comes with face-trigger`,
    );
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', message);
  }
  if (!existsSync(folder)) {
    throw new FaceTriggerError('ERR_MODEL_NOT_FOUND', `There is no pack "${name}" in ${installedPacks()}`);
  }
  // It is gone at once, whatever happens while its files are deleted.
  const leaving = join(installedPacks(), `.${name}.${randomUUID()}.tmp`);
  await rename(folder, leaving);
  await rm(leaving, { recursive: true, force: true });
}
