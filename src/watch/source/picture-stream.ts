import { setTimeout as sleep } from 'node:timers/promises';
import { FaceTriggerError } from '../../core/errors.ts';
import type { Image } from '../../core/image/image.ts';
import { resizeImage } from '../../core/image/resize-image.ts';
import { throwIfAborted } from '../../core/throw-if-aborted.ts';
import { readImage } from '../../node/image/read-image.ts';
import type { SourceFrame } from './frame-source.ts';
import type { LiveRun } from './live-options.ts';
import type { PictureAnswer, PictureClient } from './picture-client.ts';

/** Default of the time between two looks at an address of single pictures, in milliseconds. */
export const DEFAULT_PICTURE_MS = 1000;

// A picture that stays the same is looked at again: who stands in it is still there. Below the time after which a
// face counts as gone (lostMs of single pictures, 10 seconds).
const SAME_AGAIN_MS = 5000;

// One answer that fails, as of a camera that is just writing its picture, is no loss.
const MAX_FAILURES = 3;

/**
 * Looks at an address of single pictures again and again.
 *
 * @param client - asks for them
 * @param options.first - what it gave first
 * @param options.everyMs - from one look to the next
 * @param options.timeoutMs - for one look, and for all without a picture
 * @param options.maxWidth - wider pictures are scaled down to so many pixels
 * @throws FaceTriggerError `ERR_VIDEO_SOURCE` after three failures in a row, or when no picture came for too long
 */
export async function* pictureStream(
  client: PictureClient,
  options: {
    readonly first: PictureAnswer;
    readonly everyMs: number;
    readonly timeoutMs: number;
    readonly maxWidth: number;
  },
  run: LiveRun,
): AsyncGenerator<SourceFrame, void, void> {
  const { everyMs, timeoutMs } = options;
  let answer: PictureAnswer | null = options.first;
  let image: Image | null = null;
  let failures = 0;
  let shownMs = Number.NEGATIVE_INFINITY;
  let goodMs = run.clock();
  for (;;) {
    const startMs = run.clock();
    try {
      answer ??= await client.get({ signal: run.signal, timeoutMs });
      if (answer.kind === 'other') throw new FaceTriggerError('ERR_VIDEO_SOURCE', notAPicture(answer.type));
      if (answer.kind === 'picture') image = await decode(answer.bytes, options.maxWidth);
      failures = 0;
      goodMs = run.clock();
    } catch (error) {
      throwIfAborted(run.signal);
      failures++;
      client.forget();
      // Another kind of content needs another way of reading.
      if (answer?.kind === 'other' || failures >= MAX_FAILURES || run.clock() - goodMs > timeoutMs)
        throw error;
    }
    const changed = failures === 0 && answer?.kind === 'picture';
    if (image !== null && (changed || (failures === 0 && run.clock() - shownMs >= SAME_AGAIN_MS))) {
      shownMs = run.clock();
      yield { image, timeMs: shownMs, index: run.nextIndex(), release: () => undefined };
      // While it was looked at, nobody asked the camera.
      goodMs = run.clock();
    }
    answer = null;
    const pause = Math.max(0, startMs + everyMs - run.clock());
    await sleep(pause, undefined, { signal: run.signal }).catch(() => throwIfAborted(run.signal));
  }
}

async function decode(bytes: Uint8Array, maxWidth: number): Promise<Image> {
  const image = await readImage(bytes, { colorMode: 'rgb' });
  return image.width > maxWidth ? resizeImage(image, { scale: maxWidth / image.width }) : image;
}

function notAPicture(type: string): string {
  return `the address gives ${type === '' ? 'something else' : type} instead of a picture`;
}
