import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { ffmpegFailure, lastLines } from './ffmpeg-failure.ts';
import { FrameAssembler, type FrameAssemblerOptions } from './frame-assembler.ts';
import { redact } from './redact.ts';

/** What {@link decodeWithFfmpeg} starts. */
export interface DecoderOptions extends FrameAssemblerOptions {
  /** The program. */
  readonly ffmpegPath: string;
  /** Options and input, `-i` included; the output side is added here. */
  readonly input: readonly string[];
  /** Text for ffmpeg's standard input, where the input reads it. */
  readonly stdin?: string | Readable | undefined;
  /** Variables for the process, besides those of this one. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Constant frames a second; absent: as the stream comes. */
  readonly fps?: number | undefined;
  /** Frames wider than this many pixels are scaled down to it. */
  readonly maxWidth?: number | undefined;
  /** The source's name or address in errors; its secrets are hidden in all that they say. */
  readonly name: string;
  readonly signal?: AbortSignal | undefined;
  /** Called when a part of a frame has come. */
  readonly onData?: (() => void) | undefined;
  /** Told the process once it runs, so that a caller can end it. */
  readonly onStart?: ((child: ChildProcess) => void) | undefined;
}

/**
 * Runs ffmpeg and hands out its frames, as fast as they are taken: while nobody takes, ffmpeg waits.
 *
 * @returns RGB frames in the order of the stream; the process is gone when the iteration ends, however it ends
 * @throws FaceTriggerError `ERR_VIDEO_SOURCE` if ffmpeg fails or no frame came; `ERR_ABORTED`
 * @remarks Arguments go to the process as a list, never through a shell.
 */
export async function* decodeWithFfmpeg(options: DecoderOptions): AsyncGenerator<Image, void, void> {
  throwIfAborted(options.signal);
  const child = spawn(options.ffmpegPath, argumentsOf(options), {
    stdio: [options.stdin === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    windowsHide: true,
    env: { ...process.env, ...options.env },
  });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let failure: unknown;
  child.once('error', (cause) => {
    failure = cause;
    child.stdout?.destroy();
  });
  let log = '';
  child.stderr?.setEncoding('utf8');
  child.stderr?.on('data', (text: string) => {
    log = lastLines(log + text);
  });
  // A decoder that ends early closes its input; that shows in its exit status, not here.
  child.stdin?.on('error', () => undefined);
  if (typeof options.stdin === 'string') child.stdin?.end(options.stdin);
  else if (options.stdin) options.stdin.pipe(child.stdin!);
  const kill = () => child.kill('SIGKILL');
  options.signal?.addEventListener('abort', kill, { once: true });
  options.onStart?.(child);
  let count = 0;
  try {
    const assembler = new FrameAssembler(options);
    for await (const chunk of child.stdout as AsyncIterable<Uint8Array>) {
      options.onData?.();
      for (const frame of assembler.push(chunk)) {
        count++;
        yield frame;
        throwIfAborted(options.signal);
      }
    }
    await closed;
    throwIfAborted(options.signal);
    const known = [options.name];
    const name = redact(options.name, known);
    if (failure) {
      const message = `Could not start ${options.ffmpegPath}: ${(failure as Error).message}`;
      throw new FaceTriggerError('ERR_FFMPEG_NOT_FOUND', message, { cause: failure });
    }
    if (child.exitCode !== 0) {
      const how = child.signalCode ? `ffmpeg was ended by ${child.signalCode}` : log;
      throw ffmpegFailure(`Reading ${name} failed after ${count} frames`, { stderr: how, known });
    }
    if (count === 0) throw ffmpegFailure(`No frame could be read from ${name}`, { stderr: log, known });
  } finally {
    options.signal?.removeEventListener('abort', kill);
    if (options.stdin && typeof options.stdin !== 'string') options.stdin.unpipe(child.stdin!);
    child.stdin?.destroy();
    child.stdout?.destroy();
    if (child.exitCode === null && child.signalCode === null) kill();
    if (!failure) await closed;
  }
}

function argumentsOf(options: DecoderOptions): string[] {
  const filters: string[] = [];
  if (options.fps !== undefined) filters.push(`fps=${options.fps}`);
  // Numbering the frames keeps ffmpeg from repeating or leaving out frames of a camera whose clock is not steady.
  else filters.push('settb=1/25', 'setpts=N');
  // Pixels that are not square would stretch faces: `sar` makes them square; a frame is never scaled up for maxWidth.
  const width = options.maxWidth === undefined ? 'iw*sar' : `min(iw*sar\\,${options.maxWidth})`;
  filters.push(`scale=w='trunc(${width})':h='trunc(${width}/dar)'`, 'setsar=1');
  return [
    '-hide_banner',
    '-loglevel',
    'error',
    ...(options.stdin === undefined ? ['-nostdin'] : []),
    ...options.input,
    '-map',
    '0:v:0',
    '-an',
    '-sn',
    '-dn',
    '-vf',
    filters.join(','),
    ...(options.fps === undefined ? ['-r', '25'] : []),
    '-c:v',
    'ppm',
    '-pix_fmt',
    'rgb24',
    '-f',
    'image2pipe',
    'pipe:1',
  ];
}
