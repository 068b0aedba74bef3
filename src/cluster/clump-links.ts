import type { PairList } from './pair-list.ts';

/** A link that is no more. */
const GONE = -1;

/**
 * Which clumps are compared with which, and what the last comparison said.
 *
 * @remarks Links are made once, and move along when clumps are merged: what was compared with either part is compared
 * with what they have become.
 */
export class ClumpLinks {
  readonly #first: Int32Array;
  readonly #second: Int32Array;
  readonly #odds: Float64Array;
  readonly #versions: Int32Array;
  /** Links of each clump; those that are gone leave when they are met. */
  readonly #ofClump: number[][];
  /** The merge at which a clump was last met as a neighbor. */
  readonly #met: Int32Array;
  #merges = 0;

  /** @param clumps - how many there are */
  constructor(pairs: PairList, clumps: number) {
    const { first, second } = pairs.distinct();
    this.#first = first;
    this.#second = second;
    this.#odds = new Float64Array(first.length);
    this.#versions = new Int32Array(first.length);
    this.#ofClump = Array.from({ length: clumps }, () => []);
    this.#met = new Int32Array(clumps);
    for (let link = 0; link < first.length; link++) {
      this.#ofClump[first[link]!]!.push(link);
      this.#ofClump[second[link]!]!.push(link);
    }
  }

  get count(): number {
    return this.#first.length;
  }

  isGone(link: number): boolean {
    return this.#first[link] === GONE;
  }

  /** The clumps that a link joins. */
  endsOf(link: number): readonly [number, number] {
    return [this.#first[link]!, this.#second[link]!];
  }

  /** The clump at the other end. */
  across(link: number, clump: number): number {
    return this.#first[link] === clump ? this.#second[link]! : this.#first[link]!;
  }

  /** ln(odds) that both ends are the same person, when they were last compared. */
  oddsOf(link: number): number {
    return this.#odds[link]!;
  }

  /** Grows with each comparison. */
  versionOf(link: number): number {
    return this.#versions[link]!;
  }

  setOdds(link: number, odds: number): void {
    this.#odds[link] = odds;
    this.#versions[link]!++;
  }

  remove(link: number): void {
    this.#first[link] = GONE;
  }

  /** Links of a clump that are there. */
  linksOf(clump: number): readonly number[] {
    const links = this.#ofClump[clump]!;
    let kept = 0;
    for (const link of links) if (!this.isGone(link)) links[kept++] = link;
    links.length = kept;
    return links;
  }

  /** Makes the links of one clump those of another, where that has none to the same end. @returns those that moved */
  move(from: number, into: number): readonly number[] {
    const merge = ++this.#merges;
    this.#met[into] = merge;
    const links = this.linksOf(into) as number[];
    for (const link of links) this.#met[this.across(link, into)] = merge;
    const moved: number[] = [];
    for (const link of this.linksOf(from)) {
      const end = this.across(link, from);
      if (this.#met[end] === merge) {
        this.remove(link);
        continue;
      }
      this.#met[end] = merge;
      if (this.#first[link] === from) this.#first[link] = into;
      else this.#second[link] = into;
      links.push(link);
      moved.push(link);
    }
    this.#ofClump[from] = [];
    return moved;
  }
}
