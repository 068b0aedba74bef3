import { LABEL_MAP_LIMITS, type LabelMap } from '../../classify/label-map.ts';
import { FaceTriggerError } from '../../core/errors.ts';
import { isKind } from '../../core/is-kind.ts';
import { readJoblib } from './joblib-file.ts';
import { arrayItems, byteText, NumpyArray, unwrapScalar } from './numpy-values.ts';
import { PickleObject } from './pickle-classes.ts';
import { damaged, refused } from './pickle-errors.ts';

/**
 * Reads a pickled or joblib label map: a LabelEncoder, a dictionary {0: name, ...} or {name: 0, ...}, or a list.
 *
 * @param bytes - the whole file
 * @returns encoded label i -> name
 * @throws FaceTriggerError `ERR_FILE_FORMAT`; a dictionary whose numbers are not 0 .. n - 1 is refused
 */
export function readLegacyLabelMap(bytes: Uint8Array): LabelMap {
  const value = readJoblib(bytes);
  if (value instanceof PickleObject) {
    if (value.className === 'sklearn.preprocessing.LabelEncoder')
      return namesOf(value.attributes.get('classes_'));
    throw refused(value.className);
  }
  if (value instanceof Map) return fromDictionary(value);
  return namesOf(value);
}

/**
 * Names of classes, as text.
 *
 * @param value - a list or an array of texts or whole numbers
 * @throws FaceTriggerError `ERR_FILE_FORMAT`
 */
export function namesOf(value: unknown): string[] {
  if (value instanceof PickleObject) throw refused(value.className);
  const items = value instanceof NumpyArray ? arrayItems(value) : value;
  if (!Array.isArray(items)) throw damaged('it holds no label map');
  return items.map(nameOf);
}

const MAX_LABEL = LABEL_MAP_LIMITS.maxNameLength;

/** The text of one class: text, bytes, a whole number, or an array that holds one of them. */
export function nameOf(value: unknown): string {
  const item = unwrapScalar(value);
  const isText = typeof item === 'string' || isKind(item, 'Uint8Array');
  // One long text can stand for a million labels, and each is converted and written by itself.
  if (isText && item.length > MAX_LABEL) {
    throw damaged(`a label has ${item.length} characters where ${MAX_LABEL} are the most`);
  }
  if (typeof item === 'string') return item;
  if (typeof item === 'boolean') return item ? 'True' : 'False';
  if (typeof item === 'number' && Number.isInteger(item)) return String(item);
  if (isKind(item, 'Uint8Array')) return byteText(item);
  if (item instanceof PickleObject) throw refused(item.className);
  throw damaged('a label is neither text nor a whole number');
}

function fromDictionary(map: Map<unknown, unknown>): string[] {
  const entries = [...map].map((entry) => entry.map(unwrapScalar));
  const forward = entries.every(([key]) => typeof key === 'number');
  const names = new Array<string | undefined>(entries.length);
  for (const [key, value] of entries) {
    const [index, name] = forward ? [key, value] : [value, key];
    if (
      typeof index !== 'number' ||
      !Number.isInteger(index) ||
      index < 0 ||
      index >= entries.length ||
      names[index] !== undefined
    ) {
      throw new FaceTriggerError(
        'ERR_FILE_FORMAT',
        `The label map must number its ${entries.length} names 0 to ${entries.length - 1}, each once`,
      );
    }
    names[index] = nameOf(name);
  }
  return names as string[];
}
