import { expectation, FaceTriggerError } from '../../errors.ts';
import { canonicalName } from '../../text/person-name.ts';
import { readJoblib } from './joblib-file.ts';
import { nameOf } from './legacy-label-map.ts';
import { NumpyArray, numberTable } from './numpy-values.ts';

/** One person's embeddings. */
export interface LegacyPerson {
  readonly name: string;
  readonly embeddings: readonly Float32Array[];
}

/**
 * Reads a pickle of face encodings as scripts around Python's face_recognition keep them.
 *
 * @param bytes - `{"encodings": [array, ...], "names": [name, ...]}`, `(encodings, names)`,
 * `{name: array or list of arrays}`, arrays of shape (128,) or (n, 128)
 * @returns people in the order of their first appearance
 * @throws FaceTriggerError `ERR_FILE_FORMAT`; `ERR_SHAPE_MISMATCH` if embeddings differ in length
 */
export function readLegacyEncodings(bytes: Uint8Array): LegacyPerson[] {
  const value = readJoblib(bytes);
  const people = new Map<string, Float32Array[]>();
  const add = (name: string, embeddings: readonly Float32Array[]) => {
    const canonical = canonicalName(name);
    const known = people.get(canonical);
    if (known) known.push(...embeddings);
    else people.set(canonical, [...embeddings]);
  };
  const listed = parallelLists(value);
  if (listed) {
    const rows = listed.encodings.flatMap((each) => embeddingsOf(each, 0));
    if (rows.length !== listed.names.length) {
      throw new FaceTriggerError(
        'ERR_FILE_FORMAT',
        `The file has ${rows.length} encodings but ${listed.names.length} names`,
      );
    }
    for (const [i, name] of listed.names.entries()) add(nameOf(name), [rows[i]!]);
  } else if (value instanceof Map) {
    for (const [name, embeddings] of value) add(nameOf(name), embeddingsOf(embeddings, 0));
  } else {
    throw new FaceTriggerError(
      'ERR_FILE_FORMAT',
      'The file holds neither {"encodings", "names"} nor (encodings, names) nor {name: encodings}',
    );
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

function parallelLists(value: unknown): { encodings: unknown[]; names: unknown[] } | null {
  let encodings: unknown;
  let names: unknown;
  if (value instanceof Map) {
    encodings = value.get('encodings');
    names = value.get('names');
  } else if (Array.isArray(value) && value.length === 2) {
    [encodings, names] = value as unknown[];
  }
  if (encodings instanceof NumpyArray) encodings = [encodings];
  return Array.isArray(encodings) && Array.isArray(names) ? { encodings, names } : null;
}

function embeddingsOf(value: unknown, depth: number): Float32Array[] {
  if (Array.isArray(value)) {
    if (value.length > 0 && value.every((item) => typeof item === 'number'))
      return [Float32Array.from(value as number[])];
    // A list of arrays is one level down; a list that holds itself has no end.
    if (depth > 2) throw new FaceTriggerError('ERR_FILE_FORMAT', 'The encodings are nested too deeply');
    return value.flatMap((item) => embeddingsOf(item, depth + 1));
  }
  const { data, rows, columns } = numberTable(value, 'an encoding');
  return Array.from({ length: rows }, (_, row) =>
    Float32Array.from(data.subarray(row * columns, (row + 1) * columns)),
  );
}
