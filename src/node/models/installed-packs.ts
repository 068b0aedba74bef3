import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { MODEL_PACK, MODEL_PACK_FILE, type ModelPack } from '../../models/model-pack.ts';
import { writeFileAtomic } from '../files/atomic-write.ts';
import { makeFolder } from '../files/make-folder.ts';
import { renameFile } from '../files/rename-file.ts';
import { writeFailure } from '../files/write-failure.ts';
import { installedPackFolder, installedPacks, packagedPackFolder, packNames } from './pack-folders.ts';
import { readPack } from './read-pack.ts';

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
  assertNameFree(checked.name);
  const folder = installedPackFolder(checked.name);
  await makeFolder(installedPacks());
  await removeLeftovers();
  const made = join(installedPacks(), `.${checked.name}.${randomUUID()}.tmp`);
  try {
    await makeFolder(made);
    for (const { file } of checked.parts) await writeFileAtomic(join(made, file), files.get(file)!);
    await writeFileAtomic(join(made, MODEL_PACK_FILE), `${JSON.stringify(checked, null, 2)}\n`);
    await renameFile(made, folder);
  } catch (cause) {
    // Another process was faster with the same name.
    if (existsSync(folder)) throw taken(checked.name, folder, cause);
    throw writeFailure(folder, cause);
  } finally {
    await rm(made, { recursive: true, force: true });
  }
  return folder;
}

/** @throws FaceTriggerError `ERR_CONFLICT` for the name of a pack that there is */
export function assertNameFree(name: string): void {
  if (existsSync(packagedPackFolder(name))) {
    const message = `The pack "${name}" comes with face-trigger and can't be replaced: give another name by --name`;
    throw new FaceTriggerError('ERR_CONFLICT', message);
  }
  const folder = installedPackFolder(name);
  if (existsSync(folder)) throw taken(name, folder);
}

function taken(name: string, folder: string, cause?: unknown): FaceTriggerError {
  const message = `There is a pack "${name}" already (${folder}): give another name by --name, or remove it first by "face-trigger models remove ${name}"`;
  return new FaceTriggerError('ERR_CONFLICT', message, { cause });
}

/** What a process leaves that is killed while it adds or removes a pack; see there for the names. */
const LEFTOVER = /^\.[a-z0-9][a-z0-9._-]{0,63}\.[0-9a-f-]{36}\.tmp$/;
/** No pack takes so long to be written: what is older belongs to nobody. */
const LEFTOVER_MS = 60 * 60 * 1000;

async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(installedPacks()).catch(() => [])) {
    if (!LEFTOVER.test(name)) continue;
    const path = join(installedPacks(), name);
    const stats = await stat(path).catch(() => undefined);
    if (stats === undefined || Date.now() - stats.mtimeMs < LEFTOVER_MS) continue;
    // Whoever adds a pack is not kept from it by rubbish that can't be taken away.
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

/**
 * Removes a pack that was installed.
 *
 * @throws FaceTriggerError `ERR_MODEL_NOT_FOUND` where there is none, `ERR_INVALID_ARGUMENT` for one that comes with
 * face-trigger, `ERR_CONFLICT` for one that others need
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
  const needed = await packsOnBase(name);
  if (needed.length > 0) {
    const message = `The pack "${name}" gives models to "${needed.join('", "')}": remove those first`;
    throw new FaceTriggerError('ERR_CONFLICT', message);
  }
  await removeLeftovers();
  // It is gone at once, whatever happens while its files are deleted.
  const leaving = join(installedPacks(), `.${name}.${randomUUID()}.tmp`);
  await renameFile(folder, leaving);
  await rm(leaving, { recursive: true, force: true });
}

/** The packs that a pack is the base of. */
async function packsOnBase(base: string): Promise<string[]> {
  const names: string[] = [];
  for (const name of await packNames()) {
    // A damaged pack needs nobody.
    const found = await readPack(name).catch(() => undefined);
    if (name !== base && found?.pack.base === base) names.push(name);
  }
  return names;
}
