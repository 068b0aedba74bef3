import { useState } from 'preact/hooks';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { PlaceChoice } from '../../components/place-choice.tsx';
import { useWebcam } from '../../components/use-webcam.ts';
import { WebcamView } from '../../components/webcam-view.tsx';
import { usePlace } from '../../state/place.tsx';
import type { LiveFace } from './live-answer.ts';
import { TurnGuide } from './turn-guide.tsx';
import { type Speed, useLiveFaces } from './use-live-faces.ts';

/** Names over the faces that the webcam sees. */
export function LivePage() {
  const webcam = useWebcam();
  const { place } = usePlace();
  const [isGuided, setIsGuided] = useState(false);
  const isOn = webcam.state === 'on';
  const { answer, error, speeds } = useLiveFaces(webcam, isOn && !isGuided);
  const faces = isOn && answer ? answer.faces : [];
  const speed = isOn ? speeds[place] : undefined;
  const [other, where] =
    place === 'server' ? [speeds.browser, 'In this browser'] : [speeds.server, 'On the server'];
  return (
    <>
      <PageHead title="Live">
        Names over the faces that the webcam sees.{' '}
        {place === 'server'
          ? 'Frames go to your server and are not kept.'
          : 'Frames stay in this browser; embeddings go to your server.'}
      </PageHead>
      <PlaceChoice />
      <WebcamView webcam={webcam} size={answer} faces={faces} />
      <ErrorNote error={error} />
      <dl class="figures">
        <div>
          <dt>Frames per second</dt>
          <dd>{speed ? speed.framesPerSecond.toFixed(1) : '–'}</dd>
        </div>
        <div>
          <dt>{place === 'server' ? 'Round trip' : 'Each frame'}</dt>
          <dd>{speed ? `${Math.round(speed.tookMs)} ms` : '–'}</dd>
        </div>
        {other && (
          <div>
            <dt>{where}</dt>
            <dd>{inFigures(other)}</dd>
          </div>
        )}
        <div>
          <dt>In the picture</dt>
          <dd>{isOn ? inWords(faces) : '–'}</dd>
        </div>
      </dl>
      <TurnGuide webcam={webcam} onBusy={setIsGuided} />
    </>
  );
}

function inFigures({ framesPerSecond, tookMs }: Speed): string {
  return `${framesPerSecond.toFixed(1)} a second, ${Math.round(tookMs)} ms each`;
}

function inWords(faces: readonly LiveFace[]): string {
  return faces.length === 0 ? 'nobody' : faces.map(({ words }) => words).join(', ');
}
