import { expectation, FaceTriggerError, invalidArgument } from '../core/errors.ts';

/** Labels as positions in the sorted list of the labels that occur. */
export interface EncodedLabels {
  /** The labels that occur, ascending. */
  readonly classes: readonly number[];
  /** For every sample the position of its label in `classes`. */
  readonly codes: Int32Array;
  /** How many samples each class has. */
  readonly counts: Int32Array;
}

/**
 * Finds the classes among integer labels.
 *
 * @param labels - one integer >= 0 a sample, as the label map encodes people
 * @param options.count - how many labels there must be
 * @throws FaceTriggerError `ERR_SHAPE_MISMATCH` for another count, `ERR_INVALID_ARGUMENT` for another value
 */
export function encodeLabels(
  labels: ArrayLike<number>,
  options: { readonly count?: number | undefined } = {},
): EncodedLabels {
  if (options.count !== undefined && labels.length !== options.count) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation(`one label for each of ${options.count} embeddings`, 'labels', labels.length),
    );
  }
  const values = Array.from(labels);
  for (const [i, label] of values.entries()) {
    if (!Number.isInteger(label) || label < 0 || label >= 2 ** 31)
      throw invalidArgument('an integer from 0 to 2147483647', `labels[${i}]`, label);
  }
  const classes = [...new Set(values)].sort((a, b) => a - b);
  const position = new Map(classes.map((label, i) => [label, i]));
  const codes = Int32Array.from(values, (label) => position.get(label)!);
  const counts = new Int32Array(classes.length);
  for (const code of codes) counts[code]! += 1;
  return { classes, codes, counts };
}
