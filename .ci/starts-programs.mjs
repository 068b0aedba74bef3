// Prints the test files that name programs other than Node, or help of theirs does: those alone can end otherwise where
// one is missing.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const PROGRAMS =
  /\/programs\.ts'|\b(ffmpeg|chromium|mosquitto|espeak|exiftool|NO_POSTGRES|NO_PGVECTOR|bash|zsh|fish|openssl)\b/i;
const IMPORT = /(?:from|import) '(\.[^']+)'/g;
// Their sources start programs themselves.
const ROOMS = /^test\/(watch|demo|examples)\//;

const known = new Map();
function startsPrograms(file) {
  if (known.has(file)) return known.get(file);
  // A circle ends here; what is found beyond it still counts.
  known.set(file, false);
  const text = readFileSync(file, 'utf8');
  const helpers = [...text.matchAll(IMPORT)].map(([, path]) => join(dirname(file), path));
  const starts =
    PROGRAMS.test(text) ||
    helpers.some((helper) => helper.startsWith('test/') && helper.endsWith('.ts') && startsPrograms(helper));
  known.set(file, starts);
  return starts;
}

for (const file of readdirSync('test', { recursive: true })) {
  const path = join('test', file);
  if (path.endsWith('.test.ts') && (ROOMS.test(path) || startsPrograms(path))) console.log(path);
}
