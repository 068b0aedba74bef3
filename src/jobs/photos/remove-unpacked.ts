import { removeUnpackedFolders } from '../../node/files/unpacked-folder.ts';
import type { Job, JobQueue } from '../job-queue.ts';

/** Removes what was unpacked for a job once no task can need it any more. */
export async function removeUnpacked(
  queue: JobQueue,
  { id, parameters }: Pick<Job, 'id' | 'parameters'>,
): Promise<void> {
  if (parameters['unpacked'] === undefined) return;
  const { state, failed } = await queue.get(id);
  if (state === 'canceled' || (state === 'done' && failed === 0)) await removeUnpackedFolder(parameters);
}

/** Removes what was unpacked for a job that is forgotten. */
export async function removeUnpackedFolder(parameters: Job['parameters']): Promise<void> {
  await removeUnpackedFolders([parameters['unpacked']]);
}
