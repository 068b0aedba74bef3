import { FaceTriggerError } from '../../core/errors.ts';

/** The error for a pickle that is not whole or not consistent. */
export function damaged(what: string): FaceTriggerError {
  return new FaceTriggerError('ERR_FILE_FORMAT', `The pickle is damaged or unknown: ${what}`);
}

/** The error for a class or function that is not on the list of what is read. */
export function refused(name: string): FaceTriggerError {
  return new FaceTriggerError(
    'ERR_FILE_FORMAT',
    `The pickle needs ${printable(name)}, which is not one of the few classes that are read. Nothing in the file was executed`,
  );
}

function printable(name: string): string {
  return JSON.stringify(name.slice(0, 200)).slice(1, -1);
}
