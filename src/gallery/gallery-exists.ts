import { existsSync } from 'node:fs';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import { galleryAddress } from './gallery-address.ts';
import { PostgresStore } from './stores/postgres/postgres-store.ts';

/**
 * Whether opening a gallery will find one, rather than make it.
 *
 * @param url - as `openGallery` takes it
 * @throws FaceTriggerError as `openGallery`, for addresses and databases
 */
export async function galleryExists(url: string): Promise<boolean> {
  const address = galleryAddress(url);
  if (address.kind === 'postgres') return PostgresStore.exists(address);
  return address.kind === 'sqlite' && existsSync(await pathOnDisk(localPath(address.path)));
}
