import { FaceTriggerError } from '../core/errors.ts';
import type { RunLimits } from '../core/runtime/runtime.ts';
import { boundSizes } from './bound-sizes.ts';
import { readModelInfo } from './read-model-info.ts';

/**
 * Refuses, before a runtime sees it, a file that is not one network of bounded size: every runtime asks this first.
 *
 * @param model - bytes of an ONNX file, which nobody has looked at yet
 * @param limits - what a run may take. @defaultValue those of a network
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` if the bytes are no model, refer to another file, hold a loop or an
 * operator that is not accepted, or could take far more memory than they are long
 */
export function assertRunnable(model: Uint8Array, limits?: RunLimits): void {
  const info = readModelInfo(model);
  if (info.hasExternalData) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      'The ONNX model keeps data in another file; save it as one file',
    );
  }
  if (info.hasSubgraph) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      'The ONNX model holds a loop or branch, which is not accepted',
    );
  }
  const odd = [...info.inputs, ...info.outputs].find(({ type }) => type === null);
  if (odd !== undefined) {
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      `The ONNX model is refused: "${odd.name}" is ${odd.otherType}, not an array of numbers`,
    );
  }
  boundSizes(model, info.inputs, limits);
}
