import { join, relative } from 'node:path';
import { runTool } from './run-tool.mjs';
import { filesBelow, ROOT } from './stamp.mjs';

/** The rules of the house, as .dependency-cruiser.mjs draws it. */
export const ROOMS_CHECK = { name: 'rooms', run: checkRooms };

const DEPCRUISE = 'dependency-cruiser/bin/dependency-cruise.mjs';

async function checkRooms() {
  const printed = await runTool(DEPCRUISE, [
    '--config',
    '.dependency-cruiser.mjs',
    '--output-type',
    'json',
    'src',
    'web/src',
  ]);
  const { modules, summary } = JSON.parse(printed);
  const problems = summary.violations.map(
    ({ rule, from, to, cycle }) =>
      `${rule.name}: ${from} → ${cycle?.map(({ name }) => name).join(' → ') ?? to}`,
  );
  // Rules hold for what was looked at: a file that was not would break them unseen.
  const seen = new Set(modules.map(({ source }) => source));
  for (const path of [
    ...filesBelow(join(ROOT, 'src'), '.ts'),
    ...filesBelow(join(ROOT, 'web/src'), '.ts'),
    ...filesBelow(join(ROOT, 'web/src'), '.tsx'),
  ]) {
    const file = relative(ROOT, path).replaceAll('\\', '/');
    if (!seen.has(file)) problems.push(`${file} was not looked at`);
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}
