import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { PUBLIC_ENTRIES } from './public-entries.mjs';

/**
 * Adds what `require('face-trigger')` and its subpaths find: Node (20.19 and later) requires the ES modules as they are,
 * but TypeScript takes only types of CommonJS there, so the declarations stand in a folder of that kind a second time.
 *
 * @param {string} dist - the compiled package
 */
export function addCommonJsEntries(dist) {
  const folder = join(dist, 'commonjs');
  const entries = PUBLIC_ENTRIES.map((name) => join(dist, `${name}.d.ts`));
  for (const file of declarationsOf(entries)) {
    const target = join(folder, relative(dist, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(file));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  for (const name of PUBLIC_ENTRIES) {
    writeFileSync(join(folder, `${name}.js`), `module.exports = require('../${name}.js');\n`);
  }
}

/** Declaration files and all that they import of the same package. */
function declarationsOf(entries) {
  const found = new Set(entries);
  for (const file of found) {
    for (const [, target] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import\(?)\s*['"](\.[^'"]+)\.[jt]s['"]/g,
    )) {
      found.add(`${join(dirname(file), target)}.d.ts`);
    }
  }
  return found;
}
