import { damaged, NumpyArray, NumpyType, refused, scalarItem, setArray } from './numpy-values.ts';

/** A class or function that the pickle names. It is a name only: nothing is looked up, nothing is called. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** An instance of a class on the list: its name and its attributes. */
export class PickleObject {
  readonly className: string;
  readonly attributes = new Map<string, unknown>();
  constructor(className: string) {
    this.className = className;
  }
}

const OBJECT_CLASSES = new Set([
  'joblib.numpy_pickle.NumpyArrayWrapper',
  'sklearn.calibration.CalibratedClassifierCV',
  'sklearn.calibration._CalibratedClassifier',
  'sklearn.calibration._SigmoidCalibration',
  'sklearn.model_selection._split.KFold',
  'sklearn.model_selection._split.StratifiedKFold',
  'sklearn.model_selection._split.StratifiedShuffleSplit',
  'sklearn.model_selection._split.ShuffleSplit',
  'sklearn.preprocessing.LabelEncoder',
  'sklearn.svm.LinearSVC',
]);

// What each function on the list would give, computed here from the pickle's data alone.
const FUNCTIONS: Record<string, (args: readonly unknown[]) => unknown> = {
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
  'collections.OrderedDict': ([items]) => {
    if (items !== undefined && !(Array.isArray(items) && items.length === 0))
      throw refused('collections.OrderedDict with items');
    return new Map();
  },
  'copyreg._reconstructor': ([type, base]) => {
    if (
      !(type instanceof PickleGlobal) ||
      !(base instanceof PickleGlobal) ||
      base.name !== 'builtins.object'
    ) {
      throw refused('copyreg._reconstructor of something that is no plain object');
    }
    return newObject(type);
  },
  'numpy.core.multiarray._reconstruct': ([type]) => {
    if (!(type instanceof PickleGlobal) || type.name !== 'numpy.ndarray')
      throw refused('a subclass of numpy.ndarray');
    return new NumpyArray();
  },
  'numpy.core.multiarray.scalar': ([type, data]) => {
    if (!(type instanceof NumpyType)) throw damaged('a NumPy scalar has no type');
    return scalarItem(type, bytesOf(data));
  },
  'numpy.core.numeric._frombuffer': ([data, type, shape, order]) => {
    if (!(type instanceof NumpyType)) throw damaged('an array has no type');
    const array = new NumpyArray();
    setArray(array, { type, shape: list(shape), fortran: order === 'F', data: bytesOf(data) });
    return array;
  },
  'numpy.dtype': ([text]) => new NumpyType(typeof text === 'string' ? text : ''),
};

// Only ever handed on as a base or a subclass, never made.
const NAMES_ONLY = new Set(['builtins.object', 'numpy.ndarray']);

/**
 * Looks a name up on the list of what is read.
 *
 * @throws FaceTriggerError `ERR_FILE_FORMAT` with the name, if it is not on the list
 */
export function findGlobal(module: string, name: string): PickleGlobal {
  const full = `${canonicalModule(module)}.${name}`;
  const known = OBJECT_CLASSES.has(full) || Object.hasOwn(FUNCTIONS, full) || NAMES_ONLY.has(full);
  if (!known) throw refused(printable(`${module}.${name}`));
  return new PickleGlobal(full);
}

/** What the pickle's call of a listed function stands for. */
export function applyGlobal(callee: unknown, args: readonly unknown[]): unknown {
  if (!(callee instanceof PickleGlobal)) throw damaged('something that is no listed name is called');
  if (Object.hasOwn(FUNCTIONS, callee.name)) return FUNCTIONS[callee.name]!(args);
  if (args.length > 0) throw refused(`${callee.name} with constructor arguments`);
  return newObject(callee);
}

/** An instance without attributes of a listed class. */
export function newObject(type: unknown): unknown {
  if (type instanceof PickleGlobal) {
    if (OBJECT_CLASSES.has(type.name)) return new PickleObject(type.name);
    if (type.name === 'collections.OrderedDict') return new Map();
  }
  throw refused(type instanceof PickleGlobal ? `an instance of ${type.name}` : 'an instance of no class');
}

/** Gives an instance the state that the pickle holds for it. */
export function buildObject(target: unknown, state: unknown): void {
  if (target instanceof PickleObject) {
    if (!(state instanceof Map)) throw damaged(`${target.className} has a state that is no dictionary`);
    for (const [key, value] of state) target.attributes.set(String(key), value);
  } else if (target instanceof NumpyArray) {
    const [, shape, type, fortran, data] = list(state);
    if (!(type instanceof NumpyType)) throw damaged('an array has no type');
    const content = type.kind === 'O' ? list(data) : bytesOf(data);
    setArray(target, { type, shape: list(shape), fortran: fortran === true || fortran === 1, data: content });
  } else if (target instanceof NumpyType) {
    const [, order, subtype, names, , itemSize] = list(state);
    if (subtype != null || names != null) throw refused('a structured numpy.dtype');
    target.little = order !== '>';
    if ((target.kind === 'U' || target.kind === 'S') && typeof itemSize === 'number' && itemSize > 0) {
      target.itemSize = itemSize;
    }
  } else {
    throw damaged('something that has no state is given one');
  }
}

function canonicalModule(module: string): string {
  if (module === '__builtin__') return 'builtins';
  if (module === 'copy_reg') return 'copyreg';
  // NumPy 2 renamed its inner package; scikit-learn 0.22 made its modules private; 0.19 and before carried joblib.
  return module
    .replace(/^numpy\._core\b/, 'numpy.core')
    .replace(/^sklearn\.externals\.joblib\b/, 'joblib')
    .replace(/^sklearn\.svm\.(_classes|classes)$/, 'sklearn.svm')
    .replace(/^sklearn\.preprocessing\.(_label|label)$/, 'sklearn.preprocessing');
}

function list(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) throw damaged('a list is due where something else is');
  return value;
}

// Python 2 wrote bytes as text of code points 0 to 255.
function bytesOf(value: unknown): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new Uint8Array(Buffer.from(value, 'latin1'));
  throw damaged('bytes are due where something else is');
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 120)).slice(1, -1);
}
