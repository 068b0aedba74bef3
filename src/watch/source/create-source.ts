import { invalidArgument } from '../../core/errors.ts';
import { type CameraOptions, createCameraSource } from './camera-source.ts';
import { createFileSource, type FileSourceOptions } from './file-source.ts';
import { createFolderSource, type FolderSourceOptions } from './folder-source.ts';
import type { FrameSource } from './frame-source.ts';
import { createNetworkSource } from './network-source.ts';
import { createRawSource } from './raw-source.ts';
import { readSourceName } from './source-kind.ts';

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
  const { kind, place } = await readSourceName(text);
  if (kind === 'raw frames') return rawSource(options);
  if (kind === 'camera') return createCameraSource(place, options);
  if (kind === 'folder') return createFolderSource(place, options);
  if (kind === 'video file') return createFileSource(place, options);
  return createNetworkSource(place, options);
}

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
