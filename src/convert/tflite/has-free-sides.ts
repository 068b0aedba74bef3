import type { TfliteGraph, TfliteOperator } from './read-tflite.ts';

/** Values of BuiltinOperator. Source: tensorflow/lite/schema/schema.fbs. */
const [CONVOLUTION, DEQUANTIZE, MAX_POOL, RESHAPE] = [3, 6, 17, 22];
const DEPTHWISE = 4;
/** Padding that keeps the sides but for the stride. */
const SAME = 0;
/** What is shrunk further says something of the whole picture, not of a place in it. */
const MOST_SHRUNK = 64;

/**
 * Finds out whether a network that was written down for pictures of one size takes others too: everything that it
 * computes is the picture shrunk by a whole number, and at the end a list of what is said of each cell.
 *
 * @returns whether it takes all sides that are whole multiples of what it shrinks the picture to a pixel of
 */
export function hasFreeSides(source: TfliteGraph): boolean {
  const { tensors, inputs, operators } = source;
  const [picture] = inputs.map((index) => tensors[index]!.shape);
  if (inputs.length !== 1 || picture?.length !== 4) return false;
  return operators.every((operator) => {
    if (operator.code === DEQUANTIZE) return true;
    const [from] = operator.inputs.map((index) => tensors[index]?.shape);
    const to = tensors[operator.outputs[0] ?? -1]?.shape;
    if (!from || !to) return false;
    if (operator.code === RESHAPE) return isListOfCells(from, to);
    return isShrunk(to, picture) && keepsPlaces(operator, source, to);
  });
}

function isListOfCells(from: readonly number[], to: readonly number[]): boolean {
  return from.length === 4 && to.length === 3 && from[0] === to[0] && to[2]! > 0 && from[3]! % to[2]! === 0;
}

function isShrunk(shape: readonly number[], picture: readonly number[]): boolean {
  if (shape.length !== 4) return false;
  const [rows, columns] = [picture[1]! / shape[1]!, picture[2]! / shape[2]!];
  return rows === columns && Number.isInteger(rows) && rows <= MOST_SHRUNK;
}

/** Whether what an operator says of a place depends on what is near it alone, as far as borders let it. */
function keepsPlaces(
  { code, inputs, options }: TfliteOperator,
  { tensors }: TfliteGraph,
  to: readonly number[],
) {
  if (code === CONVOLUTION || code === DEPTHWISE) {
    const [, rows, columns] = tensors[inputs[1] ?? -1]?.shape ?? [];
    return (rows === 1 && columns === 1) || options?.integer(0, 'i8') === SAME;
  }
  if (code === MAX_POOL) return options?.integer(0, 'i8') === SAME || isWholeStep(options);
  // A constant for each pixel would fit pictures of one size only.
  return inputs.every((index) => {
    const { shape, data } = tensors[index] ?? { shape: [], data: [] };
    return data.length === 0 || shape.length !== 4 || shape[1] !== to[1] || shape[1] === 1;
  });
}

/** Windows that lie side by side need no border. */
function isWholeStep(options: TfliteOperator['options']): boolean {
  const of = (field: number) => options?.integer(field, 'i32') ?? 0;
  return of(1) === of(3) && of(2) === of(4);
}
