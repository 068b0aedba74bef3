interface Entry<Item> {
  readonly item: Item;
  readonly owner: string;
}

/** A queue in which owners take turns, so that many items of one do not keep the others waiting. */
export class FairQueue<Item> {
  readonly #entries: Entry<Item>[] = [];
  /** When owners who have more in the queue had their last turn. */
  readonly #turns = new Map<string, number>();
  #turn = 0;

  get length(): number {
    return this.#entries.length;
  }

  add(item: Item, owner: string): void {
    this.#entries.push({ item, owner });
  }

  /** Takes the first item of whoever had a turn longest ago. */
  take(): Item | undefined {
    const turnOf = ({ owner }: Entry<Item>): number => this.#turns.get(owner) ?? 0;
    let next = this.#entries[0];
    if (next === undefined) return undefined;
    for (const entry of this.#entries) if (turnOf(entry) < turnOf(next)) next = entry;
    const { owner, item } = next;
    this.remove(item);
    if (this.#entries.some((entry) => entry.owner === owner)) this.#turns.set(owner, ++this.#turn);
    return item;
  }

  /** Takes an item out, wherever it stands. */
  remove(item: Item): void {
    const place = this.#entries.findIndex((entry) => entry.item === item);
    if (place < 0) return;
    const [{ owner } = { owner: '' }] = this.#entries.splice(place, 1);
    if (!this.#entries.some((entry) => entry.owner === owner)) this.#turns.delete(owner);
  }

  /** Takes everything out. */
  clear(): readonly Item[] {
    this.#turns.clear();
    return this.#entries.splice(0).map(({ item }) => item);
  }

  /** What has to go where an owner comes to a full queue: the last of whoever has at least two more in it. */
  outbidBy(owner: string): Item | null {
    const counts = new Map<string, number>();
    for (const entry of this.#entries) counts.set(entry.owner, (counts.get(entry.owner) ?? 0) + 1);
    const most = Math.max(0, ...counts.values());
    if (most < (counts.get(owner) ?? 0) + 2) return null;
    return this.#entries.findLast((entry) => counts.get(entry.owner) === most)?.item ?? null;
  }
}
