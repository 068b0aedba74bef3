// `npm run check`: everything that must hold beside the tests. `npm run check -- docs` runs the checks whose name
// contains "docs".
import { CLI_DOCS_CHECK, DOCS_CHECKS } from './check-docs.mjs';
import { PACKAGE_CHECKS } from './check-package.mjs';
import { ROOMS_CHECK } from './check-rooms.mjs';
import { checkWorkflows } from './check-workflows.mjs';
import { runTool } from './run-tool.mjs';

/** @type {readonly { name: string, run: () => Promise<unknown> }[]} a check fails by throwing */
const READING = [
  { name: 'types of src', run: () => tsc('tsconfig.json') },
  { name: 'types of core', run: () => tsc('tsconfig.core.json') },
  { name: 'types of src/web', run: () => tsc('src/web') },
  { name: 'types of test', run: () => tsc('tsconfig.test.json') },
  { name: 'types of web', run: () => tsc('web/tsconfig.json') },
  { name: 'types of test/web', run: () => tsc('test/web/tsconfig.json') },
  { name: 'types of examples', run: () => tsc('examples/tsconfig.json') },
  { name: 'format and lint', run: () => runTool('@biomejs/biome/bin/biome', ['ci', '--colors=off', '.']) },
  {
    name: 'promises',
    run: () => runTool('eslint/bin/eslint.js', ['--max-warnings=0', 'src', 'test', 'web']),
  },
  ROOMS_CHECK,
  { name: 'dead code', run: () => runTool('knip/bin/knip.js', ['--no-progress']) },
  { name: 'workflows', run: checkWorkflows },
];

/** @type {typeof READING} */
const CHECKS = [...READING, ...DOCS_CHECKS, CLI_DOCS_CHECK, ...PACKAGE_CHECKS];

const wanted = process.argv.slice(2);
const checks = CHECKS.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)));
if (checks.length === 0) {
  console.error(`no check is named like that; there are: ${CHECKS.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}

let failed = 0;
// What only reads runs two at a time, one for each core of a small machine; the others write files that these might see.
const reading = checks.filter((check) => READING.includes(check));
await Promise.all([runChecks(reading), runChecks(reading)]);
await runChecks(checks.filter((check) => !READING.includes(check)));
console.log(`${checks.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Runs checks that nobody has begun, one after the other, and takes each off the list. */
async function runChecks(list) {
  for (let check = list.shift(); check; check = list.shift()) {
    const start = performance.now();
    let problem = null;
    try {
      await check.run();
    } catch (error) {
      problem = error.message;
      failed += 1;
    }
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${problem === null ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`);
    if (problem !== null) console.log(problem.replace(/^/gm, '       '));
  }
}

function tsc(project) {
  return runTool('typescript/bin/tsc', ['-p', project, '--noEmit', '--incremental', 'false']);
}
