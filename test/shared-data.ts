import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../shared/data', import.meta.url));

/**
 * Path of a file or folder of the shared test data, which lies beside the repository and never inside it.
 *
 * @returns null where this machine does not have it
 */
export function sharedData(...segments: string[]): string | null {
  const path = [ROOT, ...segments].join('/');
  return existsSync(path) ? path : null;
}

/**
 * A `describe` whose tests run only where all the named shared data exists; elsewhere they show as skipped and
 * one line says why.
 *
 * @param title - what the block is about
 * @param needs - paths below ../shared/data, such as ['att', 'golden/group.jsonl']
 * @param body - receives the absolute paths in the order of `needs`
 */
export function describeWithSharedData(
  title: string,
  needs: readonly string[],
  body: (...paths: string[]) => void,
): void {
  const missing = needs.filter((need) => sharedData(need) === null);
  if (missing.length > 0) {
    const reason = `needs ../shared/data/${missing.join(', ')}, which this machine does not have`;
    console.warn(`skipped: ${title}: ${reason}`);
    // The body is not run: it may read files while it declares its tests.
    describe.skip(title, () => it(reason, () => undefined));
    return;
  }
  describe(title, () => body(...needs.map((need) => `${ROOT}/${need}`)));
}
