import { expectation, FaceTriggerError } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { readJoblib } from './joblib-file.ts';
import { nameOf } from './legacy-label-map.ts';
import { arrayItems, itemCount, NumpyArray, unwrapScalar } from './numpy-values.ts';
import { PickleObject } from './pickle-classes.ts';
import { damaged, refused } from './pickle-errors.ts';

/** One person's embeddings. */
export interface LegacyPerson {
  readonly name: string;
  readonly embeddings: readonly Float32Array[];
}

/** What scripts call the two lists. */
const ENCODING_KEYS =
  /^(known_?)?(faces?_?)?(encodings?|embeddings?|descriptors?|features?|vectors?|data|X)(_list)?$/i;
const NAME_KEYS = /^(known_?)?(faces?_?)?(names?|labels?|people|persons?|ids?|classes|targets?|y)(_list)?$/i;

/**
 * Reads a pickle of face encodings as scripts around Python's face_recognition keep them.
 *
 * @param bytes - `{"encodings": [array, ...], "names": [name, ...]}` (or by another usual key), `(encodings, names)`,
 * `[(name, encoding), ...]`, `[{"name": ..., "encoding": ...}, ...]`, `{name: array or list of arrays}`; lists may be
 * arrays of NumPy of any kind
 * @returns people in the order of their first appearance
 * @throws FaceTriggerError `ERR_FILE_FORMAT`; `ERR_SHAPE_MISMATCH` if embeddings differ in length
 */
export function readLegacyEncodings(bytes: Uint8Array): LegacyPerson[] {
  const limits = { numbers: 0 };
  const value = unwrapScalar(readJoblib(bytes, { onSize: (size) => (limits.numbers = size) }));
  if (value instanceof PickleObject) throw refused(value.className);
  const people = new Map<string, Float32Array[]>();
  const add = (name: string, embeddings: readonly Float32Array[]) => {
    const known = people.get(name);
    if (known) for (const embedding of embeddings) known.push(embedding);
    else people.set(name, [...embeddings]);
  };
  const listed = parallelLists(value);
  if (listed) {
    const rows = embeddingsOf(listed.encodings, limits);
    const names = itemsOf(listed.names);
    if (rows.length !== names.length) {
      throw new FaceTriggerError(
        'ERR_FILE_FORMAT',
        `The file has ${rows.length} encodings but ${names.length} names`,
      );
    }
    for (const [i, name] of names.entries()) add(nameOf(name), [rows[i]!]);
  } else {
    for (const [name, embeddings] of entriesOf(value)) add(nameOf(name), embeddingsOf(embeddings, limits));
  }
  const all = [...people].map(([name, embeddings]) => ({ name, embeddings }));
  const lengths = new Set(all.flatMap((person) => person.embeddings.map((embedding) => embedding.length)));
  if (lengths.size > 1) {
    throw new FaceTriggerError(
      'ERR_SHAPE_MISMATCH',
      expectation('embeddings of one length', 'the file', [...lengths]),
    );
  }
  return all;
}

/** Encodings and names side by side, in a dictionary or as a pair in either order. */
function parallelLists(value: unknown): { encodings: unknown; names: unknown } | null {
  if (value instanceof Map) {
    const find = (keys: RegExp) =>
      [...value].filter(([key, item]) => typeof key === 'string' && keys.test(key) && isList(item));
    const [encodings, ...moreEncodings] = find(ENCODING_KEYS);
    const [names, ...moreNames] = find(NAME_KEYS);
    const isClear = encodings && names && moreEncodings.length + moreNames.length === 0;
    // Somebody may be called "X" and somebody else "Y".
    return isClear && itemsOf(names[1]).every(isLabel) ? { encodings: encodings[1], names: names[1] } : null;
  }
  if (!Array.isArray(value) || value.length !== 2 || !value.every(isList)) return null;
  const [first, second] = value as [unknown, unknown];
  const [isFirst, isSecond] = [first, second].map((list) => itemsOf(list).every(isLabel));
  if (isSecond) return { encodings: first, names: second };
  return isFirst ? { encodings: second, names: first } : null;
}

