/**
 * Solves A x = b for a symmetric positive definite A by Cholesky's factorisation.
 *
 * @param matrix - [n, n] row-major; only the lower triangle is read, and it is overwritten
 * @param right - [n], not changed
 * @returns x [n]; NaN where A is not positive definite
 * @remarks O(n³ / 6).
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array): Float64Array {
  const n = right.length;
  for (let r = 0; r < n; r++) {
    const row = r * n;
    for (let c = 0; c <= r; c++) {
      const other = c * n;
      let sum = matrix[row + c]!;
      for (let k = 0; k < c; k++) sum -= matrix[row + k]! * matrix[other + k]!;
      matrix[row + c] = r === c ? Math.sqrt(sum) : sum / matrix[other + c]!;
    }
  }
  const x = right.slice();
  for (let r = 0; r < n; r++) {
    let sum = x[r]!;
    for (let c = 0; c < r; c++) sum -= matrix[r * n + c]! * x[c]!;
    x[r] = sum / matrix[r * n + r]!;
  }
  for (let r = n - 1; r >= 0; r--) {
    let sum = x[r]!;
    for (let c = r + 1; c < n; c++) sum -= matrix[c * n + r]! * x[c]!;
    x[r] = sum / matrix[r * n + r]!;
  }
  return x;
}
