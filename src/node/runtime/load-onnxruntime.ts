import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type * as Onnxruntime from 'onnxruntime-node';
import { requireInHost } from './host-realm.ts';

/**
 * Loads onnxruntime: the one that the package carries, or in a checkout the development dependency.
 *
 * @remarks Never one that a user's program has beside it: another version would give other numbers.
 */
export function loadOnnxruntime(): typeof Onnxruntime {
  const carried = fileURLToPath(new URL('../../../vendor/onnxruntime-node/dist/index.js', import.meta.url));
  return requireInHost(existsSync(carried) ? carried : 'onnxruntime-node') as typeof Onnxruntime;
}
