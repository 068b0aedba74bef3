import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A temporary folder with files of the given names, removed when the test ends. */
export async function makeTree(
  names: readonly string[],
  content: Uint8Array | string = 'x',
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'face trigger ü-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const name of names) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}
