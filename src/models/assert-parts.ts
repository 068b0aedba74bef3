import { invalidArgument } from '../core/errors.ts';
import { isKind } from '../core/is-kind.ts';

/**
 * Checks what a network is to be made of: callers in JavaScript may hand in anything.
 *
 * @param opener - what opens such a network from a file, for messages
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`
 */
export function assertParts(model: unknown, options: unknown, opener: string): void {
  const { network } = (model ?? {}) as { readonly network?: unknown };
  if (!isKind(network, 'Uint8Array')) {
    const received =
      typeof model === 'object' && model !== null && !isKind(model, 'Uint8Array') ? network : model;
    throw invalidArgument(`the bytes of an ONNX file (${opener}() opens a file)`, 'model.network', received);
  }
  const { runtime } = (options ?? {}) as {
    readonly runtime?: { readonly createSession?: unknown } | undefined;
  };
  if (typeof runtime?.createSession !== 'function') {
    throw invalidArgument(`a runtime (${opener}() brings one)`, 'options.runtime', runtime);
  }
}
