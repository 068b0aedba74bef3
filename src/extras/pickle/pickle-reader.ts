import { isKind } from '../../core/is-kind.ts';
import { itemCount, NumpyArray, NumpyType, setArray } from './numpy-values.ts';
import {
  applyGlobal,
  buildObject,
  findGlobal,
  newObject,
  PickleGlobal,
  PickleObject,
} from './pickle-classes.ts';
import { type Budget, Cursor, spend } from './pickle-cursor.ts';
import { damaged, refused } from './pickle-errors.ts';
import { float, integer, longInteger, quotedText, rawUnicode } from './pickle-literals.ts';

/** Bounds of `readPickle`; a file beyond them is refused. */
export interface PickleLimits {
  /** Bytes of the (unpacked) file. @defaultValue 268435456 */
  readonly maxBytes?: number | undefined;
  /** Instructions. @defaultValue 5000000 */
  readonly maxInstructions?: number | undefined;
  /** Bytes of text, of objects and of converted data made on the way. @defaultValue 536870912 */
  readonly maxProduced?: number | undefined;
}

/**
 * Reads a Python pickle as data, protocols 0 to 5, with the raw arrays that joblib puts between instructions.
 *
 * @param bytes - an uncompressed pickle
 * @returns lists and tuples as arrays, dictionaries as Map, bytes as Uint8Array, None as null, arrays as
 * {@link NumpyArray}, instances of all other classes as {@link PickleObject}
 * @throws FaceTriggerError `ERR_FILE_FORMAT`: damaged, or beyond the limits
 * @remarks Nothing is ever imported or called: a few functions of NumPy and of the standard library are computed
 * here, and whatever else is called gives an object that holds the name. Instructions: CPython's Lib/pickletools.py.
 */
export function readPickle(bytes: Uint8Array, limits: PickleLimits = {}): unknown {
  if (bytes.length > (limits.maxBytes ?? 256 * 2 ** 20)) throw damaged(`it has ${bytes.length} bytes`);
  const budget = {
    instructions: limits.maxInstructions ?? 5_000_000,
    produced: limits.maxProduced ?? 512 * 2 ** 20,
  };
  const cursor = new Cursor(bytes, budget);
  const value = new Machine(cursor, budget, 0).run();
  if (value instanceof PickleGlobal) throw refused(value.name);
  return value;
}

const MARK = Symbol('mark');
/** What an empty dictionary takes, the largest of what an instruction of one byte makes. */
const OBJECT_BYTES = 200;
/** What an entry of a dictionary takes that is made of a list. */
const ENTRY_BYTES = 64;
// Object arrays in joblib files are pickles of their own within the pickle.
const MAX_NESTING = 4;
class Machine {
  readonly #cursor: Cursor;
  readonly #budget: Budget;
  readonly #nesting: number;
  readonly #stack: unknown[] = [];
  readonly #memo = new Map<number, unknown>();

  constructor(cursor: Cursor, budget: Budget, nesting: number) {
    this.#cursor = cursor;
    this.#budget = budget;
    this.#nesting = nesting;
    if (nesting > MAX_NESTING) throw damaged('it is nested too deeply');
  }

