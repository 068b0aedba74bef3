// Puts onnxruntime into vendor/, for the package only: `npm pack` and `npm publish` run it first and remove it after
// (`--remove`). See docs/dependencies.md for why the package carries it.
import { cpSync, linkSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { ROOT } from './stamp.mjs';

const SOURCE = join(ROOT, 'node_modules/onnxruntime-node');
const TARGET = join(ROOT, 'vendor/onnxruntime-node');
/** Providers for graphics cards, which are loaded only when they are asked for, and a second copy of one library. */
const LEFT_OUT = /^(DirectML|dxcompiler|dxil)\.dll$|^libonnxruntime\.\d+\.\d+\.\d+\.dylib$/;

rmSync(join(ROOT, 'vendor'), { recursive: true, force: true });
if (!process.argv.includes('--remove')) vendor();

function vendor() {
  const own = readFileSync(join(ROOT, 'package.json'), 'utf8');
  const { name, version, license, main, dependencies } = JSON.parse(
    readFileSync(join(SOURCE, 'package.json'), 'utf8'),
  );
  const common = 'onnxruntime-common';
  if (JSON.parse(own).dependencies[common] !== dependencies[common]) {
    throw new Error(
      `package.json must depend on ${common} ${dependencies[common]}, as ${name} ${version} does`,
    );
  }
  for (const folder of ['dist', 'bin']) for (const file of filesOf(join(SOURCE, folder))) place(file);
  writeFileSync(
    join(TARGET, 'package.json'),
    `${JSON.stringify({ name, version, license, main }, null, 2)}\n`,
  );
  const terms = readFileSync(join(ROOT, 'LICENSE'), 'utf8');
  writeFileSync(
    join(TARGET, 'LICENSE'),
    terms.replace(/^Copyright .*$/m, 'Copyright (c) Microsoft Corporation'),
  );
}

function filesOf(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !LEFT_OUT.test(entry.name) && !/\.(map|d\.ts)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

function place(file) {
  const target = join(TARGET, relative(SOURCE, file));
  mkdirSync(dirname(target), { recursive: true });
  try {
    linkSync(file, target);
  } catch {
    // Another file system.
    cpSync(file, target);
  }
}
