import { useState } from 'preact/hooks';
import { messageOf } from '../../api/api-error.ts';
import type { ReviewLevel } from '../../api/create-api.ts';
import { grabFrame } from '../../components/grab-frame.ts';
import { useFrameLoop } from '../../components/use-frame-loop.ts';
import { useWebcam } from '../../components/use-webcam.ts';
import { WebcamView } from '../../components/webcam-view.tsx';
import { usePlace } from '../../state/place.tsx';
import { useSession } from '../../state/session.tsx';
import { hintFor, type Reviewed } from './hint-for.ts';
import { reviewHere } from './review-here.ts';

/** Between two looks: often enough to guide somebody, and no load for the server. */
const HINT_MS = 350;

/** Takes pictures with the webcam and says how to make them better. */
export function WebcamEnroll(props: {
  readonly review: ReviewLevel;
  readonly onPicture: (picture: Blob) => void;
}) {
  const { api } = useSession();
  const { place, pipeline } = usePlace();
  const webcam = useWebcam();
  const [seen, setSeen] = useState<Reviewed | null>(null);
  const [problem, setProblem] = useState('');
  const isOn = webcam.state === 'on';
  useFrameLoop({
    video: webcam.video,
    running: isOn && (place === 'server' || pipeline !== null),
    leastMs: HINT_MS,
    grab: grabFrame,
    // Even who takes everything wants to know what could be better.
    send: (frame, signal) => {
      const review = props.review === 'off' ? 'standard' : props.review;
      return pipeline ? reviewHere(pipeline, frame, review) : api.review(frame, { review, signal });
    },
    onAnswer: (answer) => {
      setSeen(answer);
      setProblem('');
    },
    onError: (error) => setProblem(messageOf(error)),
  });
  const take = async (): Promise<void> => {
    const picture = webcam.video.current && (await grabFrame(webcam.video.current));
    if (picture) props.onPicture(picture);
  };
  const hint = hintFor(seen);
  return (
    <section class="card" aria-label="Webcam">
      <WebcamView
        webcam={webcam}
        size={seen}
        faces={(seen?.faces ?? []).map(({ box }) => ({ box, label: '', tone: hint.tone }))}
      >
        <button type="button" class="primary" disabled={!isOn} onClick={() => void take()}>
          Take a picture
        </button>
      </WebcamView>
      <p class={`hint-line ${hint.tone}`} role="status">
        {problem ||
          (isOn
            ? hint.text
            : 'Start the camera, then take about five pictures with the head a little different in each.')}
      </p>
    </section>
  );
}
