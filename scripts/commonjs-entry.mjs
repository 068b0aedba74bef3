import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/**
 * Adds what `require('face-trigger')` finds: Node (20.19 and later) requires the ES modules as they are, but TypeScript
 * takes only types of CommonJS there, so the declarations stand in a folder of that kind a second time.
 *
 * @param {string} dist - the compiled package
 */
export function addCommonJsEntry(dist) {
  const folder = join(dist, 'commonjs');
  for (const file of declarationsOf(join(dist, 'index.d.ts'))) {
    const target = join(folder, relative(dist, file));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, readFileSync(file));
  }
  writeFileSync(join(folder, 'package.json'), '{ "type": "commonjs" }\n');
  writeFileSync(join(folder, 'index.js'), "module.exports = require('../index.js');\n");
}

/** A declaration file and all that it imports of the same package. */
function declarationsOf(entry) {
  const found = new Set([entry]);
  for (const file of found) {
    for (const [, target] of readFileSync(file, 'utf8').matchAll(
      /(?:from|import\(?)\s*['"](\.[^'"]+)\.[jt]s['"]/g,
    )) {
      found.add(`${join(dirname(file), target)}.d.ts`);
    }
  }
  return found;
}
