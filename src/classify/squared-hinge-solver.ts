import type { Random } from '../core/random/random.ts';
import { solveSymmetric } from './solve-symmetric.ts';

/** One two-class problem: which samples are on the positive side, and what an error on each side costs. */
export interface SquaredHingeProblem {
  /** [rows, columns] row-major, the constant feature of the bias included. */
  readonly features: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** +1 or -1 for every row. */
  readonly signs: Int8Array;
  readonly positiveCost: number;
  readonly negativeCost: number;
  /** Σ x xᵀ over all rows, [columns, columns], made on first use; problems on the same rows share it. */
  readonly gram: () => Float64Array;
}

/** When to stop. */
export interface SquaredHingeLimits {
  /** Largest violation of the dual's optimality conditions that counts as solved. */
  readonly tolerance: number;
  /** Passes of coordinate descent before Newton's method takes over. */
  readonly maxIterations: number;
}

/** What {@link solveSquaredHinge} found. */
export interface SquaredHingeSolution {
  readonly weights: Float64Array;
  readonly converged: boolean;
}

/** Newton's method ends in about ten steps; a problem that needs more than this is numerically broken. */
const MAX_NEWTON_STEPS = 100;

/**
 * Minimizes ½ w·w + Σ Cᵢ max(0, 1 - yᵢ w·xᵢ)² over w.
 *
 * @remarks Dual coordinate descent with shrinking (Hsieh et al. 2008, algorithm 3; the L2-loss solver of
 * LIBLINEAR) comes near in a few cheap passes, but for large C it needs thousands to agree in the fifth digit.
 * So a semismooth Newton method on the primal finishes: the objective is quadratic on each set of margin
 * violators, hence once that set is right, one linear solve is the exact optimum (Chapelle 2007).
 */
export function solveSquaredHinge(
  problem: SquaredHingeProblem,
  options: SquaredHingeLimits & { readonly random: Random },
): SquaredHingeSolution {
  const weights = new Float64Array(problem.columns);
  const converged = descend(problem, weights, options);
  return converged ? { weights, converged } : finish(problem, weights);
}

function descend(
  problem: SquaredHingeProblem,
  weights: Float64Array,
  options: SquaredHingeLimits & { readonly random: Random },
): boolean {
  const { features, rows, columns, signs } = problem;
  const alpha = new Float64Array(rows);
  const curvature = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    curvature[i] = squaredNorm(features, i * columns, columns) + diagonal(problem, i);
  }
  const order = Int32Array.from({ length: rows }, (_, i) => i);
  let active = rows;
  let bound = Number.POSITIVE_INFINITY;

  for (let pass = 0; pass < options.maxIterations; pass++) {
    options.random.shuffle(order.subarray(0, active));
    let highest = Number.NEGATIVE_INFINITY;
    let lowest = Number.POSITIVE_INFINITY;
    for (let s = 0; s < active; s++) {
      const i = order[s]!;
      const sign = signs[i]!;
      const start = i * columns;
      const before = alpha[i]!;
      const gradient = sign * dot(features, start, weights) - 1 + before * diagonal(problem, i);
      let projected = gradient;
      if (before === 0) {
        if (gradient > bound) {
          // This one will stay at its bound: put it behind the active ones and skip it from now on.
          active -= 1;
          order[s] = order[active]!;
          order[active] = i;
          s -= 1;
          continue;
        }
        projected = Math.min(gradient, 0);
      }
      highest = Math.max(highest, projected);
      lowest = Math.min(lowest, projected);
      if (projected === 0) continue;
      const after = Math.max(before - gradient / curvature[i]!, 0);
      alpha[i] = after;
      addScaled(weights, (after - before) * sign, features, start);
    }
    if (highest - lowest <= options.tolerance) {
      if (active === rows) return true;
      // Solved on the active ones: look at everything once more before believing it.
      active = rows;
      bound = Number.POSITIVE_INFINITY;
      continue;
    }
    bound = highest > 0 ? highest : Number.POSITIVE_INFINITY;
  }
  return false;
}

function finish(problem: SquaredHingeProblem, weights: Float64Array): SquaredHingeSolution {
  let margins = marginsOf(problem, weights);
  for (let step = 0; step < MAX_NEWTON_STEPS; step++) {
    const target = minimizeOnViolators(problem, margins);
    const targetMargins = marginsOf(problem, target);
    const change = target.map((value, j) => value - weights[j]!);
    const length = stepLength(problem, { weights, change, margins, targetMargins });
    if (length === 'solved' || (length === 1 && sameViolators(margins, targetMargins))) {
      return { weights: target, converged: true };
    }
    if (length === 0) break;
    for (let j = 0; j < weights.length; j++) weights[j]! += length * change[j]!;
    margins = length === 1 ? targetMargins : marginsOf(problem, weights);
  }
  return { weights, converged: false };
}

/** The minimum of the quadratic that the objective is while the violators stay the same. */
function minimizeOnViolators(problem: SquaredHingeProblem, margins: Float64Array): Float64Array {
  const { rows, columns } = problem;
  const violators: number[] = [];
  for (let i = 0; i < rows; i++) if (margins[i]! < 1) violators.push(i);
  return violators.length <= columns
    ? minimizeInDual(problem, violators)
    : minimizeInPrimal(problem, margins, violators.length);
}

