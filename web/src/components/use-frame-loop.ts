import { useEffect, useRef } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';

/**
 * Sends frames of a playing video, one at a time: the next one is taken when the answer is there, so that nothing
 * piles up however slow the server is.
 *
 * @param options.running - frames are sent while this is true
 * @param options.leastMs - between the beginnings of two requests
 * @param options.grab - takes a frame; `null` where the video shows nothing yet
 * @param options.send - asks the server
 * @param options.onAnswer - gets the answer and how long it took
 */
export function useFrameLoop<Frame, Answer>(options: {
  readonly video: { readonly current: HTMLVideoElement | null };
  readonly running: boolean;
  readonly leastMs: number;
  readonly grab: (video: HTMLVideoElement) => Promise<Frame | null>;
  readonly send: (frame: Frame, signal: AbortSignal) => Promise<Answer>;
  readonly onAnswer: (answer: Answer, tookMs: number) => void;
  readonly onError: (error: unknown) => void;
}): void {
  const latest = useRef(options);
  latest.current = options;
  useEffect(() => {
    if (!options.running) return;
    const controller = new AbortController();
    const { signal } = controller;
    const run = async (): Promise<void> => {
      while (!signal.aborted) {
        const started = performance.now();
        const waitMs = await sendOne(latest.current, signal);
        const { leastMs } = latest.current;
        await pause(Math.max(waitMs, leastMs - (performance.now() - started)), signal);
      }
    };
    void run();
    return () => controller.abort();
  }, [options.running]);
}

/** @returns milliseconds to wait at least */
async function sendOne<Frame, Answer>(
  { video, grab, send, onAnswer, onError }: Parameters<typeof useFrameLoop<Frame, Answer>>[0],
  signal: AbortSignal,
): Promise<number> {
  const frame = video.current && (await grab(video.current));
  if (!frame) return 50;
  const started = performance.now();
  try {
    const answer = await send(frame, signal);
    if (!signal.aborted) onAnswer(answer, performance.now() - started);
    return 0;
  } catch (error) {
    if (signal.aborted) return 0;
    const retryMs = error instanceof ApiError ? error.retryMs : 0;
    // A server that is busy says when to come back; that is no error to show.
    if (retryMs === 0) onError(error);
    return Math.max(retryMs, 1000);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}
