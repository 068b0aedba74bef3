import type { TfliteGraph } from './read-tflite.ts';

/** Values of BuiltinOperator. Source: tensorflow/lite/schema/schema.fbs. */
const [ADD, MUL, RELU, SUB, ABS] = [0, 18, 19, 41, 101];

/** A PReLU that is spelled Relu(x) + half (x - |x|). */
export interface SpelledPrelu {
  /** Tensors: what goes in, and half of each channel's slope. */
  readonly x: number;
  readonly half: number;
}

/**
 * Finds the PReLUs of a network.
 *
 * @returns by the index of the operator that gives their result, and the indices of the operators that are needed for
 * nothing else
 */
export function findPrelus({ operators, tensors }: TfliteGraph): {
  readonly found: ReadonlyMap<number, SpelledPrelu>;
  readonly inner: ReadonlySet<number>;
} {
  const givers = new Map(operators.flatMap(({ outputs }, index) => outputs.map((tensor) => [tensor, index])));
  const uses = new Map<number, number>();
  for (const tensor of operators.flatMap(({ inputs }) => inputs))
    uses.set(tensor, (uses.get(tensor) ?? 0) + 1);
  const giver = (tensor: number | undefined, code: number) => {
    const index = givers.get(tensor ?? -1);
    const operator = index === undefined ? undefined : operators[index];
    return operator?.code === code && uses.get(tensor!) === 1 ? { ...operator, index: index! } : null;
  };
  const found = new Map<number, SpelledPrelu>();
  const inner = new Set<number>();
  for (const [index, operator] of operators.entries()) {
    if (operator.code !== ADD) continue;
    const relu = operator.inputs.map((tensor) => giver(tensor, RELU!)).find((one) => one !== null);
    const product = operator.inputs.map((tensor) => giver(tensor, MUL!)).find((one) => one !== null);
    const half = product?.inputs.find((tensor) => (tensors[tensor]?.data.length ?? 0) > 0);
    const difference = product?.inputs.map((tensor) => giver(tensor, SUB!)).find((one) => one !== null);
    const absolute = giver(difference?.inputs[1], ABS!);
    const x = difference?.inputs[0];
    if (!relu || !product || !difference || !absolute || half === undefined || x === undefined) continue;
    if (relu.inputs[0] !== x || absolute.inputs[0] !== x || tensors[half]!.shape.length !== 1) continue;
    found.set(index, { x, half });
    for (const { index: part } of [relu, product, difference, absolute]) inner.add(part);
  }
  return { found, inner };
}
