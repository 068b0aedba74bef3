import { FaceTriggerError } from '../../core/errors.ts';
import { findFfmpeg } from '../find-ffmpeg.ts';
import { type FfmpegInput, ffmpegStream } from './ffmpeg-stream.ts';
import type { FrameSource } from './frame-source.ts';
import {
  DEFAULT_LIVE_WIDTH,
  DEFAULT_STALL_MS,
  type LiveRun,
  type LiveSourceOptions,
  type OpenLive,
} from './live-options.ts';
import { reopenForever } from './live-source.ts';
import { type PictureAnswer, PictureClient } from './picture-client.ts';
import { DEFAULT_PICTURE_MS, pictureStream } from './picture-stream.ts';
import { redact } from './redact.ts';
import { StreamGuard } from './stream-guard.ts';

/** Options of {@link createHttpSource}. */
export interface HttpSourceOptions extends LiveSourceOptions {
  /** Looks a second, where the address gives single pictures. @defaultValue 1 */
  readonly fps?: number | undefined;
}

/**
 * An HTTP address: what it answers tells whether it is a stream, which ffmpeg reads, or a single picture, which is
 * asked for again and again.
 *
 * @param input - how ffmpeg opens the address
 * @remarks The question is a request of its own. Where the answer was a stream, the next try goes without it, as some
 * cameras serve one connection at a time.
 */
export function createHttpSource(input: FfmpegInput, options: HttpSourceOptions = {}): FrameSource {
  const address = input.name;
  const timeoutMs = options.stallMs ?? DEFAULT_STALL_MS;
  const maxWidth = options.maxWidth ?? DEFAULT_LIVE_WIDTH;
  const everyMs = options.fps === undefined ? DEFAULT_PICTURE_MS : 1000 / options.fps;
  let sparse = false;
  let ask = true;
  let ffmpegPath: string | undefined;

  const open: OpenLive = async function* (run) {
    const client = new PictureClient(address);
    const found = ask ? await firstAnswer(client, run, timeoutMs) : null;
    if (found?.answer?.kind === 'picture') {
      sparse = true;
      yield* pictureStream(client, { first: found.answer, everyMs, timeoutMs, maxWidth }, run);
      return;
    }
    ask = found?.answer?.kind !== 'other';
    sparse = false;
    ffmpegPath ??= await findFfmpeg({ path: options.ffmpegPath });
    // A proxy that the user set has its own rules.
    await using guard = process.env['http_proxy'] ? null : await StreamGuard.create(address);
    try {
      for await (const frame of ffmpegStream(input, { ...options, ffmpegPath, env: guard?.env }, run)) {
        ask = false;
        yield frame;
      }
    } catch (error) {
      // ffmpeg does not know why it got no answer.
      const why = [guard?.refused, found?.reason && `asked for a picture: ${found.reason}`].filter(Boolean);
      if (why.length === 0 || !(error instanceof FaceTriggerError)) throw error;
      throw new FaceTriggerError(error.code, [error.message, ...why].join('; '), { cause: error });
    }
  };
  return {
    name: redact(address, [address]),
    live: true,
    get sparse() {
      return sparse;
    },
    open: (signal) => reopenForever(open, { ...options, address }, signal),
  };
}

async function firstAnswer(
  client: PictureClient,
  { signal }: LiveRun,
  timeoutMs: number,
): Promise<{ answer: PictureAnswer | null; reason: string | null }> {
  try {
    return { answer: await client.get({ signal, timeoutMs }), reason: null };
  } catch (error) {
    // What cannot be asked may still be read: ffmpeg knows servers that answer in other ways.
    return { answer: null, reason: (error as Error).message };
  }
}
