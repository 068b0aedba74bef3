import { join } from 'node:path';
import { PRIVATE_FILE_MODE, writeFileAtomic } from '../../node/files/atomic-write.ts';

/**
 * Writes a report as a page that opens offline, and as JSON beside it.
 *
 * @param name - of both files, without extension
 * @returns the page's path
 * @throws FaceTriggerError `ERR_FILE_WRITE`
 */
export async function writeReport(
  folder: string,
  name: string,
  { page, json }: { readonly page: string; readonly json: unknown },
): Promise<string> {
  const path = join(folder, `${name}.html`);
  const mode = PRIVATE_FILE_MODE;
  await writeFileAtomic(path, page, { mode });
  await writeFileAtomic(join(folder, `${name}.json`), `${JSON.stringify(json, null, 2)}\n`, { mode });
  return path;
}
