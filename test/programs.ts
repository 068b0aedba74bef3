import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'vitest';

/** Whether a program is in a folder of PATH. */
export function hasProgram(name: string): boolean {
  const file = process.platform === 'win32' ? `${name}.exe` : name;
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, file), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/** Skips the test, and says why, where one of the programs is missing: Node and git are all that is asked for. */
export function needs(context: TestContext, ...programs: readonly string[]): void {
  const missing = programs.filter((program) => !hasProgram(program));
  if (missing.length > 0) context.skip(`needs ${missing.join(', ')}, which this machine does not have`);
}
