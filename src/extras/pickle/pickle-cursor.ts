import { damaged } from './pickle-errors.ts';

/** What reading a pickle, and making numbers and texts of its arrays, may still cost. */
export interface Budget {
  instructions: number;
  /** Bytes. */
  produced: number;
}

/**
 * Takes from a budget before the memory is.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` where it does not reach
 */
export function spend(budget: Budget, bytes: number): void {
  budget.produced -= bytes;
  if (budget.produced < 0) throw damaged('it unfolds to too much data');
}

/** A place in the bytes of a pickle; every read is checked against their end. */
export class Cursor {
  readonly #bytes: Buffer;
  readonly #budget: Budget;
  #at = 0;

  constructor(bytes: Uint8Array, budget: Budget) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#budget = budget;
  }

  byte(): number {
    return this.take(1)[0]!;
  }

  take(length: number): Uint8Array {
    if (!(length >= 0) || length > this.#bytes.length - this.#at) throw damaged('it ends too early');
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  view(length: number): DataView {
    const bytes = this.take(length);
    return new DataView(bytes.buffer, bytes.byteOffset, length);
  }

  size8(): number {
    const size = this.view(8).getBigUint64(0, true);
    return size > 0xffffffffn ? Number.POSITIVE_INFINITY : Number(size);
  }

  text(length: number, encoding: 'utf8' | 'latin1'): string {
    const bytes = this.take(length) as Buffer;
    spend(this.#budget, length);
    return bytes.toString(encoding);
  }

  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at);
    if (end === -1) throw damaged('it ends too early');
    const text = this.text(end - this.#at, 'latin1');
    this.#at = end + 1;
    return text;
  }
}
