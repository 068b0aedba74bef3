import { open, rm } from 'node:fs/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import { writeFailure } from '../../node/files/write-failure.ts';

/**
 * Writes a file that is not there yet, piece by piece; where that fails, nothing of it stays.
 *
 * @throws FaceTriggerError `ERR_CONFLICT` where there is a file, `ERR_FILE_WRITE`, `ERR_DISK_FULL`
 */
export async function writeNewFile(path: string, pieces: AsyncIterable<string>): Promise<void> {
  const file = await open(path, 'wx').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw writeFailure(path, cause);
    throw new FaceTriggerError('ERR_CONFLICT', `${path} is there already: give a new file`, { cause });
  });
  try {
    for await (const piece of pieces)
      await file.writeFile(piece).catch((cause: unknown) => {
        throw writeFailure(path, cause);
      });
    await file.sync();
  } catch (error) {
    await file.close();
    await rm(path, { force: true });
    throw error;
  }
  await file.close();
}
