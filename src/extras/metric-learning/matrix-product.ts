/** Numbers of a matrix, row-major. */
type Matrix = Float64Array | Float32Array;

/** Rows of the right-hand matrix that are used for all rows of the left before the next ones: they stay in the cache. */
const BLOCK = 64;

/**
 * out [rows, columns] += a [rows, inner] · b [inner, columns]
 *
 * @remarks Zeros of a are skipped: about half of what comes out of a relu is zero. The others are taken four at a time,
 * so that a number of out is read and written once for four products.
 */
export function addProduct(
  out: Float64Array,
  { a, b, inner }: { readonly a: Matrix; readonly b: Matrix; readonly inner: number },
): void {
  if (inner === 0) return;
  const rows = a.length / inner;
  const columns = out.length / rows;
  const factors = new Float64Array(BLOCK);
  const places = new Int32Array(BLOCK);
  for (let start = 0; start < inner; start += BLOCK) {
    const end = Math.min(inner, start + BLOCK);
    for (let i = 0; i < rows; i++) {
      let count = 0;
      for (let k = start; k < end; k++) {
        const factor = a[i * inner + k]!;
        if (factor === 0) continue;
        factors[count] = factor;
        places[count++] = k * columns;
      }
      addScaledRows(out, i * columns, { b, columns, factors, places, count });
    }
  }
}

/** out [inner, columns] += aᵀ · b for a [rows, inner] and b [rows, columns] */
export function addTransposedProduct(
  out: Float64Array,
  { a, b, rows }: { readonly a: Matrix; readonly b: Matrix; readonly rows: number },
): void {
  if (out.length === 0) return;
  const inner = a.length / rows;
  const columns = b.length / rows;
  const factors = new Float64Array(BLOCK);
  const places = new Int32Array(BLOCK);
  for (let start = 0; start < rows; start += BLOCK) {
    const end = Math.min(rows, start + BLOCK);
    for (let k = 0; k < inner; k++) {
      let count = 0;
      for (let i = start; i < end; i++) {
        const factor = a[i * inner + k]!;
        if (factor === 0) continue;
        factors[count] = factor;
        places[count++] = i * columns;
      }
      addScaledRows(out, k * columns, { b, columns, factors, places, count });
    }
  }
}

/** out [rows, inner] += a [rows, columns] · bᵀ for b [inner, columns] */
export function addProductWithTransposed(
  out: Float64Array,
  { a, b, columns }: { readonly a: Matrix; readonly b: Matrix; readonly columns: number },
): void {
  const rows = a.length / columns;
  const inner = b.length / columns;
  for (let i = 0; i < rows; i++) {
    const left = i * columns;
    for (let k = 0; k < inner; k++) {
      const right = k * columns;
      let even = 0;
      let odd = 0;
      let j = 0;
      // Two sums: each addition would wait for the one before it.
      for (; j + 1 < columns; j += 2) {
        even += a[left + j]! * b[right + j]!;
        odd += a[left + j + 1]! * b[right + j + 1]!;
      }
      if (j < columns) even += a[left + j]! * b[right + j]!;
      out[i * inner + k]! += even + odd;
    }
  }
}

interface ScaledRows {
  readonly b: Matrix;
  readonly columns: number;
  readonly factors: Float64Array;
  /** Where in b the row of each factor starts. */
  readonly places: Int32Array;
  readonly count: number;
}

function addScaledRows(out: Float64Array, to: number, rows: ScaledRows): void {
  const { b, columns, factors, places, count } = rows;
  let at = 0;
  for (; at + 3 < count; at += 4) {
    const f0 = factors[at]!;
    const f1 = factors[at + 1]!;
    const f2 = factors[at + 2]!;
    const f3 = factors[at + 3]!;
    const r0 = places[at]!;
    const r1 = places[at + 1]!;
    const r2 = places[at + 2]!;
    const r3 = places[at + 3]!;
    for (let j = 0; j < columns; j++) {
      out[to + j]! += f0 * b[r0 + j]! + f1 * b[r1 + j]! + (f2 * b[r2 + j]! + f3 * b[r3 + j]!);
    }
  }
  for (; at < count; at++) {
    const factor = factors[at]!;
    const from = places[at]!;
    for (let j = 0; j < columns; j++) out[to + j]! += factor * b[from + j]!;
  }
}
