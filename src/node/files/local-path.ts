import { fileURLToPath } from 'node:url';
import { FaceTriggerError } from '../../core/errors.ts';

/**
 * The path of an input that may be written as a `file:` address.
 *
 * @param input - a path, or `file:///folder/photo.jpg`
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT` for addresses of other kinds or of another machine: nothing is
 * fetched from a network here
 */
export function localPath(input: string): string {
  const scheme = /^([a-z][a-z0-9+.-]+):\/\//i.exec(input)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (!/^data:[^/]*\//i.test(input)) return input;
    throw refusal('a picture in the address itself', 'save it as a file first');
  }
  if (scheme !== 'file') throw refusal(`an address (${scheme}:)`, 'download it first');
  try {
    return fileURLToPath(input);
  } catch (cause) {
    throw refusal('a file: address of another machine, or one that is damaged', 'give its path here', cause);
  }
}

// The address itself stays out of the message: it may hold a password.
function refusal(what: string, advice: string, cause?: unknown): FaceTriggerError {
  const message = `Expected the path of a file or folder on this machine but received ${what}: ${advice}`;
  return new FaceTriggerError('ERR_INVALID_ARGUMENT', message, { cause });
}
