import { join } from 'node:path';
import { ffmpeg, media } from '../watch/ffmpeg-tools.ts';
import { onPath } from './find-browser.ts';

/** A video whose seconds a browser sees as its webcam. */
export interface Film {
  readonly video: string;
  readonly fromSecond: number;
}

/** Why no webcam can be feigned here; `null`: one can. */
export function whatFilmsNeed(): string | null {
  return onPath('ffmpeg') === null ? 'ffmpeg' : null;
}

/** What makes a Chromium see a film where its webcam would be, again and again. @param folder - where it is written */
export function cameraArguments(folder: string, film: Film | undefined): string[] {
  const args = ['--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream'];
  if (film === undefined) return args;
  const file = join(folder, 'camera.mjpeg');
  const { video, fromSecond } = film;
  ffmpeg('-ss', String(fromSecond), '-t', '3', '-i', media(video), '-r', '10', '-q:v', '3', '-an', file);
  return [...args, `--use-file-for-fake-video-capture=${file}`];
}