  run(): unknown {
    for (;;) {
      if (this.#budget.instructions-- <= 0) throw damaged('it has too many instructions');
      const code = this.#cursor.byte();
      if (code === 0x2e) {
        const result = this.#pop();
        if (this.#stack.length > 0) throw damaged('values are left over at its end');
        return result;
      }
      this.#step(code);
    }
  }

  #step(code: number): void {
    const cursor = this.#cursor;
    const push = (value: unknown) => this.#stack.push(value);
    const make = (value: unknown) => {
      spend(this.#budget, OBJECT_BYTES);
      push(value);
    };
    switch (code) {
      case 0x80: {
        const protocol = cursor.byte();
        if (protocol > 5) throw damaged(`protocol ${protocol} is unknown`);
        return;
      }
      case 0x95: // FRAME: only tells a reader how much to fetch at once
        cursor.take(8);
        return;
      case 0x28:
        push(MARK);
        return;
      case 0x30:
        this.#stack.pop();
        return;
      case 0x31:
        this.#popMark();
        return;
      case 0x32:
        push(this.#top());
        return;
      case 0x4e:
        push(null);
        return;
      case 0x88:
        push(true);
        return;
      case 0x89:
        push(false);
        return;
      case 0x49: {
        const line = cursor.line();
        push(line === '01' ? true : line === '00' ? false : integer(line));
        return;
      }
      case 0x4c:
        push(integer(cursor.line().replace(/L$/, '')));
        return;
      case 0x4a:
        push(cursor.view(4).getInt32(0, true));
        return;
      case 0x4b:
        push(cursor.byte());
        return;
      case 0x4d:
        push(cursor.view(2).getUint16(0, true));
        return;
      case 0x8a:
        push(longInteger(cursor.take(cursor.byte())));
        return;
      case 0x8b:
        push(longInteger(cursor.take(cursor.view(4).getUint32(0, true))));
        return;
      case 0x46:
        push(float(cursor.line()));
        return;
      case 0x47:
        push(cursor.view(8).getFloat64(0, false));
        return;
      case 0x53:
        push(quotedText(cursor.line()));
        return;
      case 0x56:
        push(rawUnicode(cursor.line()));
        return;
      case 0x54:
        push(cursor.text(cursor.view(4).getUint32(0, true), 'latin1'));
        return;
      case 0x55:
        push(cursor.text(cursor.byte(), 'latin1'));
        return;
      case 0x58:
        push(cursor.text(cursor.view(4).getUint32(0, true), 'utf8'));
        return;
      case 0x8c:
        push(cursor.text(cursor.byte(), 'utf8'));
        return;
      case 0x8d:
        push(cursor.text(cursor.size8(), 'utf8'));
        return;
      case 0x42:
        make(cursor.take(cursor.view(4).getUint32(0, true)));
        return;
      case 0x43:
        make(cursor.take(cursor.byte()));
        return;
      case 0x8e:
      case 0x96:
        make(cursor.take(cursor.size8()));
        return;
      case 0x5d:
      case 0x29:
      case 0x8f:
        make([]);
        return;
      case 0x7d:
        make(new Map());
        return;
      case 0x6c:
      case 0x74:
      case 0x91:
        make(this.#popMark());
        return;
      case 0x64:
        make(new Map(pairs(this.#popMark())));
        return;
      case 0x85:
      case 0x86:
      case 0x87:
        make(this.#popMany(code - 0x84));
        return;
      case 0x61:
        this.#append([this.#pop()]);
        return;
      case 0x65:
      case 0x90:
        this.#append(this.#popMark());
        return;
      case 0x73:
        this.#setItems(this.#popMany(2));
        return;
      case 0x75:
        this.#setItems(this.#popMark());
        return;
      case 0x67:
        push(this.#recall(Number(cursor.line())));
        return;
      case 0x68:
        push(this.#recall(cursor.byte()));
        return;
      case 0x6a:
        push(this.#recall(cursor.view(4).getUint32(0, true)));
        return;
      case 0x70:
        this.#memo.set(Number(cursor.line()), this.#top());
        return;
      case 0x71:
        this.#memo.set(cursor.byte(), this.#top());
        return;
      case 0x72:
        this.#memo.set(cursor.view(4).getUint32(0, true), this.#top());
        return;
      case 0x94:
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x63: {
        const module = cursor.line();
        make(findGlobal(module, cursor.line()));
        return;
      }
      case 0x93: {
        const [module, name] = this.#popMany(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw damaged('a class has no name');
        make(findGlobal(module, name));
        return;
      }
      case 0x52: {
        const [callee, args] = this.#popMany(2);
        this.#spend(args);
        make(applyGlobal(callee, { args: asList(args), budget: this.#budget }));
        return;
      }
      case 0x81: {
        const [type] = this.#popMany(2);
        make(newObject(type));
        return;
      }
      case 0x92: {
        const [type] = this.#popMany(3);
        make(newObject(type));
        return;
      }
      case 0x69: {
        const module = cursor.line();
        const name = cursor.line();
        this.#popMark();
        make(newObject(findGlobal(module, name)));
        return;
      }
      case 0x6f:
        make(newObject(this.#popMark()[0]));
        return;
      case 0x62: {
        const state = this.#pop();
        this.#spend(state);
        buildObject(this.#top(), state);
        this.#readArrayBehind();
        return;
      }
      default:
        throw damaged(`instruction 0x${code.toString(16)} is not read`);
    }
  }

  // Building an array from remembered bytes again and again must not cost more than the file is worth.
  #spend(value: unknown): void {
    for (const item of Array.isArray(value) ? value : []) {
      if (typeof item === 'string' || isKind(item, 'Uint8Array')) spend(this.#budget, item.length);
      else if (Array.isArray(item)) spend(this.#budget, item.length * ENTRY_BYTES);
    }
  }

  // joblib writes a wrapper object and, right behind the instruction that fills it, the array itself.
  #readArrayBehind(): void {
    const wrapper = this.#top();
    if (!(wrapper instanceof PickleObject) || wrapper.className !== 'joblib.numpy_pickle.NumpyArrayWrapper')
      return;
    const type = wrapper.attributes.get('dtype');
    const shape = asList(wrapper.attributes.get('shape'));
    if (!(type instanceof NumpyType)) throw damaged('an array has no type');
    this.#stack.pop();
    if (type.holdsObjects) {
      const array = new Machine(this.#cursor, this.#budget, this.#nesting + 1).run();
      if (!(array instanceof NumpyArray)) throw damaged('an object array is something else');
      this.#stack.push(array);
      return;
    }
    // Since joblib 1.2 a byte tells how many bytes of padding follow.
    if (wrapper.attributes.get('numpy_array_alignment_bytes') != null) this.#cursor.take(this.#cursor.byte());
    if (shape.some((size) => typeof size !== 'number' || !Number.isInteger(size) || size < 0)) {
      throw damaged('an array has no proper shape');
    }
    // How many bytes belong to an array of an unknown type cannot be told, nor where the pickle goes on.
    if (type.kind === null) throw refused(`an array of numpy.dtype(${JSON.stringify(type.text)})`);
    const data = this.#cursor.take(itemCount(shape as number[]) * type.itemSize);
    const array = new NumpyArray(this.#budget);
    setArray(array, { type, shape, fortran: wrapper.attributes.get('order') === 'F', data });
    this.#stack.push(array);
  }

  #recall(index: number): unknown {
    if (!this.#memo.has(index)) throw damaged('it recalls a value that it never kept');
    return this.#memo.get(index);
  }

  #pop(): unknown {
    const value = this.#top();
    this.#stack.pop();
    return value;
  }

  #top(): unknown {
    const value = this.#stack.at(-1);
    if (this.#stack.length === 0 || value === MARK) throw damaged('a value is missing');
    return value;
  }

  #popMany(count: number): unknown[] {
    const values = new Array<unknown>(count);
    for (let i = count - 1; i >= 0; i--) values[i] = this.#pop();
    return values;
  }

  #popMark(): unknown[] {
    const at = this.#stack.lastIndexOf(MARK);
    if (at === -1) throw damaged('a mark is missing');
    const values = this.#stack.slice(at + 1);
    this.#stack.length = at;
    return values;
  }

  // An object that takes items is a list or dictionary of a class of its own: what it takes plays no part.
  #append(items: readonly unknown[]): void {
    const target = this.#top();
    if (target instanceof PickleObject) return;
    const list = asList(target);
    for (const item of items) list.push(item);
  }

  #setItems(items: readonly unknown[]): void {
    const target = this.#top();
    const entries = pairs(items);
    if (target instanceof PickleObject) return;
    if (!(target instanceof Map)) throw damaged('a dictionary is due where something else is');
    for (const [key, value] of entries) target.set(key, value);
  }
}

function pairs(items: readonly unknown[]): [unknown, unknown][] {
  if (items.length % 2 !== 0) throw damaged('a dictionary has a key without a value');
  const result: [unknown, unknown][] = [];
  for (let i = 0; i < items.length; i += 2) result.push([items[i], items[i + 1]]);
  return result;
}

function asList(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw damaged('a list is due where something else is');
  return value;
}
