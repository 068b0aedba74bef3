import type { GraphBuilder } from '../onnx/graph-builder.ts';

/** Columns that one step compares: few, because the last group of a person is filled up by repetition. */
const GROUP = 8;

/**
 * Adds nodes that take the minimum over neighboring columns.
 *
 * @param values - name of a tensor [n, m]
 * @param options.starts - [k + 1]: group g is the columns starts[g] .. starts[g + 1] - 1, none of them empty
 * @returns name of a tensor [n, k]
 * @remarks People have very different numbers of photos, so one padded rectangle could be huge. Columns are
 * gathered into rows of at most eight, a person's last row filled with that person's own last column (which
 * cannot change a minimum), reduced, and again, until every person has one column left: at most 8 k + m columns
 * whatever the numbers are.
 */
export function groupMinimum(
  builder: GraphBuilder,
  values: string,
  { starts }: { readonly starts: ArrayLike<number> },
): string {
  const groups = starts.length - 1;
  let bounds = Int32Array.from(starts);
  for (let level = 0; ; level++) {
    const largest = largestGroup(bounds);
    if (largest === 1) return values;
    const width = Math.min(GROUP, largest);
    const next = new Int32Array(groups + 1);
    for (let g = 0; g < groups; g++) {
      const rows = Math.ceil((bounds[g + 1]! - bounds[g]!) / width);
      next[g + 1] = next[g]! + rows;
    }
    const rows = next[groups]!;
    // [width, rows]: onnxruntime reduces the middle axis many times faster than a last axis of eight.
    const columns = new BigInt64Array(width * rows);
    for (let g = 0; g < groups; g++) {
      const last = bounds[g + 1]! - 1;
      for (let i = 0; i < (next[g + 1]! - next[g]!) * width; i++) {
        columns[(i % width) * rows + next[g]! + Math.floor(i / width)] = BigInt(
          Math.min(bounds[g]! + i, last),
        );
      }
    }
    const indices = builder.initializer(`group_${level}`, {
      type: 'int64',
      dims: [width, rows],
      data: columns,
    });
    const axis = builder.initializer(`group_axis_${level}`, {
      type: 'int64',
      dims: [1],
      data: BigInt64Array.of(1n),
    });
    const gathered = builder.node('Gather', [values, indices], { axis: 1 });
    values = builder.node('ReduceMin', [gathered, axis], { keepdims: 0 });
    bounds = next;
  }
}

function largestGroup(bounds: Int32Array): number {
  let largest = 0;
  for (let g = 0; g + 1 < bounds.length; g++) largest = Math.max(largest, bounds[g + 1]! - bounds[g]!);
  return largest;
}
