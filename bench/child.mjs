import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** The repository's folder: where children run. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Starts Node with its errors on our stderr.
 *
 * @param {readonly string[]} args - paths from the repository's folder
 * @param {{ stdin?: 'pipe' | 'ignore', env?: NodeJS.ProcessEnv }} [options]
 */
export function startNode(args, { stdin = 'ignore', env = process.env } = {}) {
  return spawn(process.execPath, args, { cwd: ROOT, env, stdio: [stdin, 'pipe', 'inherit'] });
}

/**
 * Runs Node to the end.
 *
 * @param {readonly string[]} args - paths from the repository's folder
 * @returns {Promise<string>} what it printed
 * @throws Error when its exit status is not 0
 */
export async function runNode(args) {
  const child = startNode(args);
  const ended = whenEnded(child, args.join(' '));
  let output = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) output += chunk;
  await ended;
  return output;
}

/** @returns {Promise<void>} fails when the exit status is not 0 */
export function whenEnded(child, name) {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => {
      if (status === 0) resolve();
      else reject(new Error(`${name} ended with ${signal ?? `exit status ${status}`}`));
    });
  });
}
