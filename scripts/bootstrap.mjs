// Makes a checkout ready to run: installs and builds what is missing or out of date, and is silent otherwise.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from './build.mjs';
import { BUILD_STEPS } from './build-steps.mjs';
import { withCheckoutLock } from './lock.mjs';
import { ROOT, readStamp, writeStamp } from './stamp.mjs';

const OLDEST_NODE = [20, 19];
const MODULES = join(ROOT, 'node_modules');
const INSTALL_STAMP = join(MODULES, '.face-trigger-install.json');

try {
  assertNode();
  if (!isReady()) await withCheckoutLock(makeReady);
} catch (error) {
  process.stderr.write(`bootstrap failed: ${error.message}\n`);
  process.exitCode = 1;
}

function assertNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  throw new Error(`face-trigger needs Node ${OLDEST_NODE.join('.')} or newer; this is ${process.version}`);
}

function isReady() {
  return isInstalled() && BUILD_STEPS.every((step) => step.isCurrent());
}

async function makeReady() {
  if (!isInstalled()) install();
  await build();
}

function isInstalled() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  const hash = createHash('sha256').update(lock).digest('hex');
  if (readStamp(INSTALL_STAMP)?.lock === hash) return true;
  if (!matchesLock(JSON.parse(lock.toString()))) return false;
  writeStamp(INSTALL_STAMP, { lock: hash });
  return true;
}

// After `npm install NAME` the lock changes and node_modules with it: npm's own record of what it installed says
// that they agree, and nothing has to be installed again.
function matchesLock(lock) {
  const record = readStamp(join(MODULES, '.package-lock.json'));
  if (record === null) return false;
  const wanted = Object.entries(lock.packages).filter(([path]) => path !== '');
  return (
    wanted.every(([path, { version, optional }]) => {
      const installed = record.packages[path]?.version;
      return installed === version
        ? optional || existsSync(join(ROOT, path))
        : optional && installed === undefined;
    }) && Object.keys(record.packages).every((path) => path in lock.packages)
  );
}

function install() {
  process.stderr.write('installing dependencies with npm ci ...\n');
  const { status, error, signal } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    // stdout belongs to the command that follows; what goes wrong is on stderr.
    stdio: ['ignore', 'ignore', process.stderr],
    // npm is a .cmd file on Windows, which only a shell can start.
    shell: process.platform === 'win32',
    // Its install script downloads CUDA libraries, which face-trigger does not use, and fails where it cannot.
    env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'skip' },
  });
  if (error) throw new Error(`could not run npm: ${error.message}`);
  if (status !== 0) throw new Error(`npm ci ended with ${signal ?? `exit status ${status}`}`);
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  writeStamp(INSTALL_STAMP, { lock: createHash('sha256').update(lock).digest('hex') });
}
