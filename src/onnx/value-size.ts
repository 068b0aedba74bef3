/** An upper bound of the size of a value in a graph. */
export interface ValueSize {
  /** `null`: only the number of elements is known. */
  readonly dims: readonly number[] | null;
  readonly count: number;
  /** What is in it, where it is a short list of integers that follows from the file. */
  readonly integers?: readonly number[] | null | undefined;
  /** As {@link integers}, for float32. */
  readonly reals?: readonly number[] | null | undefined;
}

/** The size of a shape. */
export function sized(dims: readonly number[], integers: readonly number[] | null = null): ValueSize {
  return { dims, count: dims.reduce((product, size) => product * size, 1), integers };
}

/** So many elements in a shape that is not known. */
export function counted(count: number, integers: readonly number[] | null = null): ValueSize {
  return { dims: null, count, integers };
}

/**
 * The size of what an operator makes that repeats its inputs along axes of size 1.
 *
 * @returns `null` if one of the inputs is not there
 */
export function broadcast(sources: readonly (ValueSize | undefined)[]): ValueSize | null {
  let result = sized([]);
  for (const source of sources) {
    if (source === undefined) return null;
    if (result.dims !== null && source.dims !== null) result = sized(widest(result.dims, source.dims));
    // A single element changes no shape; in unknown ones each element may meet each.
    else result = counted(Math.max(1, result.count) * Math.max(1, source.count));
  }
  return result;
}

function widest(a: readonly number[], b: readonly number[]): number[] {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  const offset = long.length - short.length;
  return long.map((size, i) => Math.max(size, short[i - offset] ?? size));
}
