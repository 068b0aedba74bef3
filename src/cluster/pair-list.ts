/** Pairs of two different numbers, in no order; they lie in one array that grows. */
export class PairList {
  readonly #base: number;
  #codes = new Float64Array(1024);
  #length = 0;

  /** @param base - all numbers are below it; at most 2 ** 26 */
  constructor(base: number) {
    this.#base = base;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(a: number, b: number): void {
    if (this.#length === this.#codes.length) {
      const grown = new Float64Array(this.#length * 2);
      grown.set(this.#codes);
      this.#codes = grown;
    }
    this.#codes[this.#length++] = Math.min(a, b) * this.#base + Math.max(a, b);
  }

  /** Each pair once, the smaller number first; neighbors find each other, so most pairs come twice. */
  distinct(): { readonly first: Int32Array; readonly second: Int32Array } {
    const codes = this.#codes.subarray(0, this.#length).slice().sort();
    const first = new Int32Array(codes.length);
    const second = new Int32Array(codes.length);
    let count = 0;
    for (let i = 0; i < codes.length; i++) {
      const code = codes[i]!;
      if (i > 0 && code === codes[i - 1]) continue;
      first[count] = Math.floor(code / this.#base);
      second[count++] = code % this.#base;
    }
    return { first: first.subarray(0, count), second: second.subarray(0, count) };
  }
}
