import { expectation, FaceTriggerError } from '../core/errors.ts';
import { readModelInfo, type ValueInfo } from './read-model-info.ts';

/** What a network of one picture as its input takes and gives. */
export interface PictureNetwork {
  readonly order: 'nchw' | 'nhwc';
  /** Sides of the picture; `null` where they are free. */
  readonly window: { readonly width: number; readonly height: number } | null;
  readonly outputs: readonly ValueInfo[];
}

/** No network's fixed picture has other sides: a bound of the memory and the time that a file can ask for. */
const MIN_SIDE = 64;
const MAX_SIDE = 4096;

/**
 * Reads from an ONNX file which pictures it takes.
 *
 * @param what - the file is, for messages
 * @throws FaceTriggerError `ERR_MODEL_FORMAT` unless it has one float32 input of one picture with three colors,
 * its sides free or from 64 to 4096
 */
export function readPictureNetwork(bytes: Uint8Array, what = 'detector'): PictureNetwork {
  const { inputs, outputs } = readModelInfo(bytes);
  const [input] = inputs;
  const shape = input?.shape ?? [];
  const isPlanar = shape[1] === 3;
  const isOne = typeof shape[0] === 'string' || shape[0] === 0 || shape[0] === 1;
  if (
    inputs.length !== 1 ||
    input!.type !== 'float32' ||
    shape.length !== 4 ||
    !isOne ||
    !(isPlanar || shape[3] === 3)
  ) {
    const received = inputs
      .map(({ name, type, shape }) => `"${name}" ${type} [${shape.join(', ')}]`)
      .join(', ');
    const expected = 'one input float32 [1, 3, height, width] or [1, height, width, 3]';
    throw new FaceTriggerError('ERR_MODEL_FORMAT', expectation(expected, `the ${what} model`, received));
  }
  const [height, width] = isPlanar ? [shape[2]!, shape[3]!] : [shape[1]!, shape[2]!];
  if (
    [width, height].some(
      (side) => typeof side === 'number' && side > 0 && (side < MIN_SIDE || side > MAX_SIDE),
    )
  ) {
    const expected = `pictures of sides from ${MIN_SIDE} to ${MAX_SIDE}`;
    throw new FaceTriggerError(
      'ERR_MODEL_FORMAT',
      expectation(expected, `the ${what} model`, `${width} x ${height}`),
    );
  }
  const isFixed = typeof width === 'number' && typeof height === 'number' && width > 0 && height > 0;
  return { order: isPlanar ? 'nchw' : 'nhwc', window: isFixed ? { width, height } : null, outputs };
}
