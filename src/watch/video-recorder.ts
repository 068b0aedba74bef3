import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { FaceTriggerError, invalidArgument } from '../core/errors.ts';
import { annotateImage } from '../node/image/annotate.ts';
import { findFfmpeg } from './find-ffmpeg.ts';
import { frameMarks } from './frame-marks.ts';
import { ffmpegFailure, lastLines } from './source/ffmpeg-failure.ts';
import type { FrameObserver, FrameView } from './watch-engine.ts';

/** Options of {@link VideoRecorder.create}. */
export interface VideoRecorderOptions {
  /** Frames a second of the film. @defaultValue 25 */
  readonly fps?: number | undefined;
  readonly ffmpegPath?: string | undefined;
}

const EXTENSIONS = ['.mp4', '.mkv', '.webm', '.avi', '.mov'];

// A camera that was away for an hour leaves no hour of still picture in the film.
const MAX_REPEAT_SECONDS = 2;

/** Writes a film of the annotated frames with ffmpeg. Its time is the source's: frames that are missing are repeated. */
export class VideoRecorder implements FrameObserver {
  readonly #child: ChildProcess;
  readonly #path: string;
  readonly #fps: number;
  readonly #closed: Promise<void>;
  #log = '';
  #written = 0;
  #shiftMs = 0;

  /**
   * Starts ffmpeg.
   *
   * @param path - a new file; its extension names the format
   * @throws FaceTriggerError `ERR_FILE_WRITE` if the file exists; `ERR_FFMPEG_NOT_FOUND`, `ERR_INVALID_ARGUMENT`
   */
  static async create(path: string, options: VideoRecorderOptions = {}): Promise<VideoRecorder> {
    if (!EXTENSIONS.includes(extname(path).toLowerCase())) {
      throw invalidArgument(`a file name that ends with ${EXTENSIONS.join(', ')}`, 'path', path);
    }
    const exists = await access(path).then(
      () => true,
      () => false,
    );
    if (exists) throw new FaceTriggerError('ERR_FILE_WRITE', `${path} exists already and is not overwritten`);
    return new VideoRecorder(path, await findFfmpeg({ path: options.ffmpegPath }), options.fps ?? 25);
  }

  private constructor(path: string, ffmpegPath: string, fps: number) {
    this.#path = path;
    this.#fps = fps;
    const mp4 = /\.(mp4|mov)$/i.test(path);
    const input = ['-f', 'image2pipe', '-c:v', 'ppm', '-framerate', String(fps), '-i', 'pipe:0'];
    // Most players want even sides and 4:2:0. Fragments keep a film readable when the machine stops in the middle.
    const output = ['-vf', 'scale=trunc(iw/2)*2:trunc(ih/2)*2', '-pix_fmt', 'yuv420p', '-threads', '1'];
    const movie = mp4 ? ['-movflags', '+frag_keyframe+empty_moov'] : [];
    this.#child = spawn(
      ffmpegPath,
      ['-hide_banner', '-loglevel', 'error', '-n', ...input, ...output, ...movie, `file:${resolve(path)}`],
      { stdio: ['pipe', 'ignore', 'pipe'], windowsHide: true },
    );
    this.#child.stderr?.setEncoding('utf8');
    this.#child.stderr?.on('data', (text: string) => {
      this.#log = lastLines(this.#log + text);
    });
    this.#child.stdin?.on('error', () => undefined);
    this.#child.on('error', (error) => {
      this.#log = error.message;
    });
    this.#closed = new Promise((resolve) => this.#child.once('close', () => resolve()));
  }

  async observe(view: FrameView): Promise<void> {
    const due = Math.floor(((view.timeMs - this.#shiftMs) * this.#fps) / 1000 + 0.5) + 1;
    let repeat = due - this.#written;
    if (repeat <= 0) return;
    const most = MAX_REPEAT_SECONDS * this.#fps;
    if (repeat > most) {
      this.#shiftMs += ((repeat - most) * 1000) / this.#fps;
      repeat = most;
    }
    const { data, width, height } = await annotateImage(view.image, frameMarks(view));
    for (let i = 0; i < repeat; i++) await this.#write(`P6\n${width} ${height}\n255\n`, data);
    this.#written += repeat;
  }

  /** Finishes the file. @throws FaceTriggerError `ERR_FILE_WRITE` if ffmpeg could not write it */
  async close(): Promise<void> {
    this.#child.stdin?.end();
    await this.#closed;
    if (this.#child.exitCode !== 0) throw this.#failure();
  }

  async #write(header: string, data: Uint8Array): Promise<void> {
    const { stdin } = this.#child;
    if (this.#child.exitCode !== null || !stdin?.writable) throw this.#failure();
    stdin.write(header);
    if (stdin.write(data)) return;
    // ffmpeg may end instead of reading on.
    await Promise.race([once(stdin, 'drain').catch(() => undefined), this.#closed]);
  }

  #failure(): FaceTriggerError {
    const { message } = ffmpegFailure(`Could not write the film ${this.#path}`, { stderr: this.#log });
    return new FaceTriggerError('ERR_FILE_WRITE', message);
  }
}
