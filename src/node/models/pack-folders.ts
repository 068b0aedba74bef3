import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODEL_PACK_FILE, PACK_NAME } from '../../models/model-pack.ts';
import { userDataFolder } from '../files/user-data-folder.ts';

/** The pack that is used unless told otherwise. */
export const DEFAULT_PACK = 'dlib';

/** What comes with face-trigger and tells people apart best: see docs/accuracy.md. */
export const BEST_MODELS = 'dlib+mobilefacenet';

/** The folder of a pack that comes with face-trigger; it may not exist. */
export function packagedPackFolder(name: string): string {
  return join(packagedPacks(), name);
}

/** Whether a name is that of a pack that comes with face-trigger. */
export function isPackaged(name: string): boolean {
  return PACK_NAME.test(name) && isPack(packagedPackFolder(name));
}

/** The folder of a pack that `models add` installed; it may not exist. */
export function installedPackFolder(name: string): string {
  return join(installedPacks(), name);
}

/** Where `models add` installs packs; it may not exist. */
export function installedPacks(): string {
  return join(userDataFolder(), 'models');
}

/**
 * The folder of a pack by its name: one that comes with face-trigger, or else one that was installed.
 *
 * @returns the packaged place where there is neither
 */
export function packFolder(name: string): string {
  const packaged = packagedPackFolder(name);
  const installed = installedPackFolder(name);
  return !isPack(packaged) && isPack(installed) ? installed : packaged;
}

/** Names of all packs that can be used by name: those of the package first, each group in order. */
export async function packNames(): Promise<string[]> {
  const names = [...(await namesIn(packagedPacks())), ...(await namesIn(installedPacks()))];
  return [...new Set(names)];
}

async function namesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => PACK_NAME.test(name) && isPack(join(folder, name))).sort();
}

function isPack(folder: string): boolean {
  return existsSync(join(folder, MODEL_PACK_FILE));
}

function packagedPacks(): string {
  return fileURLToPath(new URL('../../../models', import.meta.url));
}
