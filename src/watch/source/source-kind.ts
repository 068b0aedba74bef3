import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expectation, FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { isCameraName } from './camera-source.ts';
import { isNetworkAddress } from './network-source.ts';
import { redact } from './redact.ts';

/** What can be watched. Streams are those of addresses other than HTTP, which may be a single picture as well. */
export type SourceKind = 'raw frames' | 'camera' | 'stream' | 'HTTP address' | 'folder' | 'video file';

/** What a text names. */
export interface NamedSource {
  readonly kind: SourceKind;
  /** The camera, address or path, where the text was `env:NAME` or a file: address. */
  readonly place: string;
}

/**
 * Says what kind of source a text names, as `createSource` takes it.
 *
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_FILE_NOT_FOUND`
 */
export async function readSourceName(text: string): Promise<NamedSource> {
  if (typeof text !== 'string' || text === '') throw invalidArgument('a source', 'source', text);
  if (/^env:/i.test(text)) {
    const value = process.env[text.slice(4)];
    if (!value || /^env:/i.test(value)) {
      throw invalidArgument('the name of a variable that holds a source', 'source', text);
    }
    return readSourceName(value);
  }
  if (text === '-') return { kind: 'raw frames', place: text };
  if (isCameraName(text)) return { kind: 'camera', place: text };
  if (/^\s*file:\//i.test(text)) return onDisk(pathOf(text.trim()));
  if (isNetworkAddress(text))
    return { kind: /^\s*https?:/i.test(text) ? 'HTTP address' : 'stream', place: text };
  return onDisk(text);
}

async function onDisk(path: string): Promise<NamedSource> {
  const stats = await stat(path).catch(() => null);
  if (stats) return { kind: stats.isDirectory() ? 'folder' : 'video file', place: path };
  // An address whose beginning was forgotten or mistyped can hold a password all the same.
  const mistyped = /^(?![a-z]:[/\\])([a-z]*[/\\]{2})?[^/\\]*:.*@/is.test(path);
  const address = `rtsp://${path.replace(/^[a-z]*:?[/\\]+/i, '')}`;
  const shown = mistyped ? redact(address, [address]) : null;
  throw new FaceTriggerError(
    'ERR_FILE_NOT_FOUND',
    shown === null
      ? `There is no file or folder ${path}`
      : `There is no such file or folder; an address begins with its scheme, such as ${shown}`,
  );
}

function pathOf(url: string): string {
  try {
    return fileURLToPath(url);
  } catch (cause) {
    // Of another computer, or with a slash in a name.
    throw new FaceTriggerError('ERR_INVALID_ARGUMENT', expectation(FILE_URL, 'source', redact(url, [url])), {
      cause,
    });
  }
}

const FILE_URL = 'a file of this machine such as file:///home/ada/door.mp4, with three slashes,';
