import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './stamp.mjs';

/**
 * Runs a program and returns what it printed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: Record<string, string | undefined> }} [options]
 * @returns {Promise<string>} stdout
 * @throws Error with all that the program printed, when its exit status is not 0
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: { ...process.env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
      // npm and npx are .cmd files on Windows, which only a shell can start.
      shell: process.platform === 'win32' && /^np[mx]$/.test(command),
    });
    let out = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      out += chunk;
      all += chunk;
    });
    child.stderr.on('data', (chunk) => {
      all += chunk;
    });
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve(out);
      else reject(new Error(`${command} ${args.join(' ')} ended with ${signal ?? status}\n${all.trim()}`));
    });
  });
}

/** Runs the program of an installed package by its file, such as `knip/bin/knip.js`. */
export function runTool(file, args, options) {
  return run(process.execPath, [join(ROOT, 'node_modules', file), ...args], options);
}
