import { type Budget, spend } from './pickle-cursor.ts';
import { damaged } from './pickle-errors.ts';

const MARK = Symbol('mark');
/** What an empty dictionary takes, the largest of what an instruction of one byte makes. */
const OBJECT_BYTES = 200;

/** What the instructions of a pickle work on: the values so far, and those that are remembered under a number. */
export class PickleStack {
  readonly #budget: Budget;
  readonly #values: unknown[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#values.length;
  }

  push(value: unknown): void {
    this.#values.push(value);
  }

  /** As {@link push}, for what takes memory of its own. */
  make(value: unknown): void {
    spend(this.#budget, OBJECT_BYTES);
    this.#values.push(value);
  }

  mark(): void {
    this.#values.push(MARK);
  }

  /** Takes away whatever is on top, a mark too. */
  drop(): void {
    this.#values.pop();
  }

  pop(): unknown {
    const value = this.top();
    this.#values.pop();
    return value;
  }

  top(): unknown {
    const value = this.#values.at(-1);
    if (this.#values.length === 0 || value === MARK) throw damaged('a value is missing');
    return value;
  }

  popMany(count: number): unknown[] {
    const values = new Array<unknown>(count);
    for (let i = count - 1; i >= 0; i--) values[i] = this.pop();
    return values;
  }

  /** All values down to the last mark, which goes too. */
  popMark(): unknown[] {
    const at = this.#values.lastIndexOf(MARK);
    if (at === -1) throw damaged('a mark is missing');
    const values = this.#values.slice(at + 1);
    this.#values.length = at;
    return values;
  }

  /** Remembers what is on top. @param index - the next free number, where none is given */
  remember(index: number = this.#memo.size): void {
    this.#memo.set(index, this.top());
  }

  recall(index: number): unknown {
    if (!this.#memo.has(index)) throw damaged('it recalls a value that it never kept');
    return this.#memo.get(index);
  }
}
