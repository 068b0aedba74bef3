import { FaceTriggerError } from '../../core/errors.ts';
import { PickleObject } from './pickle-classes.ts';
import { refused } from './pickle-errors.ts';

/**
 * Attributes of an object that predictions need.
 *
 * @param classNames - one of them is due
 * @throws FaceTriggerError `ERR_FILE_FORMAT` naming what is there instead
 */
export function attributesOf(value: unknown, classNames: readonly string[]): ReadonlyMap<string, unknown> {
  const expected = classNames.join(' or ');
  if (!(value instanceof PickleObject)) throw unfit(`no ${expected}`);
  if (classNames.includes(value.className)) return value.attributes;
  throw value.className.startsWith('sklearn.')
    ? unfit(`${value.className} where ${expected} is due`)
    : refused(value.className);
}

/** The error for something of scikit-learn that is whole but not read. */
export function unfit(what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The file holds ${what}`);
}
