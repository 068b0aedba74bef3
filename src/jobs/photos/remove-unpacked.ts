import { rm } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Job, JobQueue } from '../job-queue.ts';

/** How folders of unpacked archives are called: nothing else is ever removed for what a job says. */
const UNPACKED_NAME = /^face-trigger-unpacked-[0-9a-f-]{36}$/;

/** Removes what was unpacked for a job once no task can need it any more. */
export async function removeUnpacked(
  queue: JobQueue,
  { id, parameters }: Pick<Job, 'id' | 'parameters'>,
): Promise<void> {
  if (unpackedOf(parameters) === null) return;
  const { state, failed } = await queue.get(id);
  if (state === 'canceled' || (state === 'done' && failed === 0)) await removeUnpackedFolder(parameters);
}

/** Removes what was unpacked for a job that is forgotten. */
export async function removeUnpackedFolder(parameters: Job['parameters']): Promise<void> {
  const folder = unpackedOf(parameters);
  if (folder !== null) await rm(folder, { recursive: true, force: true });
}

function unpackedOf({ unpacked }: Job['parameters']): string | null {
  return typeof unpacked === 'string' && UNPACKED_NAME.test(basename(unpacked)) ? unpacked : null;
}
