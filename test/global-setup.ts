import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const BOOTSTRAP = join(fileURLToPath(new URL('..', import.meta.url)), 'scripts/bootstrap.mjs');

/** Builds dist/, models/ and dist-web/ where they are not current: servers, threads and commands run from there. */
export default function setup(project: TestProject): void {
  bootstrap();
  project.onTestsRerun(bootstrap);
}

function bootstrap(): void {
  const { status, stderr } = spawnSync(process.execPath, [BOOTSTRAP], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`bootstrap failed: ${stderr}`);
}
