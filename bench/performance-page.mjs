// Puts the results of full runs into docs/performance.md, between its markers:
//   node bench/performance-page.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './child.mjs';
import { markdownTable, readResult, tableOf } from './results.mjs';

const BLOCK = /<!-- bench:(.*?) -->[\s\S]*?<!-- \/bench -->/g;

/** The page about speed and memory; text outside the markers is written by hand. */
export const PerformancePage = {
  path: join(ROOT, 'docs/performance.md'),
  script: 'bench/performance-page.mjs',
  async render() {
    // They need dist/, which who only asks for the path may not have built.
    const { SECTIONS } = await import('./sections.mjs');
    const page = readFileSync(this.path, 'utf8');
    const shown = new Set([...page.matchAll(BLOCK)].map(([, name]) => name));
    const missing = ['aims', ...SECTIONS.map(({ name }) => name)].filter((name) => !shown.has(name));
    if (missing.length > 0) throw new Error(`${this.path} has no block for: ${missing.join(', ')}`);
    return page.replace(BLOCK, (_, name) => {
      const lines = name === 'aims' ? aimsTable(SECTIONS) : sectionTable(SECTIONS, name);
      return `<!-- bench:${name} -->\n${lines}\n<!-- /bench -->`;
    });
  },
};

/** @returns {Promise<string>} the page's path */
export async function writePerformancePage() {
  writeFileSync(PerformancePage.path, await PerformancePage.render());
  return PerformancePage.path;
}

function sectionTable(sections, name) {
  const section = sections.find((candidate) => candidate.name === name);
  if (section === undefined) throw new Error(`There is no section ${name}`);
  const result = readResult(name);
  if (result === null) return `Not measured yet: \`npm run bench -- --only ${name} --write-docs\`.`;
  return `${markdownTable(tableOf(section.columns, result.rows))}\n\n${caption(result)}`;
}

function caption({ environment, images, facts }) {
  const { date, cpu, cores, node, versions, loadAverage } = environment;
  const runtime = `onnxruntime-node ${versions['onnxruntime-node']}, sharp ${versions.sharp}`;
  const load = `load average at the start ${loadAverage[0]}`;
  const parts = [
    date.slice(0, 10),
    `${cpu}, ${cores} cores`,
    `Node ${node}`,
    runtime,
    `images from ${images}`,
    load,
  ];
  if (facts?.theirs) parts.push(describeOther(facts));
  return `<sub>${parts.join('; ')}.</sub>`;
}

function describeOther({ theirs, compiler }) {
  const told = Object.entries(theirs).map(([name, value]) => `${name} ${value}`);
  return [...told, ...(compiler ? [compiler] : [])].join(', ');
}

function aimsTable(sections) {
  const results = sections.map(({ name }) => readResult(name)).filter((result) => result !== null);
  const rows = results.flatMap(({ section, aims }) =>
    aims.map(({ aim, value, ok }) => ({ aim, value, result: ok ? 'reached' : 'missed', section })),
  );
  if (rows.length === 0) return 'Not measured yet: `npm run bench -- --write-docs`.';
  return markdownTable(
    tableOf({ aim: 'aim', value: 'measured', result: 'result', section: 'section' }, rows),
  );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.log(await writePerformancePage());
}
