import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../child.mjs';

const FOLDER = join(ROOT, 'bench/peers');

/**
 * Installs the packages that face-trigger is compared with, once.
 *
 * @returns why they cannot run here, or null
 */
export function installPeers(log) {
  const { dependencies } = JSON.parse(readFileSync(join(FOLDER, 'package.json'), 'utf8'));
  const isInstalled = Object.entries(dependencies).every(([name, version]) => {
    const path = join(FOLDER, 'node_modules', name, 'package.json');
    return existsSync(path) && JSON.parse(readFileSync(path, 'utf8')).version === version;
  });
  if (isInstalled) return null;
  log('installing bench/peers (once)');
  const { status, error } = spawnSync('npm', ['ci', '--ignore-scripts', '--prefix', 'bench/peers'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status === 0) return null;
  return `npm ci --prefix bench/peers ${error ? `failed: ${error.message}` : `ended with exit status ${status}`}`;
}
