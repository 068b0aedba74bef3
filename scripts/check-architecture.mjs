import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOMS } from '../.dependency-cruiser.mjs';
import { ROOT } from './stamp.mjs';

/**
 * The page about the architecture names the rooms in the order that the rules hold, and only files that exist.
 *
 * @throws Error with what is not so
 */
export async function checkArchitecture() {
  const page = readFileSync(join(ROOT, 'docs/architecture.md'), 'utf8');
  const [, section] = /^## The rooms$([\s\S]*?)^## /m.exec(page) ?? [];
  const named = [...(section ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);
  const problems = [];
  if (named.join(', ') !== ROOMS.join(', ')) {
    problems.push(
      `the rooms are ${named.join(', ')}; in .dependency-cruiser.mjs they are ${ROOMS.join(', ')}`,
    );
  }
  for (const [, path] of page.matchAll(/`((?:src|test|models|web)\/[^`]*)`/g)) {
    if (!existsSync(join(ROOT, path))) problems.push(`there is no ${path}`);
  }
  if (problems.length > 0) throw new Error(`docs/architecture.md: ${problems.join('\n')}`);
}
