import type { Clumps } from './clumps.ts';
import type { IdentityRules } from './identity-rules.ts';
import { PairHeap } from './pair-heap.ts';
import type { SamePersonOdds } from './same-person-odds.ts';

/** Two clumps that are worth a look. */
export type Candidate = readonly [number, number];

/** What grouping goes by. */
export interface Grouping {
  readonly clumps: Clumps;
  readonly rules: IdentityRules;
  readonly odds: SamePersonOdds;
}

/**
 * Puts clumps together, the surest two first, as long as they are more likely one person than not.
 *
 * @param candidates - pairs of living clumps that are compared; a merged clump inherits those of its parts
 * @remarks Average linkage on the graph of candidates: the mean over all pairs of faces counts, so a single pair that
 * happens to be near joins nobody. Two groups are joined only if that beats every other explanation of either, so a
 * group between two people waits for more faces. O(candidates log candidates), and as many products of vectors.
 */
export function agglomerate(grouping: Grouping, candidates: Iterable<Candidate>): void {
  const { clumps, rules, odds } = grouping;
  const heap = new PairHeap();
  const neighbors: (number[] | undefined)[] = [];
  const neighborsOf = (clump: number) => (neighbors[clump] ??= []);
  /** @returns whether they can ever be one: a mean is no smaller than the smaller of what it is made of */
  const offer = (a: number, b: number): boolean => {
    const squared = clumps.meanSquared(a, b);
    if (squared > odds.largestSquared) return false;
    const logOdds = odds.logOdds(a, b, squared);
    if (logOdds > 0) heap.push(-logOdds, Math.min(a, b), Math.max(a, b));
    return true;
  };
  // Neighbors find each other, so most pairs come twice, which does no harm.
  for (const [a, b] of candidates) {
    if (!offer(a, b)) continue;
    neighborsOf(a).push(b);
    neighborsOf(b).push(a);
  }
  // For each clump, the last one that it was compared with.
  const comparedWith = new Int32Array(2 * clumps.count + 1).fill(-1);
  const livingNeighbors = (clump: number): number[] => {
    const living = new Set((neighbors[clump] ?? []).map((neighbor) => clumps.find(neighbor)));
    living.delete(clump);
    const list = [...living];
    neighbors[clump] = list;
    return list;
  };
  for (let top = heap.pop(); top !== null; top = heap.pop()) {
    const { key, first, second } = top;
    if (!clumps.isAlive(first) || !clumps.isAlive(second) || !rules.mayMerge(first, second)) continue;
    if (clumps.sizeOf(first) > 1 && clumps.sizeOf(second) > 1) {
      const rivals = Math.max(
        rivalOdds(first, second, livingNeighbors(first), grouping),
        rivalOdds(second, first, livingNeighbors(second), grouping),
      );
      // The odds against "two people" (1) and all rivals.
      if (Math.exp(-key) < 1 + rivals) continue;
    }
    const merged = clumps.merge(first, second);
    rules.merge(first, second, merged);
    const joint: number[] = [];
    for (const old of [first, second]) {
      for (const neighbor of neighbors[old] ?? []) {
        const living = clumps.find(neighbor);
        if (living === merged || comparedWith[living] === merged) continue;
        comparedWith[living] = merged;
        if (!offer(living, merged)) continue;
        joint.push(living);
        neighborsOf(living).push(merged);
      }
      neighbors[old] = undefined;
    }
    neighbors[merged] = joint;
  }
}

/** The odds that a clump belongs to any of the others, as far as those are not the same person as `other`. */
function rivalOdds(
  clump: number,
  other: number,
  rivals: readonly number[],
  { clumps, rules, odds }: Grouping,
): number {
  let sum = 0;
  const person = rules.personOf(other);
  for (const rival of rivals) {
    if (rival === other || !rules.mayMerge(clump, rival)) continue;
    if (person !== null && rules.personOf(rival) === person) continue;
    const squared = clumps.meanSquared(clump, rival);
    if (squared > odds.largestSquared) continue;
    const same = odds.logOdds(other, rival, clumps.meanSquared(other, rival));
    sum += Math.exp(odds.logOdds(clump, rival, squared)) / (1 + Math.exp(same));
  }
  return sum;
}
