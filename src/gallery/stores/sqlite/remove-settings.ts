import { readFile, rm } from 'node:fs/promises';
import { z } from 'zod';

/** What a server keeps beside a gallery. */
const SETTINGS = z.strictObject({
  version: z.literal(1),
  maxDistance: z.number().optional(),
  retentionDays: z.number().nullable().optional(),
});

/** Removes a server's settings for a gallery; a file of the same name that another program wrote stays. */
export async function removeSettings(path: string): Promise<void> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text !== null && isOurs(text)) await rm(path, { force: true });
}

function isOurs(text: string): boolean {
  try {
    return SETTINGS.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
