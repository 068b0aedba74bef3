import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expectation, FaceTriggerError, invalidArgument } from '../../core/errors.ts';
import { type CameraOptions, createCameraSource, isCameraName } from './camera-source.ts';
import { createFileSource, type FileSourceOptions } from './file-source.ts';
import { createFolderSource, type FolderSourceOptions } from './folder-source.ts';
import type { FrameSource } from './frame-source.ts';
import { createNetworkSource, isNetworkAddress } from './network-source.ts';
import { createRawSource } from './raw-source.ts';
import { redact } from './redact.ts';

/** Options of {@link createSource}: each kind of source takes those that concern it. */
export interface SourceOptions extends FileSourceOptions, CameraOptions, FolderSourceOptions {
  /** Pixel format of raw frames on standard input. @defaultValue 'rgb24' */
  readonly pixelFormat?: 'rgb24' | 'bgr24' | 'gray' | undefined;
}

/**
 * Makes the source that a text names.
 *
 * @param text - a video file; a folder of pictures; `camera:0` or `/dev/video0`; an address (rtsp, http, ...);
 * `-` for raw frames on standard input (`options.size` is needed); `env:NAME` for the content of a variable, which
 * keeps a password out of the process list
 * @throws FaceTriggerError `ERR_INVALID_ARGUMENT`, `ERR_FILE_NOT_FOUND`
 */
export async function createSource(text: string, options: SourceOptions = {}): Promise<FrameSource> {
  if (typeof text !== 'string' || text === '') throw invalidArgument('a source', 'source', text);
  if (/^env:/i.test(text)) {
    const value = process.env[text.slice(4)];
    if (!value || /^env:/i.test(value)) {
      throw invalidArgument('the name of a variable that holds a source', 'source', text);
    }
    return createSource(value, options);
  }
  if (text === '-') return rawSource(options);
  if (isCameraName(text)) return createCameraSource(text, options);
  if (/^\s*file:\//i.test(text)) return pathSource(pathOf(text.trim()), options);
  if (isNetworkAddress(text)) return createNetworkSource(text, options);
  return pathSource(text, options);
}

async function pathSource(path: string, options: SourceOptions): Promise<FrameSource> {
  const stats = await stat(path).catch(() => null);
  if (stats?.isDirectory()) return createFolderSource(path, options);
  if (stats) return createFileSource(path, options);
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

function rawSource(options: SourceOptions): FrameSource {
  const size = /^(\d{2,5})x(\d{2,5})$/.exec(options.size ?? '');
  if (!size) throw invalidArgument('a size such as 640x480', 'options.size', options.size);
  const { pixelFormat, fps } = options;
  return createRawSource(process.stdin, {
    width: Number(size[1]),
    height: Number(size[2]),
    pixelFormat,
    fps,
  });
}
