import { FaceTriggerError } from '../core/errors.ts';
import { galleryAddress } from '../gallery/gallery-address.ts';
import { requireGalleryFile } from '../gallery/require-gallery-file.ts';
import { localPath } from '../node/files/local-path.ts';
import { pathOnDisk } from '../node/files/path-on-disk.ts';
import type { JobQueue } from './job-queue.ts';
import { PostgresJobQueue } from './queue/postgres-job-queue.ts';
import { SqliteJobQueue } from './queue/sqlite-job-queue.ts';

/**
 * Opens the jobs of a gallery that exists: in its database, or in a file beside it, `gallery.db.jobs`.
 *
 * @param gallery - its address
 * @throws FaceTriggerError `ERR_UNSUPPORTED_OPTION` for a gallery in memory, `ERR_FILE_NOT_FOUND` for one that does not
 * exist, `ERR_UNAVAILABLE` where a database cannot be reached or pg-boss is not installed
 */
export async function openJobQueue(gallery: string): Promise<JobQueue> {
  const address = galleryAddress(gallery);
  switch (address.kind) {
    case 'postgres':
      return PostgresJobQueue.open(address);
    case 'sqlite': {
      const path = await pathOnDisk(localPath(address.path));
      await requireGalleryFile(path, { create: false });
      return SqliteJobQueue.open(`${path}.jobs`);
    }
    case 'memory':
      throw new FaceTriggerError(
        'ERR_UNSUPPORTED_OPTION',
        'A gallery in memory has no jobs: nobody else could work on it',
      );
  }
}
