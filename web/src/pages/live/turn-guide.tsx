import { useState } from 'preact/hooks';
import type { TurnChallenge, TurnFrame } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { grabFrame } from '../../components/grab-frame.ts';
import { useFrameLoop } from '../../components/use-frame-loop.ts';
import type { Webcam } from '../../components/use-webcam.ts';
import { useSession } from '../../state/session.tsx';
import { type TurnNews, turnNews } from './turn-news.ts';

/** Between two frames: as often as a turning head is seen from enough sides. */
const FRAME_MS = 250;

/** Guides somebody through "turn your head", which a photo can't do. */
export function TurnGuide(props: {
  readonly webcam: Webcam;
  /** Told when the guide begins to use the camera and when it has done. */
  readonly onBusy: (busy: boolean) => void;
}) {
  const { api } = useSession();
  const { webcam, onBusy } = props;
  const [challenge, setChallenge] = useState<TurnChallenge | null>(null);
  const [frame, setFrame] = useState<TurnFrame | null>(null);
  const [error, setError] = useState<unknown>(null);
  const isOn = webcam.state === 'on';
  const begin = async (): Promise<void> => {
    setFrame(null);
    setError(null);
    try {
      setChallenge(await api.challengeTurn());
      onBusy(true);
    } catch (cause) {
      setError(cause);
    }
  };
  const end = (): void => {
    setChallenge(null);
    onBusy(false);
  };
  useFrameLoop({
    video: webcam.video,
    running: isOn && challenge !== null,
    leastMs: FRAME_MS,
    grab: grabFrame,
    send: (picture, signal) => api.showTurn(challenge!.nonce, picture, { signal }),
    onAnswer: (answer) => {
      setFrame(answer);
      if (answer.state !== 'going') end();
    },
    onError: (cause) => {
      setError(cause);
      end();
    },
  });
  const news = turnNews({ isOn, isRunning: challenge !== null, frame });
  return (
    <section class="card" aria-label="Turn your head">
      <h2>Are you there yourself?</h2>
      <p>
        Turn your head as you are told. A photo or a screen that is held up can't do that as a head does; a
        film of somebody who happens to turn the same way can.
      </p>
      <Progress news={news} />
      <ErrorNote error={error} />
      <button
        type="button"
        class="primary"
        disabled={!isOn || challenge !== null}
        onClick={() => void begin()}
      >
        {frame === null ? 'Begin' : 'Once more'}
      </button>
    </section>
  );
}

function Progress({ news }: { readonly news: TurnNews }) {
  return (
    <>
      <p class={`hint-line ${news.tone}`} role="status">
        {news.text}
      </p>
      {news.of > 0 && <progress max={news.of} value={news.done} aria-label="Steps done" />}
    </>
  );
}
