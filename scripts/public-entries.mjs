import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './stamp.mjs';

/** Names of the files of src/ that package.json lets programs of Node import: "index", "gallery" ... */
export const PUBLIC_ENTRIES = Object.values(
  JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).exports,
).flatMap((entry) => (entry.import ? [/^\.\/dist\/(.+)\.js$/.exec(entry.import.default)[1]] : []));
