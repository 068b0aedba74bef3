import { expectation, FaceTriggerError } from '../errors.ts';
import type { RuntimeSession, TensorValue } from '../runtime/runtime.ts';

/**
 * Runs a network of one input and checks what it gives, which only the file decides.
 *
 * @param lengths - how many numbers each output must have
 * @param what - the network is, for messages
 * @returns the numbers of the outputs, in their order
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` for outputs of another type or length, `ERR_RUNTIME`
 */
export async function networkOutputs(
  session: RuntimeSession,
  input: TensorValue,
  lengths: ReadonlyMap<string, number>,
  what = 'detector',
): Promise<Float32Array[]> {
  const outputs = await session.run({ [session.inputNames[0]!]: input }, [...lengths.keys()]);
  return [...lengths].map(([name, length]) => {
    const output = outputs[name];
    if (output?.type === 'float32' && output.data.length === length) return output.data as Float32Array;
    const received = output && `${output.type} [${output.dims.join(', ')}]`;
    const message = expectation(`${length} float32 numbers`, `the ${what}'s output "${name}"`, received);
    throw new FaceTriggerError('ERR_MODEL_FORMAT', message);
  });
}

/** The points of a detection, from numbers x, y, x, y ... */
export function pointsFrom(count: number, at: (i: number) => readonly [number, number]) {
  return Array.from({ length: count }, (_, i) => at(i));
}
