import { ClumpLinks } from './clump-links.ts';
import type { Clumps } from './clumps.ts';
import type { IdentityRules } from './identity-rules.ts';
import { LinkHeap } from './link-heap.ts';
import type { PairList } from './pair-list.ts';
import type { SamePersonOdds } from './same-person-odds.ts';

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
/** A clump is compared anew with all of its neighbors once it has grown by this share: before, it has hardly changed. */
const GROWTH = 1 / 32;

/**
 * Puts clumps together, the surest two first, as long as they are more likely one person than not.
 *
 * @param candidates - pairs of living clumps that are compared; a merged clump inherits those of its parts
 * @returns the living clumps that have grown
 * @remarks Average linkage on the graph of candidates: the mean over all pairs of faces counts, so a single pair that
 * happens to be near joins nobody. Two groups are joined only if that beats the other explanations of either, so a
 * group between two people waits for more faces. What is next is compared once more before it is joined.
 */
export function agglomerate(grouping: Grouping, candidates: PairList): number[] {
  const { clumps, rules, odds } = grouping;
  const heap = new LinkHeap();
  const links = new ClumpLinks(candidates, clumps.count);
  const compare = (link: number): void => {
    const [a, b] = links.endsOf(link);
    const squared = clumps.meanSquared(a, b);
    // A mean is no smaller than the smaller of what it is made of: these two and their heirs are never one.
    if (squared > odds.largestSquared) links.remove(link);
    else links.setOdds(link, odds.logOdds(a, b, squared));
  };
  const offer = (link: number): void => {
    compare(link);
    const logOdds = links.oddsOf(link);
    if (!links.isGone(link) && logOdds > 0) heap.push(logOdds, link, links.versionOf(link));
  };
  for (let link = 0; link < links.count; link++) offer(link);

  const grown = new Set<number>();
  const comparedAt = new Float64Array(clumps.count);
  for (let top = heap.pop(); top !== null; top = heap.pop()) {
    const { link, version } = top;
    if (links.isGone(link) || links.versionOf(link) !== version) continue;
    const [a, b] = links.endsOf(link);
    if (!rules.mayMerge(a, b)) continue;
    compare(link);
    const logOdds = links.oddsOf(link);
    if (links.isGone(link) || logOdds <= 0) continue;
    if (logOdds < heap.largest) {
      heap.push(logOdds, link, links.versionOf(link));
      continue;
    }
    if (clumps.sizeOf(a) > 1 && clumps.sizeOf(b) > 1) {
      const pair = { links, logOdds };
      const rivals = Math.max(
        rivalOdds({ ...pair, clump: a, other: b }, grouping),
        rivalOdds({ ...pair, clump: b, other: a }, grouping),
      );
      // The odds against "two people" (1) and all rivals.
      if (Math.exp(logOdds) < 1 + rivals) continue;
    }
    const [into, from] = clumps.sizeOf(a) < clumps.sizeOf(b) ? [b, a] : [a, b];
    clumps.merge(into, from);
    rules.merge(into, from);
    grown.delete(from);
    grown.add(into);
    links.remove(link);
    const moved = links.move(from, into);
    const isDue = clumps.sizeOf(into) >= comparedAt[into]! * (1 + GROWTH);
    if (isDue) comparedAt[into] = clumps.sizeOf(into);
    for (const one of isDue ? links.linksOf(into) : moved) offer(one);
  }
  return [...grown].sort((a, b) => a - b);
}

/** The odds that a clump belongs to any of the others, as far as those are not the same person as `other`. */
function rivalOdds(
  pair: {
    readonly links: ClumpLinks;
    readonly clump: number;
    readonly other: number;
    readonly logOdds: number;
  },
  { clumps, rules, odds }: Grouping,
): number {
  const { links, clump, other, logOdds } = pair;
  const person = rules.personOf(other);
  // The likeliest rivals, likeliest first.
  const rivals: { readonly rival: number; readonly own: number }[] = [];
  let least = logOdds - NEGLIGIBLE;
  for (const link of links.linksOf(clump)) {
    const own = links.oddsOf(link);
    if (own <= least) continue;
    const rival = links.across(link, clump);
    if (rival === other) continue;
    let place = rivals.length;
    while (place > 0 && rivals[place - 1]!.own < own) place--;
    rivals.splice(place, 0, { rival, own });
    if (rivals.length > RIVALS) rivals.pop();
    if (rivals.length === RIVALS) least = rivals.at(-1)!.own;
  }
  let sum = 0;
  for (const { rival, own } of rivals) {
    if (!rules.mayMerge(clump, rival) || (person !== null && rules.personOf(rival) === person)) continue;
    const same = odds.logOdds(other, rival, clumps.meanSquared(other, rival));
    sum += Math.exp(own) / (1 + Math.exp(same));
  }
  return sum;
}
