import { invalidArgument } from '../../core/errors.ts';
import type { FfmpegInput } from './ffmpeg-stream.ts';
import type { FrameSource } from './frame-source.ts';
import type { LiveSourceOptions } from './live-options.ts';
import { createLiveSource } from './live-source.ts';

/** Options of {@link createCameraSource}. */
export interface CameraOptions extends LiveSourceOptions {
  /** Size to ask the camera for, such as '1280x720'. @defaultValue the camera's own */
  readonly size?: string | undefined;
  /** Frames a second to ask the camera for. @defaultValue the camera's own (30 on macOS, which needs a number) */
  readonly cameraFps?: number | undefined;
}

/** Whether a text names a camera of this machine: `camera:0`, `camera:NAME` or `/dev/video0`. */
export function isCameraName(text: string): boolean {
  return /^camera:./i.test(text) || /^\/dev\/video\d+$/.test(text);
}

/**
 * A camera of this machine: v4l2 on Linux, avfoundation on macOS, dshow on Windows.
 *
 * @param name - `camera:0`, `camera:NAME` or `/dev/video0`
 */
export function createCameraSource(name: string, options: CameraOptions = {}): FrameSource {
  return createLiveSource(cameraInput(name, options), options);
}

/** How ffmpeg is told of a camera. @param options.platform - as process.platform, which is the default */
export function cameraInput(
  name: string,
  options: CameraOptions & { platform?: string | undefined } = {},
): FfmpegInput {
  const { size, cameraFps } = options;
  if (size !== undefined && !/^\d{2,5}x\d{2,5}$/.test(size)) {
    throw invalidArgument('a size such as 1280x720', 'options.size', size);
  }
  if (cameraFps !== undefined && !(cameraFps > 0 && cameraFps <= 1000)) {
    throw invalidArgument('a number above 0', 'options.cameraFps', cameraFps);
  }
  const device = name.replace(/^camera:/i, '');
  const platform = options.platform ?? process.platform;
  const rate = cameraFps === undefined ? [] : ['-framerate', String(cameraFps)];
  const frame = size === undefined ? [] : ['-video_size', size];
  if (platform === 'darwin') {
    const fps = rate.length > 0 ? rate : ['-framerate', '30'];
    return { name, args: ['-f', 'avfoundation', ...fps, ...frame, '-i', `${device}:none`] };
  }
  if (platform === 'win32')
    return { name, args: ['-f', 'dshow', ...rate, ...frame, '-i', `video=${device}`] };
  const path = /^\d+$/.test(device) ? `/dev/video${device}` : device;
  return { name, args: ['-f', 'v4l2', ...rate, ...frame, '-i', path] };
}
