import { useRef, useState } from 'preact/hooks';
import type { Recognized } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { isShown } from '../../components/liveness-text.ts';
import { PageHead } from '../../components/page-head.tsx';
import { useFrameLoop } from '../../components/use-frame-loop.ts';
import { useWebcam } from '../../components/use-webcam.ts';
import { WebcamView } from '../../components/webcam-view.tsx';
import { useSession } from '../../state/session.tsx';
import { createRateMeter } from './rate-meter.ts';
import { TurnGuide } from './turn-guide.tsx';

/** Of the requests that the server allows; the rest is for the other rooms. */
const BUDGET = 0.8;

/** Names over the faces that the webcam sees. */
export function LivePage() {
  const { api, session } = useSession();
  const webcam = useWebcam();
  const [answer, setAnswer] = useState<Recognized | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [speed, setSpeed] = useState({ framesPerSecond: 0, tookMs: 0 });
  const meter = useRef(createRateMeter());
  const [isGuided, setIsGuided] = useState(false);
  const isOn = webcam.state === 'on';
  useFrameLoop({
    video: webcam.video,
    running: isOn && !isGuided,
    leastMs: 60_000 / (session.limits.requestsPerMinute * BUDGET),
    send: (frame, signal) => api.recognize(frame, { limit: 1, signal }),
    onAnswer: (next, tookMs) => {
      setAnswer(next);
      setError(null);
      setSpeed({ framesPerSecond: meter.current.count(performance.now()), tookMs });
    },
    onError: setError,
  });
  const faces = isOn && answer ? answer.faces : [];
  return (
    <>
      <PageHead title="Live">
        Names over the faces that the webcam sees. Frames go to your server and are not kept.
      </PageHead>
      <WebcamView
        webcam={webcam}
        size={answer}
        faces={faces.map((face) => ({
          box: face.box,
          label: isShown(face) ? 'Not live' : (face.candidates[0]?.person.name ?? 'Unknown'),
          tone: face.candidates[0] ? 'known' : 'unknown',
        }))}
      />
      <ErrorNote error={error} />
      <dl class="figures">
        <div>
          <dt>Frames per second</dt>
          <dd>{isOn ? speed.framesPerSecond.toFixed(1) : '–'}</dd>
        </div>
        <div>
          <dt>Round trip</dt>
          <dd>{isOn && speed.tookMs > 0 ? `${Math.round(speed.tookMs)} ms` : '–'}</dd>
        </div>
        <div>
          <dt>In the picture</dt>
          <dd>{isOn ? inWords(faces) : '–'}</dd>
        </div>
      </dl>
      <TurnGuide webcam={webcam} onBusy={setIsGuided} />
    </>
  );
}

function inWords(faces: Recognized['faces']): string {
  if (faces.length === 0) return 'nobody';
  return faces
    .map((face) => {
      const [best] = face.candidates;
      if (isShown(face)) return 'a face that is not live';
      return best ? `${best.person.name} (${best.distance.toFixed(2)})` : 'somebody unknown';
    })
    .join(', ');
}