/** Pairs of a name and encodings, from a dictionary or from a list of pairs or dictionaries. */
function entriesOf(value: unknown): [unknown, unknown][] {
  if (value instanceof Map) return [...value];
  const items = isList(value) ? itemsOf(value) : [];
  const entries = items.map((item): [unknown, unknown] | null => {
    if (item instanceof Map) {
      const find = (keys: RegExp) => [...item].find(([key]) => typeof key === 'string' && keys.test(key));
      const [name, encodings] = [find(NAME_KEYS), find(ENCODING_KEYS)];
      return name && encodings ? [name[1], encodings[1]] : null;
    }
    const pair = isList(item) ? itemsOf(item) : [];
    if (pair.length !== 2 || isLabel(pair[0]) === isLabel(pair[1])) return null;
    return isLabel(pair[0]) ? [pair[0], pair[1]] : [pair[1], pair[0]];
  });
  if (entries.length > 0 && !entries.includes(null)) return entries as [unknown, unknown][];
  throw new FaceTriggerError(
    'ERR_FILE_FORMAT',
    'The file holds neither {"encodings", "names"} nor (encodings, names) nor [(name, encoding)] nor {name: encodings}',
  );
}

function isList(value: unknown): boolean {
  return Array.isArray(value) || (value instanceof NumpyArray && value.shape.length > 0);
}

function itemsOf(value: unknown): unknown[] {
  if (value instanceof NumpyArray) {
    // Along the first axis: the rows of a table are its items.
    if (value.shape.length <= 1 || value.type?.kind === 'U' || value.type?.kind === 'S')
      return arrayItems(value);
    if (!value.type?.holdsObjects) return [value];
    const items = arrayItems(value);
    const width = items.length / value.shape[0]!;
    return Array.from({ length: value.shape[0]! }, (_, i) => items.slice(i * width, (i + 1) * width));
  }
  if (value instanceof PickleObject) throw refused(value.className);
  if (!Array.isArray(value)) throw damaged('a list is due where something else is');
  return value;
}

function isLabel(value: unknown): boolean {
  const item = unwrapScalar(value);
  return typeof item === 'string' || isKind(item, 'Uint8Array') || Number.isInteger(item);
}

/** No more numbers are made than the file has bytes: one list may stand in it a million times. */
interface NumberLimit {
  numbers: number;
}

const MAX_DEPTH = 3;

function embeddingsOf(value: unknown, limit: NumberLimit, depth = 0): Float32Array[] {
  if (value instanceof PickleObject) throw refused(value.className);
  if (value instanceof NumpyArray) {
    const width = value.shape.at(-1) ?? 0;
    if (width === 0) {
      if (value.shape.length > 0 && itemCount(value.shape.slice(0, -1)) <= 1) return [];
      throw damaged('an encoding has no numbers');
    }
    if (!value.type?.holdsObjects || value.shape.length > 1)
      return rowsOf(arrayItems(value), { width, limit });
    return embeddingsOf(arrayItems(value), limit, depth);
  }
  if (!Array.isArray(value)) throw damaged('an encoding is no list of numbers');
  if (value.length > 0 && value.every((item) => typeof unwrapScalar(item) === 'number'))
    return rowsOf(value.map(unwrapScalar), { width: value.length, limit });
  // A list of arrays is one level down; a list that holds itself has no end.
  if (depth >= MAX_DEPTH)
    throw new FaceTriggerError('ERR_FILE_FORMAT', 'The encodings are nested too deeply');
  const rows: Float32Array[] = [];
  for (const item of value) {
    spend(limit, 1);
    for (const row of embeddingsOf(item, limit, depth + 1)) rows.push(row);
  }
  return rows;
}

function rowsOf(
  items: readonly unknown[],
  { width, limit }: { readonly width: number; readonly limit: NumberLimit },
): Float32Array[] {
  spend(limit, items.length);
  return Array.from({ length: items.length / width }, (_, row) =>
    Float32Array.from({ length: width }, (_each, i) => {
      const item = items[row * width + i];
      if (typeof item === 'number' && Number.isFinite(item)) return item;
      if (item instanceof PickleObject) throw refused(item.className);
      throw damaged('an encoding has an item that is no finite number');
    }),
  );
}

function spend(limit: NumberLimit, count: number): void {
  limit.numbers -= count;
  if (limit.numbers < 0) throw damaged('its encodings unfold to more numbers than it has bytes');
}
