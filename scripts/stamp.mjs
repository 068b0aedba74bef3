import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository's folder. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Hash of names and contents, the same on every machine.
 *
 * @param {readonly string[]} files - absolute paths; a missing file counts as empty
 * @param {string} [extra] - anything else that the result depends on
 */
export function hashFiles(files, extra = '') {
  const hash = createHash('sha256').update(extra);
  for (const file of [...files].sort()) {
    hash.update(`\0${relative(ROOT, file).replaceAll('\\', '/')}\0`);
    if (existsSync(file)) hash.update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Every file below a folder whose name ends in one of the given ways. */
export function filesBelow(folder, ...endings) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && endings.some((ending) => entry.name.endsWith(ending)))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** A TypeScript file and all it imports from src/, found by its import lines. */
export function importClosure(entry) {
  const seen = new Set();
  const open = [resolve(entry)];
  while (open.length > 0) {
    const file = open.pop();
    if (seen.has(file) || !existsSync(file)) continue;
    seen.add(file);
    for (const match of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'(\.{1,2}\/[^']+\.ts)'/g)) {
      open.push(resolve(dirname(file), match[1]));
    }
  }
  return [...seen];
}

/** What a stamp file says, or null. */
export function readStamp(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

/** Writes a stamp file in one step, so that a reader never sees half of it. */
export function writeStamp(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, JSON.stringify(value));
  renameSync(temporary, path);
}

/** Name -> size of the files directly in a folder: enough to notice that an output was deleted or cut. */
export function sizesIn(folder) {
  if (!existsSync(folder)) return {};
  const names = readdirSync(folder)
    .filter((name) => !name.startsWith('.'))
    .sort();
  return Object.fromEntries(names.map((name) => [name, statSync(join(folder, name)).size]));
}
