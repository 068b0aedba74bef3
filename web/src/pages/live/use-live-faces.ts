import { useEffect, useRef, useState } from 'preact/hooks';
import { FaceWatch } from '../../../../src/web/watch.ts';
import { grabFrame } from '../../components/grab-frame.ts';
import { useFrameLoop } from '../../components/use-frame-loop.ts';
import type { Webcam } from '../../components/use-webcam.ts';
import { type Place, usePlace } from '../../state/place.tsx';
import { useSession } from '../../state/session.tsx';
import { answerOfBrowser, answerOfServer, galleryOf, type LiveAnswer } from './live-answer.ts';
import { createRateMeter } from './rate-meter.ts';

/** Of the requests that the server allows; the rest is for the other rooms. */
const BUDGET = 0.8;
/** Between two frames that this browser looks at: as many as a film has, at most. */
const LEAST_MS = 1000 / 30;

/** How fast a place is. */
export interface Speed {
  readonly framesPerSecond: number;
  readonly tookMs: number;
}

/** What the webcam sees, looked at where it was chosen. */
export interface LiveFaces {
  readonly answer: LiveAnswer | null;
  readonly error: unknown;
  /** Of each place that was used, the latest. */
  readonly speeds: Readonly<Partial<Record<Place, Speed>>>;
}

/** Looks at frames of a webcam, one after the other. */
export function useLiveFaces(webcam: Webcam, running: boolean): LiveFaces {
  const { api, session } = useSession();
  const { place, pipeline } = usePlace();
  const [answer, setAnswer] = useState<LiveAnswer | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [speeds, setSpeeds] = useState<LiveFaces['speeds']>({});
  const meter = useRef(createRateMeter());
  const watch = useRef<FaceWatch | null>(null);
  useEffect(() => {
    setAnswer(null);
    meter.current = createRateMeter();
    if (pipeline === null) return;
    const controller = new AbortController();
    const { maxDistance } = session;
    const gallery = galleryOf(api, maxDistance, controller.signal);
    watch.current = new FaceWatch({ pipeline, gallery: gallery as never, maxDistance });
    return () => {
      controller.abort();
      watch.current = null;
    };
  }, [pipeline, api, session.maxDistance]);
  const onAnswer = (next: LiveAnswer, tookMs: number): void => {
    setAnswer(next);
    setError(null);
    const framesPerSecond = meter.current.count(performance.now());
    setSpeeds((all) => ({ ...all, [place]: { framesPerSecond, tookMs } }));
  };
  const common = { video: webcam.video, onAnswer, onError: setError };
  useFrameLoop({
    ...common,
    running: running && place === 'server',
    leastMs: 60_000 / (session.limits.requestsPerMinute * BUDGET),
    grab: grabFrame,
    send: async (frame, signal) => answerOfServer(await api.recognize(frame, { limit: 1, signal })),
  });
  useFrameLoop({
    ...common,
    running: running && place === 'browser' && pipeline !== null,
    leastMs: LEAST_MS,
    grab: async (video) => (video.videoWidth > 0 ? createImageBitmap(video) : null),
    async send(frame) {
      try {
        return answerOfBrowser(frame, (await watch.current?.look(frame)) ?? []);
      } finally {
        frame.close();
      }
    },
  });
  return { answer, error, speeds };
}
