/** A heap of numbered links, the one of the largest odds on top; they lie in typed arrays that grow. */
export class LinkHeap {
  #odds = new Float64Array(1024);
  #links = new Int32Array(1024);
  #versions = new Int32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The largest odds; -Infinity when empty. */
  get largest(): number {
    return this.#size > 0 ? this.#odds[0]! : Number.NEGATIVE_INFINITY;
  }

  /** @param version - given back by `pop`, so that a link whose odds have changed since can be told */
  push(odds: number, link: number, version: number): void {
    if (this.#size === this.#odds.length) this.#grow();
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#isBefore(odds, link, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#set(place, odds, link, version);
  }

  /** The link of the largest odds; `null` when empty. */
  pop(): { readonly link: number; readonly version: number } | null {
    if (this.#size === 0) return null;
    const top = { link: this.#links[0]!, version: this.#versions[0]! };
    const last = --this.#size;
    const odds = this.#odds[last]!;
    const link = this.#links[last]!;
    const version = this.#versions[last]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (child + 1 < last && this.#isBefore(this.#odds[child + 1]!, this.#links[child + 1]!, child)) child++;
      if (this.#isBefore(odds, link, child)) break;
      this.#move(child, place);
      place = child;
    }
    if (last > 0) this.#set(place, odds, link, version);
    return top;
  }

  /** Equal odds go by the number, so that the order of pushing never decides. */
  #isBefore(odds: number, link: number, place: number): boolean {
    const other = this.#odds[place]!;
    return odds !== other ? odds > other : link < this.#links[place]!;
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#odds[from]!, this.#links[from]!, this.#versions[from]!);
  }

  #set(place: number, odds: number, link: number, version: number): void {
    this.#odds[place] = odds;
    this.#links[place] = link;
    this.#versions[place] = version;
  }

  #grow(): void {
    const length = this.#odds.length * 2;
    const odds = new Float64Array(length);
    odds.set(this.#odds);
    this.#odds = odds;
    const links = new Int32Array(length);
    links.set(this.#links);
    this.#links = links;
    const versions = new Int32Array(length);
    versions.set(this.#versions);
    this.#versions = versions;
  }
}
