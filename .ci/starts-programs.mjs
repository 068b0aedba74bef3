// Prints the test files that start programs, or help of theirs does: those alone can end otherwise where a program is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const STARTS = /node:child_process|\/programs\.ts'|node:worker_threads/;
const IMPORT = /(?:from|import) '(\.[^']+)'/g;
// Their sources start programs themselves.
const ROOMS = /^test\/(watch|home|demo|examples|web)\//;

const known = new Map();
function startsPrograms(file) {
  if (known.has(file)) return known.get(file);
  // A circle ends here; what is found beyond it still counts.
  known.set(file, false);
  const text = readFileSync(file, 'utf8');
  const helpers = [...text.matchAll(IMPORT)].map(([, path]) => join(dirname(file), path));
  const starts =
    STARTS.test(text) ||
    helpers.some((helper) => helper.startsWith('test/') && helper.endsWith('.ts') && startsPrograms(helper));
  known.set(file, starts);
  return starts;
}

for (const file of readdirSync('test', { recursive: true })) {
  const path = join('test', file);
  if (path.endsWith('.test.ts') && (ROOMS.test(path) || startsPrograms(path))) console.log(path);
}
