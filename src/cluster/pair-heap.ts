/** A heap of pairs of numbers, the pair of the smallest key on top; keys and pairs lie in typed arrays that grow. */
export class PairHeap {
  #keys = new Float64Array(1024);
  #first = new Int32Array(1024);
  #second = new Int32Array(1024);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: number, first: number, second: number): void {
    if (this.#size === this.#keys.length) this.#grow();
    let place = this.#size++;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.#before(key, first, second, parent)) break;
      this.#move(parent, place);
      place = parent;
    }
    this.#set(place, key, first, second);
  }

  /** The smallest key and its pair; `null` when empty. */
  pop(): { readonly key: number; readonly first: number; readonly second: number } | null {
    if (this.#size === 0) return null;
    const top = { key: this.#keys[0]!, first: this.#first[0]!, second: this.#second[0]! };
    const last = --this.#size;
    const key = this.#keys[last]!;
    const first = this.#first[last]!;
    const second = this.#second[last]!;
    let place = 0;
    for (;;) {
      let child = 2 * place + 1;
      if (child >= last) break;
      if (
        child + 1 < last &&
        this.#before(this.#keys[child + 1]!, this.#first[child + 1]!, this.#second[child + 1]!, child)
      ) {
        child++;
      }
      if (this.#before(key, first, second, child)) break;
      this.#move(child, place);
      place = child;
    }
    if (last > 0) this.#set(place, key, first, second);
    return top;
  }

  /** Equal keys go by the pair, so that the order of pushing never decides. */
  #before(key: number, first: number, second: number, place: number): boolean {
    const other = this.#keys[place]!;
    if (key !== other) return key < other;
    return first !== this.#first[place]! ? first < this.#first[place]! : second < this.#second[place]!;
  }

  #move(from: number, to: number): void {
    this.#set(to, this.#keys[from]!, this.#first[from]!, this.#second[from]!);
  }

  #set(place: number, key: number, first: number, second: number): void {
    this.#keys[place] = key;
    this.#first[place] = first;
    this.#second[place] = second;
  }

  #grow(): void {
    const length = this.#keys.length * 2;
    const keys = new Float64Array(length);
    keys.set(this.#keys);
    this.#keys = keys;
    const first = new Int32Array(length);
    first.set(this.#first);
    this.#first = first;
    const second = new Int32Array(length);
    second.set(this.#second);
    this.#second = second;
  }
}
