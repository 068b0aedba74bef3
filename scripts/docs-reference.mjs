// Writes docs/reference from the doc comments of what the package exports: node scripts/docs-reference.mjs
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runTool } from './run-tool.mjs';
import { filesBelow, ROOT } from './stamp.mjs';

const FOLDER = join(ROOT, 'docs/reference');

/**
 * One page for each entry of the package, made by typedoc.
 *
 * @throws Error for a doc comment that typedoc warns of, such as a link to what is not exported
 */
async function writeReference(folder) {
  const write = (options, out) =>
    runTool('typedoc/bin/typedoc', ['--options', options, '--logLevel', 'Warn', '--out', out]);
  await write('typedoc.json', folder);
  // What pages import is compiled with the types of browsers. The first run empties the folder.
  await write('typedoc.web.json', join(folder, 'web'));
}

/** @throws Error unless the pages are those that the sources give */
export async function checkReference() {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-reference-'));
  try {
    await writeReference(folder);
    const names = new Set(
      [folder, FOLDER].flatMap((from) => filesBelow(from, '.md').map((file) => relative(from, file))),
    );
    const stale = [...names].filter((name) => read(join(folder, name)) !== read(join(FOLDER, name)));
    if (stale.length > 0) {
      throw new Error(`${stale.join(', ')} of docs/reference: run node scripts/docs-reference.mjs`);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function read(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await writeReference(FOLDER);
