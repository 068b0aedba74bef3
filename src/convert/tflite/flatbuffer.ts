import { FaceTriggerError } from '../../core/errors.ts';
import type { DecodeBudget } from '../decode-budget.ts';

/** Longest vector that is read: files of networks have far fewer tables in one. */
const MAX_ITEMS = 1_000_000;
/** What a table takes in memory beside its fields, about. */
const TABLE_BYTES = 128;

/**
 * A table of a FlatBuffers file, whose fields are read by their number in the schema.
 *
 * @remarks Every offset is checked against the file, so that no file can make it read elsewhere, and what is read is
 * counted, as many fields may lead to one list. Source: flatbuffers.dev, "FlatBuffer internals".
 */
export class FlatTable {
  readonly #view: DataView;
  readonly #at: number;
  readonly #vtable: number;
  readonly #fields: number;
  readonly #budget: DecodeBudget;

  private constructor(view: DataView, at: number, budget: DecodeBudget) {
    budget.spend(TABLE_BYTES);
    this.#view = view;
    this.#at = at;
    this.#budget = budget;
    this.#vtable = at - within(view, at, 4).getInt32(at, true);
    const length = within(view, this.#vtable, 4).getUint16(this.#vtable, true);
    within(view, this.#vtable, length);
    this.#fields = (length - 4) >> 1;
  }

  /**
   * @param identifier - the four letters that the file begins with, after its first offset
   * @param budget - of this file
   * @throws FaceTriggerError `ERR_MODEL_FORMAT`
   */
  static root(bytes: Uint8Array, identifier: string, budget: DecodeBudget): FlatTable {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const letters = String.fromCharCode(...bytes.subarray(4, 8));
    if (letters !== identifier) throw damaged(`it does not begin with "${identifier}"`);
    return new FlatTable(view, within(view, 0, 4).getUint32(0, true), budget);
  }

  /** An integer of up to 32 bits. @param kind - its type in the schema */
  integer(field: number, kind: 'i8' | 'u8' | 'i32' | 'u32', otherwise = 0): number {
    const at = this.#place(field);
    if (at === null) return otherwise;
    const view = within(this.#view, at, kind.endsWith('8') ? 1 : 4);
    if (kind === 'i8') return view.getInt8(at);
    if (kind === 'u8') return view.getUint8(at);
    return kind === 'i32' ? view.getInt32(at, true) : view.getUint32(at, true);
  }

  /** A table, or null where there is none. */
  table(field: number): FlatTable | null {
    const at = this.#place(field);
    return at === null ? null : new FlatTable(this.#view, this.#follow(at), this.#budget);
  }

  /** A vector of tables. */
  tables(field: number): FlatTable[] {
    const { start, count } = this.#vector(field, 4);
    return Array.from(
      { length: count },
      (_, i) => new FlatTable(this.#view, this.#follow(start + 4 * i), this.#budget),
    );
  }

  /** A vector of 32-bit integers. */
  integers(field: number): number[] {
    const { start, count } = this.#vector(field, 4);
    this.#budget.spend(8 * count);
    return Array.from({ length: count }, (_, i) => this.#view.getInt32(start + 4 * i, true));
  }

  /** A vector of bytes, as a view of the file. */
  bytes(field: number): Uint8Array {
    const { start, count } = this.#vector(field, 1);
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + start, count);
  }

  text(field: number): string {
    const bytes = this.bytes(field);
    this.#budget.spend(2 * bytes.length);
    return new TextDecoder().decode(bytes);
  }

  #vector(field: number, size: number): { start: number; count: number } {
    const at = this.#place(field);
    if (at === null) return { start: 0, count: 0 };
    const start = this.#follow(at);
    const count = within(this.#view, start, 4).getUint32(start, true);
    if (size > 1 && count > MAX_ITEMS) throw damaged(`a list of ${count} entries is too long`);
    within(this.#view, start + 4, count * size);
    return { start: start + 4, count };
  }

  #place(field: number): number | null {
    if (field >= this.#fields) return null;
    const offset = this.#view.getUint16(this.#vtable + 4 + 2 * field, true);
    return offset === 0 ? null : this.#at + offset;
  }

  #follow(at: number): number {
    return at + within(this.#view, at, 4).getUint32(at, true);
  }
}

function within(view: DataView, at: number, length: number): DataView {
  if (at < 0 || length < 0 || at + length > view.byteLength) throw damaged('it ends too early');
  return view;
}

function damaged(why: string): FaceTriggerError {
  return new FaceTriggerError('ERR_MODEL_FORMAT', `Not a whole TFLite file: ${why}`);
}
