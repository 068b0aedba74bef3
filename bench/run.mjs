// `npm run bench`: measures face-trigger and, in the same run, others. See docs/performance.md.
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ROOT } from './child.mjs';
import { describeEnvironment } from './environment.mjs';
import { writePerformanceChart } from './performance-chart.mjs';
import { writePerformancePage } from './performance-page.mjs';
import { plainTable, tableOf, writeResult } from './results.mjs';
import { SECTIONS } from './sections.mjs';

const PEER_SECTIONS = ['peers', 'human', 'native'];
const HELP = `Usage: npm run bench -- [options]

Measures each section in a process of its own, prints a table and writes bench/results/SECTION.json.

Options:
  --only <names>  sections to run, with commas: ${SECTIONS.map(({ name }) => name).join(', ')};
                  without it all but gallery-million, which takes several minutes
  --peers         only what runs beside other programs: ${PEER_SECTIONS.join(', ')}
  --quick         few runs, to see that it works; results go to bench/results/quick/
  --write-docs    put the results into the tables of docs/performance.md
  --help          print help

The first run of "peers" installs @vladmandic/face-api into bench/peers (330 MB); "native" compiles a C++ program and
needs g++ and Debian's libdlib-dev and libopenblas-dev. Either is skipped where that does not work.
`;

const options = readOptions();
if (options !== null) await runSections(options);

async function runSections({ sections, quick, writeDocs }) {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-bench-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(1));
  const start = performance.now();
  const aims = [];
  let failed = 0;
  for (const section of sections) {
    try {
      aims.push(...(await runSection(section, { folder, quick })));
    } catch (error) {
      failed++;
      console.error(`${section.name} failed: ${error.message}`);
    }
  }
  printAims(aims, quick);
  if (writeDocs) {
    for (const path of [await writePerformancePage(), await writePerformanceChart()])
      console.log(`wrote ${relative(ROOT, path)}`);
  }
  console.log(`${sections.length - failed} sections in ${((performance.now() - start) / 1000).toFixed(0)} s`);
  if (failed > 0) process.exitCode = 1;
}

async function runSection(section, { folder, quick }) {
  console.log(`\n${section.title}`);
  const environment = describeEnvironment();
  const start = performance.now();
  const { images, skipped, facts, rows, ...rest } = await inChild(section.name, { folder, quick });
  if (skipped !== undefined) {
    console.log(`  skipped: ${skipped}`);
    return [];
  }
  // Few runs on a machine that is not warm yet decide nothing.
  const aims = (rest.aims ?? []).map((aim) => ({ ...aim, ok: quick ? null : aim.ok }));
  const seconds = Math.round((performance.now() - start) / 1000);
  const about = { section: section.name, title: section.title, quick, environment, seconds, images };
  const path = writeResult({ ...about, ...(facts && { facts }), rows, aims });
  console.log(plainTable(tableOf(section.columns, rows)).replace(/^/gm, '  '));
  console.log(`  ${relative(ROOT, path)} (${seconds} s)`);
  return aims;
}

function inChild(name, { folder, quick }) {
  const file = fileURLToPath(new URL('children/run-section.mjs', import.meta.url));
  return new Promise((resolve, reject) => {
    const child = fork(file, [name, folder, quick ? 'quick' : 'full'], { cwd: ROOT });
    let outcome = null;
    child.on('message', (message) => {
      outcome = message;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0 && outcome !== null) resolve(outcome);
      else reject(new Error(`its process ended with ${signal ?? `exit status ${status}`}`));
    });
  });
}

function printAims(aims, quick) {
  if (aims.length === 0) return;
  console.log(`\nAims${quick ? ' (not judged by a quick run)' : ''}`);
  const rows = aims.map(({ aim, value, ok }) => ({
    result: ok === null ? '-' : ok ? 'reached' : 'MISSED',
    value,
    aim,
  }));
  console.log(
    plainTable(tableOf({ aim: 'aim', value: 'measured', result: 'result' }, rows)).replace(/^/gm, '  '),
  );
}

function readOptions() {
  try {
    const { values } = parseArgs({
      options: {
        only: { type: 'string' },
        peers: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        'write-docs': { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) {
      console.log(HELP);
      return null;
    }
    if (values.peers && values.only !== undefined) throw new Error('--peers and --only exclude each other');
    if (values.quick && values['write-docs'])
      throw new Error('--write-docs shows full runs only, not --quick');
    return {
      sections: chooseSections(values.peers ? PEER_SECTIONS.join(',') : values.only),
      quick: values.quick,
      writeDocs: values['write-docs'],
    };
  } catch (error) {
    console.error(`${error.message}\n\n${HELP}`);
    process.exitCode = 2;
    return null;
  }
}

function chooseSections(only) {
  if (only === undefined) return SECTIONS.filter(({ onlyWhenNamed }) => !onlyWhenNamed);
  const names = only.split(',').map((name) => name.trim());
  const unknown = names.filter((name) => !SECTIONS.some((section) => section.name === name));
  if (unknown.length > 0) throw new Error(`There is no section ${unknown.join(', ')}`);
  return SECTIONS.filter(({ name }) => names.includes(name));
}
