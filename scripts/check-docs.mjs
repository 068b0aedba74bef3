import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { PerformanceChart } from '../bench/performance-chart.mjs';
import { PerformancePage } from '../bench/performance-page.mjs';
import { checkArchitecture } from './check-architecture.mjs';
import { docsCodeBlocks } from './code-blocks.mjs';
import { ArchitectureDrawing } from './docs-architecture.mjs';
import { ErrorsPage } from './docs-errors.mjs';
import { CommandLinePage } from './docs-help.mjs';
import { checkReference } from './docs-reference.mjs';
import { run, runTool } from './run-tool.mjs';
import { ROOT } from './stamp.mjs';

/** Checks of the written documentation. */
export const DOCS_CHECKS = [
  { name: 'docs reference', run: checkReference },
  { name: 'docs links', run: checkLinks },
  { name: 'docs errors', run: () => assertCurrent(ErrorsPage) },
  { name: 'docs performance', run: () => assertCurrent(PerformancePage) },
  { name: 'docs performance chart', run: () => assertCurrent(PerformanceChart) },
  { name: 'docs architecture', run: checkArchitecture },
  { name: 'docs architecture drawing', run: () => assertCurrent(ArchitectureDrawing) },
  { name: 'docs dependencies', run: checkDependencies },
  { name: 'docs code', run: checkCodeBlocks },
];

/** The command line page shows what `--help` prints. */
export const CLI_DOCS_CHECK = { name: 'docs command line', run: () => assertCurrent(CommandLinePage) };

async function assertCurrent(page) {
  const wanted = await page.render();
  const actual = existsSync(page.path) ? readFileSync(page.path, 'utf8') : '';
  if (actual === wanted) return;
  const at = wanted.split('\n').findIndex((line, i) => line !== actual.split('\n')[i]);
  const name = relative(ROOT, page.path);
  throw new Error(`${name} line ${at + 1} is not what it is made from: run node ${page.script}`);
}

async function markdownFiles() {
  const listed = await run('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md']);
  return listed
    .split('\n')
    .filter((name) => name !== '' && existsSync(join(ROOT, name)))
    .map((name) => join(ROOT, name));
}

async function checkLinks() {
  const problems = [];
  const pages = new Map();
  for (const file of await markdownFiles()) {
    const text = withoutCode(readFileSync(file, 'utf8'));
    for (const [, target] of text.matchAll(/\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g)) {
      const problem = linkProblem(file, target, pages);
      if (problem) problems.push(`${relative(ROOT, file)}: ${target}: ${problem}`);
    }
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
}

function linkProblem(file, target, pages) {
  if (/^[a-z][a-z+.-]*:/i.test(target)) return null;
  const [path, anchor] = target.split('#');
  const found = path === '' ? file : resolve(dirname(file), decodeURI(path));
  if (!existsSync(found)) return 'no such file';
  if (anchor === undefined || !found.endsWith('.md')) return null;
  if (!pages.has(found)) pages.set(found, anchorsOf(found));
  return pages.get(found).has(anchor) ? null : 'no such heading';
}

// GitHub's anchors: lower case, punctuation dropped, spaces to hyphens, repeated ones numbered; and those of HTML.
function anchorsOf(file) {
  const page = withoutCode(readFileSync(file, 'utf8'));
  const anchors = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const counts = new Map();
  for (const [, title] of page.matchAll(/^#{1,6}\s+(.*)$/gm)) {
    const anchor = title
      .trim()
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-');
    const count = counts.get(anchor) ?? 0;
    counts.set(anchor, count + 1);
    anchors.add(count === 0 ? anchor : `${anchor}-${count}`);
  }
  return anchors;
}

function withoutCode(text) {
  return text
    .replace(/^```[\s\S]*?^```/gm, '')
    .replace(/`[^`\n]*`/g, (code) => code.replace(/[[\]()]/g, ' '));
}

// async, so that what it throws is a rejection like that of the other checks.
async function checkDependencies() {
  const { dependencies, optionalDependencies, devDependencies } = readJson(join(ROOT, 'package.json'));
  // The lock knows the license of an optional package too that this machine could not install.
  const { packages } = readJson(join(ROOT, 'package-lock.json'));
  const page = readFileSync(join(ROOT, 'docs/dependencies.md'), 'utf8');
  const rows = [...page.matchAll(/^\| `([^`]+)` \| ([^|]+) \|/gm)].map(([, name, licence]) => [
    name,
    licence,
  ]);
  const names = Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies });
  // Some packages write "Apache 2.0" for what SPDX calls Apache-2.0.
  const licences = names.map((name) => [
    name,
    packages[`node_modules/${name}`].license.replace(/^Apache 2/, 'Apache-2'),
  ]);
  const told = new Set(rows.map(String));
  const actual = new Set(licences.map(String));
  const problems = [
    ...[...actual].filter((row) => !told.has(row)).map((row) => `missing: ${row}`),
    ...[...told].filter((row) => !actual.has(row)).map((row) => `not so: ${row}`),
  ];
  if (problems.length > 0) throw new Error(`docs/dependencies.md (package,licence)\n${problems.join('\n')}`);
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}

// Every block is compiled against the sources, as strictly as they are: a module of its own, JavaScript as TypeScript, for
// readers copy it into either. A test runs them (scripts/run-docs-code.mjs).
async function checkCodeBlocks() {
  const folder = mkdtempSync(join(ROOT, '.docs-code-'));
  try {
    const origins = new Map();
    for (const [i, { origin, code }] of docsCodeBlocks().entries()) {
      const name = `block-${i}.ts`;
      writeFileSync(join(folder, name), `${code}\nexport {};\n`);
      origins.set(name, origin);
    }
    await compileBlocks(folder, origins);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compileBlocks(folder, origins) {
  const config = join(folder, 'tsconfig.json');
  writeFileSync(
    config,
    JSON.stringify({
      extends: '../tsconfig.json',
      compilerOptions: {
        rootDir: '..',
        noEmit: true,
        incremental: false,
        allowImportingTsExtensions: true,
        // Examples show results that they do not use.
        noUnusedLocals: false,
        paths: { 'face-trigger': ['../src/index.ts'], 'face-trigger/*': ['../src/*.ts'] },
      },
      include: ['*.ts'],
    }),
  );
  await runTool('typescript/bin/tsc', ['-p', config]).catch((error) => {
    throw new Error(error.message.replace(/^\S*?(block-\d+\.ts)/gm, (_, name) => origins.get(name)));
  });
}