/** (Q + D) α = 1 over the violators: the smaller system when they are fewer than the columns. */
function minimizeInDual(problem: SquaredHingeProblem, violators: readonly number[]): Float64Array {
  const { features, columns, signs } = problem;
  const n = violators.length;
  const matrix = new Float64Array(n * n);
  for (let a = 0; a < n; a++) {
    const i = violators[a]!;
    const row = features.subarray(i * columns, (i + 1) * columns);
    for (let b = 0; b <= a; b++) {
      const j = violators[b]!;
      matrix[a * n + b] = signs[i]! * signs[j]! * dot(features, j * columns, row);
    }
    matrix[a * n + a]! += diagonal(problem, i);
  }
  const alpha = solveSymmetric(matrix, new Float64Array(n).fill(1));
  const weights = new Float64Array(columns);
  for (let a = 0; a < n; a++) {
    addScaled(weights, alpha[a]! * signs[violators[a]!]!, features, violators[a]! * columns);
  }
  return weights;
}

/** (I + Σ 2 Cᵢ x xᵀ) w = Σ 2 Cᵢ yᵢ xᵢ over the violators. */
function minimizeInPrimal(
  problem: SquaredHingeProblem,
  margins: Float64Array,
  violators: number,
): Float64Array {
  const { features, rows, columns, signs } = problem;
  // Starting from the shared Σ x xᵀ and taking away what is not a violator is cheaper when most are (small C).
  const shared = violators > rows / 2 ? problem.negativeCost : 0;
  const matrix =
    shared > 0 ? problem.gram().map((value) => 2 * shared * value) : new Float64Array(columns ** 2);
  const right = new Float64Array(columns);
  for (let i = 0; i < rows; i++) {
    const cost = margins[i]! < 1 ? costOf(problem, i) : 0;
    if (cost !== 0) addScaled(right, 2 * cost * signs[i]!, features, i * columns);
    if (cost !== shared)
      addOuter(matrix, 2 * (cost - shared), features.subarray(i * columns, (i + 1) * columns));
  }
  for (let j = 0; j < columns; j++) matrix[j * columns + j]! += 1;
  return solveSymmetric(matrix, right);
}

/** Adds scale * x xᵀ to the lower triangle. */
export function addOuter(matrix: Float64Array, scale: number, x: Float64Array): void {
  const n = x.length;
  for (let r = 0; r < n; r++) {
    const factor = scale * x[r]!;
    const start = r * n;
    for (let c = 0; c <= r; c++) matrix[start + c]! += factor * x[c]!;
  }
}

/**
 * The largest of 1, ½, ¼ ... that decreases the objective enough (Armijo); 0 if none does; 'solved' where the
 * decrease still to be had is lost in the rounding of the objective itself, so that no step can be judged.
 */
function stepLength(
  problem: SquaredHingeProblem,
  line: {
    readonly weights: Float64Array;
    readonly change: Float64Array;
    readonly margins: Float64Array;
    readonly targetMargins: Float64Array;
  },
): number | 'solved' {
  const { weights, change, margins, targetMargins } = line;
  const along = (t: number) => {
    let value = 0;
    for (let j = 0; j < weights.length; j++) value += 0.5 * (weights[j]! + t * change[j]!) ** 2;
    for (let i = 0; i < margins.length; i++) {
      const slack = 1 - margins[i]! - t * (targetMargins[i]! - margins[i]!);
      if (slack > 0) value += costOf(problem, i) * slack * slack;
    }
    return value;
  };
  let slope = 0;
  for (let j = 0; j < weights.length; j++) slope += weights[j]! * change[j]!;
  for (let i = 0; i < margins.length; i++) {
    const slack = 1 - margins[i]!;
    if (slack > 0) slope -= 2 * costOf(problem, i) * slack * (targetMargins[i]! - margins[i]!);
  }
  const start = along(0);
  // -slope bounds |w - w*|² because the objective is strongly convex with modulus 1.
  if (-slope <= 1e-13 * start) return 'solved';
  // 1e-4 and halving: the usual constants of a backtracking line search (Nocedal and Wright, algorithm 3.1).
  for (let t = 1; t > 1e-10; t /= 2) if (along(t) <= start + 1e-4 * t * slope) return t;
  return 0;
}

function sameViolators(a: Float64Array, b: Float64Array): boolean {
  for (let i = 0; i < a.length; i++) if (a[i]! < 1 !== b[i]! < 1) return false;
  return true;
}

function marginsOf(problem: SquaredHingeProblem, weights: Float64Array): Float64Array {
  const { features, rows, columns, signs } = problem;
  const margins = new Float64Array(rows);
  for (let i = 0; i < rows; i++) margins[i] = signs[i]! * dot(features, i * columns, weights);
  return margins;
}

function costOf(problem: SquaredHingeProblem, row: number): number {
  return problem.signs[row]! > 0 ? problem.positiveCost : problem.negativeCost;
}

function diagonal(problem: SquaredHingeProblem, row: number): number {
  return 0.5 / costOf(problem, row);
}

function squaredNorm(values: Float64Array, start: number, length: number): number {
  let sum = 0;
  for (let j = start; j < start + length; j++) sum += values[j]! * values[j]!;
  return sum;
}

function dot(features: Float64Array, start: number, vector: Float64Array): number {
  // Four sums at once: the processor need not wait for one addition before it begins the next.
  const length = vector.length;
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  let j = 0;
  for (; j + 3 < length; j += 4) {
    a += features[start + j]! * vector[j]!;
    b += features[start + j + 1]! * vector[j + 1]!;
    c += features[start + j + 2]! * vector[j + 2]!;
    d += features[start + j + 3]! * vector[j + 3]!;
  }
  for (; j < length; j++) a += features[start + j]! * vector[j]!;
  return a + b + (c + d);
}

function addScaled(vector: Float64Array, scale: number, features: Float64Array, start: number): void {
  for (let j = 0; j < vector.length; j++) vector[j]! += scale * features[start + j]!;
}
