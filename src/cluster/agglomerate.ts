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

/** Other explanations that are weighed, the likeliest ones; more add nothing that can be told. */
const RIVALS = 8;
/** ln(odds) by which an explanation has to be behind to be left out: a fiftieth. */
const NEGLIGIBLE = Math.log(50);

/**
 * Puts clumps together, the surest two first, as long as they are more likely one person than not.
 *
 * @param candidates - pairs of living clumps that are compared; a merged clump inherits those of its parts
 * @remarks Average linkage on the graph of candidates: the mean over all pairs of faces counts, so a single pair that
 * happens to be near joins nobody. Two groups are joined only if that beats the other explanations of either, so a
 * group between two people waits for more faces. O(candidates log candidates), and as many products of vectors.
 */
export function agglomerate(grouping: Grouping, candidates: Iterable<Candidate>): void {
  const { clumps, rules, odds } = grouping;
  const heap = new PairHeap();
  const neighborhoods: (Neighborhood | undefined)[] = [];
  const neighborsOf = (clump: number) => (neighborhoods[clump] ??= { clumps: [], logOdds: [] });
  const offer = (a: number, b: number) => {
    const squared = clumps.meanSquared(a, b);
    // A mean is no smaller than the smaller of what it is made of: these two and their heirs are never one.
    if (squared > odds.largestSquared) return;
    const logOdds = odds.logOdds(a, b, squared);
    if (logOdds > 0) heap.push(-logOdds, Math.min(a, b), Math.max(a, b));
    addNeighbor(neighborsOf(a), b, logOdds);
    addNeighbor(neighborsOf(b), a, logOdds);
  };
  const compared = new Set<number>();
  for (const [a, b] of candidates) {
    // Neighbors find each other: most pairs come twice.
    const pair = Math.min(a, b) * clumps.count + Math.max(a, b);
    if (a === b || compared.has(pair)) continue;
    compared.add(pair);
    offer(a, b);
  }
  compared.clear();

  for (let top = heap.pop(); top !== null; top = heap.pop()) {
    const { key, first, second } = top;
    if (!clumps.isAlive(first) || !clumps.isAlive(second) || !rules.mayMerge(first, second)) continue;
    if (clumps.sizeOf(first) > 1 && clumps.sizeOf(second) > 1) {
      const rivals = Math.max(
        rivalOdds({ clump: first, other: second, logOdds: -key }, neighborsOf(first), grouping),
        rivalOdds({ clump: second, other: first, logOdds: -key }, neighborsOf(second), grouping),
      );
      // The odds against "two people" (1) and all rivals.
      if (Math.exp(-key) < 1 + rivals) continue;
    }
    const merged = clumps.merge(first, second);
    rules.merge(first, second, merged);
    const heirs = new Set([...neighborsOf(first).clumps, ...neighborsOf(second).clumps]);
    neighborhoods[first] = neighborhoods[second] = undefined;
    for (const neighbor of heirs) if (clumps.isAlive(neighbor)) offer(neighbor, merged);
  }
}

/**
 * Clumps that one was compared with, and ln(odds) that they are the same.
 *
 * @remarks Those that are gone are passed over: what they became was offered to all of their neighbors.
 */
interface Neighborhood {
  readonly clumps: number[];
  readonly logOdds: number[];
}

function addNeighbor(neighborhood: Neighborhood, clump: number, logOdds: number): void {
  neighborhood.clumps.push(clump);
  neighborhood.logOdds.push(logOdds);
}

/** The odds that a clump belongs to any of the others, as far as those are not the same person as `other`. */
function rivalOdds(
  { clump, other, logOdds }: { readonly clump: number; readonly other: number; readonly logOdds: number },
  neighborhood: Neighborhood,
  { clumps, rules, odds }: Grouping,
): number {
  const person = rules.personOf(other);
  // The likeliest rivals, likeliest first; those that are gone leave the neighborhood.
  const rivals: { readonly rival: number; readonly own: number }[] = [];
  let least = logOdds - NEGLIGIBLE;
  let kept = 0;
  for (let i = 0; i < neighborhood.clumps.length; i++) {
    const rival = neighborhood.clumps[i]!;
    const own = neighborhood.logOdds[i]!;
    if (!clumps.isAlive(rival)) continue;
    neighborhood.clumps[kept] = rival;
    neighborhood.logOdds[kept++] = own;
    if (own <= least || rival === other) continue;
    let place = rivals.length;
    while (place > 0 && rivals[place - 1]!.own < own) place--;
    rivals.splice(place, 0, { rival, own });
    if (rivals.length > RIVALS) rivals.pop();
    if (rivals.length === RIVALS) least = rivals.at(-1)!.own;
  }
  neighborhood.clumps.length = kept;
  neighborhood.logOdds.length = kept;
  let sum = 0;
  for (const { rival, own } of rivals) {
    if (!rules.mayMerge(clump, rival) || (person !== null && rules.personOf(rival) === person)) continue;
    const same = odds.logOdds(other, rival, clumps.meanSquared(other, rival));
    sum += Math.exp(own) / (1 + Math.exp(same));
  }
  return sum;
}
