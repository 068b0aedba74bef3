import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of all pictures below a folder, in order. */
export function listPictures(folder, ending) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => join(folder, name));
}
