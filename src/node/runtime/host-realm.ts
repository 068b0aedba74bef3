import type { createRequire } from 'node:module';
import { runInThisContext } from 'node:vm';

/**
 * The process as Node made it, with the environment that native code sees.
 *
 * @remarks Where a test runner runs the program in a context of node:vm, `process` may be a copy.
 */
export const hostProcess = runInThisContext('process') as typeof process;

/** Loads a CommonJS package in the realm that native code works in; others would not know its typed arrays. */
export function requireInHost(name: string): unknown {
  const nodeModule = hostProcess.getBuiltinModule('node:module') as { createRequire: typeof createRequire };
  return nodeModule.createRequire(import.meta.url)(name);
}

/** Typed arrays' classes of the realm that native code works in. */
export const hostArrays = runInThisContext(
  '({ float32: Float32Array, uint8: Uint8Array, int8: Int8Array, int32: Int32Array, int64: BigInt64Array })',
) as {
  readonly float32: Float32ArrayConstructor;
  readonly uint8: Uint8ArrayConstructor;
  readonly int8: Int8ArrayConstructor;
  readonly int32: Int32ArrayConstructor;
  readonly int64: BigInt64ArrayConstructor;
};
