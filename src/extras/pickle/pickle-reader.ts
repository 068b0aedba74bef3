import { itemCount, NumpyArray, NumpyType, setArray } from './numpy-values.ts';
import { PickleGlobal, PickleObject } from './pickle-classes.ts';
import { type Budget, Cursor } from './pickle-cursor.ts';
import { damaged, refused } from './pickle-errors.ts';
import { asList, BUILD, INSTRUCTIONS, type PickleState, STOP } from './pickle-instructions.ts';
import { PickleStack } from './pickle-stack.ts';

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

// Object arrays in joblib files are pickles of their own within the pickle.
const MAX_NESTING = 4;
class Machine {
  readonly #state: PickleState;
  readonly #nesting: number;

  constructor(cursor: Cursor, budget: Budget, nesting: number) {
    this.#state = { cursor, budget, stack: new PickleStack(budget) };
    this.#nesting = nesting;
    if (nesting > MAX_NESTING) throw damaged('it is nested too deeply');
  }

  run(): unknown {
    const { cursor, budget, stack } = this.#state;
    for (;;) {
      if (budget.instructions-- <= 0) throw damaged('it has too many instructions');
      const code = cursor.byte();
      if (code === STOP) {
        const result = stack.pop();
        if (stack.size > 0) throw damaged('values are left over at its end');
        return result;
      }
      const instruction = INSTRUCTIONS.get(code);
      if (instruction === undefined) throw damaged(`instruction 0x${code.toString(16)} is not read`);
      instruction(this.#state);
      if (code === BUILD) this.#readArrayBehind();
    }
  }

  // joblib writes a wrapper object and, right behind the instruction that fills it, the array itself.
  #readArrayBehind(): void {
    const { cursor, budget, stack } = this.#state;
    const wrapper = stack.top();
    if (!(wrapper instanceof PickleObject) || wrapper.className !== 'joblib.numpy_pickle.NumpyArrayWrapper')
      return;
    const type = wrapper.attributes.get('dtype');
    const shape = asList(wrapper.attributes.get('shape'));
    if (!(type instanceof NumpyType)) throw damaged('an array has no type');
    stack.drop();
    if (type.holdsObjects) {
      const array = new Machine(cursor, budget, this.#nesting + 1).run();
      if (!(array instanceof NumpyArray)) throw damaged('an object array is something else');
      stack.push(array);
      return;
    }
    // Since joblib 1.2 a byte tells how many bytes of padding follow.
    if (wrapper.attributes.get('numpy_array_alignment_bytes') != null) cursor.take(cursor.byte());
    if (shape.some((size) => typeof size !== 'number' || !Number.isInteger(size) || size < 0)) {
      throw damaged('an array has no proper shape');
    }
    // How many bytes belong to an array of an unknown type cannot be told, nor where the pickle goes on.
    if (type.kind === null) throw refused(`an array of numpy.dtype(${JSON.stringify(type.text)})`);
    const data = cursor.take(itemCount(shape as number[]) * type.itemSize);
    const array = new NumpyArray(budget);
    setArray(array, { type, shape, fortran: wrapper.attributes.get('order') === 'F', data });
    stack.push(array);
  }
}
