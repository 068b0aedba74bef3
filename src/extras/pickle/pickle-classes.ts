import { isKind } from '../../core/is-kind.ts';
import { NumpyArray, NumpyType, scalarItem, setArray } from './numpy-values.ts';
import type { Budget } from './pickle-cursor.ts';
import { damaged, refused } from './pickle-errors.ts';

/** A class or function that the pickle names. It is a name only: nothing is looked up, nothing is called. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/**
 * An instance of some class: its name and its attributes.
 *
 * @remarks Nothing of the class is known or run. Whoever needs the value compares the name; what nobody asks for
 * plays no part.
 */
export class PickleObject {
  readonly className: string;
  readonly attributes = new Map<string, unknown>();
  constructor(className: string) {
    this.className = className;
  }
}

// What each function on the list would give, computed here from the pickle's data alone.
const FUNCTIONS: Record<string, (args: readonly unknown[], budget: Budget) => unknown> = {
  '_codecs.encode': ([text, encoding]) => {
    if (typeof text !== 'string' || (encoding !== 'latin1' && encoding !== 'latin-1')) {
      throw refused('_codecs.encode other than of latin1');
    }
    return new Uint8Array(Buffer.from(text, 'latin1'));
  },
  'builtins.bytes': (args) => {
    if (args.length !== 0) throw refused('builtins.bytes with arguments');
    return new Uint8Array();
  },
  'builtins.set': ([items]) => list(items ?? []),
  'builtins.frozenset': ([items]) => list(items ?? []),
  'collections.OrderedDict': ([items]) => new Map(list(items ?? []).map(pair)),
  'collections.defaultdict': ([, items]) => (items instanceof Map ? items : new Map()),
  'collections.deque': ([items]) => list(items ?? []),
  'copyreg._reconstructor': ([type, base]) => {
    const isPlain = base instanceof PickleGlobal && base.name === 'builtins.object';
    return isPlain ? newObject(type) : new PickleObject(nameOfGlobal(type));
  },
  'numpy.core.multiarray._reconstruct': ([type], budget) => {
    const name = nameOfGlobal(type);
    return ARRAYS.has(name) ? new NumpyArray(budget) : new PickleObject(name);
  },
  'numpy.core.multiarray.scalar': ([type, data], budget) => {
    if (!(type instanceof NumpyType)) throw damaged('a NumPy scalar has no type');
    if (type.holdsObjects) return data;
    return scalarItem(type, { bytes: bytesOf(data), budget });
  },
  'numpy.core.numeric._frombuffer': ([data, type, shape, order], budget) => {
    if (!(type instanceof NumpyType)) throw damaged('an array has no type');
    const array = new NumpyArray(budget);
    setArray(array, { type, shape: list(shape), fortran: order === 'F', data: bytesOf(data) });
    return array;
  },
  // The arrays of text of varying length that NumPy 2 has; they come as lists of texts.
  'numpy.core._internal._convert_to_stringdtype_kwargs': () => new NumpyType('T'),
  'numpy.dtype': ([text]) => new NumpyType(typeof text === 'string' ? text : ''),
};

/** Subclasses that are arrays like others. */
const ARRAYS = new Set(['numpy.ndarray', 'numpy.matrix', 'numpy.memmap', 'numpy.matrixlib.defmatrix.matrix']);

/** A name of the pickle: a name, whatever it stands for. */
export function findGlobal(module: string, name: string): PickleGlobal {
  return new PickleGlobal(`${canonicalModule(module)}.${name}`);
}

/** What the pickle's call of a listed function stands for; of anything else an object of that name. */
export function applyGlobal(
  callee: unknown,
  { args, budget }: { readonly args: readonly unknown[]; readonly budget: Budget },
): unknown {
  if (callee instanceof PickleGlobal && Object.hasOwn(FUNCTIONS, callee.name))
    return FUNCTIONS[callee.name]!(args, budget);
  return new PickleObject(nameOfGlobal(callee));
}

/** An instance without attributes. */
export function newObject(type: unknown): unknown {
  const name = nameOfGlobal(type);
  return DICTIONARIES.has(name) ? new Map() : new PickleObject(name);
}

const DICTIONARIES = new Set(['builtins.dict', 'collections.OrderedDict', 'collections.defaultdict']);

function nameOfGlobal(value: unknown): string {
  if (value instanceof PickleGlobal) return value.name;
  return value instanceof PickleObject
    ? `something made by ${value.className}`
    : 'something that has no name';
}

/** Gives an instance the state that the pickle holds for it. */
export function buildObject(target: unknown, state: unknown): void {
  if (target instanceof PickleObject) {
    // Classes with slots have a pair of dictionaries, others whatever they like.
    for (const part of Array.isArray(state) ? state : [state]) {
      if (!(part instanceof Map)) continue;
      for (const [key, value] of part) if (typeof key === 'string') target.attributes.set(key, value);
    }
  } else if (target instanceof NumpyArray) {
    const [, shape, type, fortran, data] = list(state);
    // A type that is no type: an array of a class of its own, which matters where it is needed.
    const known = type instanceof NumpyType ? type : new NumpyType('?');
    const content = known.kind === null ? [] : known.holdsObjects ? list(data) : bytesOf(data);
    const isFortran = fortran === true || fortran === 1;
    setArray(target, { type: known, shape: list(shape), fortran: isFortran, data: content });
  } else if (target instanceof NumpyType) {
    const [, order, , , , itemSize] = list(state);
    target.little = order !== '>';
    if ((target.kind === 'U' || target.kind === 'S') && typeof itemSize === 'number' && itemSize > 0) {
      target.itemSize = itemSize;
    }
  }
}

function canonicalModule(module: string): string {
  if (module === '__builtin__') return 'builtins';
  if (module === 'copy_reg') return 'copyreg';
  // NumPy 2 renamed its inner package; scikit-learn 0.19 and before carried joblib, and 0.22 made its modules
  // private: sklearn.svm.classes became sklearn.svm._classes, of which sklearn.svm is left.
  return module
    .replace(/^numpy\._core\b/, 'numpy.core')
    .replace(/^sklearn\.externals\.joblib\b/, 'joblib')
    .replace(/^(sklearn\.[a-z_]+)\.[a-z_]+$/, '$1');
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged('a list is due where something else is');
  return value;
}

// Python 2 wrote bytes as text of code points 0 to 255.
function bytesOf(value: unknown): Uint8Array {
  if (isKind(value, 'Uint8Array')) return value;
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'latin1'));
  throw damaged('bytes are due where something else is');
}

function pair(value: unknown): [unknown, unknown] {
  const [key, item] = list(value);
  return [key, item];
}
