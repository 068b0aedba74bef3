import { useEffect, useRef, useState } from 'preact/hooks';
import type { Recognized } from '../../api/types.ts';
import { DropZone } from '../../components/drop-zone.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceBoxes } from '../../components/face-boxes.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { FaceAnswer } from './face-answer.tsx';

interface Shown {
  readonly url: string;
  readonly file: File;
  readonly answer: Recognized | null;
  readonly error: unknown;
}

/** Says who is in a photo, and why. */
export function RecognisePage() {
  const { api, may } = useSession();
  const [shown, setShown] = useState<Shown | null>(null);
  const controller = useRef<AbortController | null>(null);
  useEffect(() => () => controller.current?.abort(), []);
  useEffect(() => () => (shown ? URL.revokeObjectURL(shown.url) : undefined), [shown?.url]);

  const look = (file: File): void => {
    controller.current?.abort();
    const current = new AbortController();
    controller.current = current;
    const base = { url: URL.createObjectURL(file), file };
    setShown({ ...base, answer: null, error: null });
    const finish = (result: Partial<Shown>) =>
      current.signal.aborted || setShown({ ...base, answer: null, error: null, ...result });
    api.recognize(file, { explain: true, limit: 3, signal: current.signal }).then(
      (answer) => finish({ answer }),
      (error: unknown) => finish({ error }),
    );
  };
  if (!may('recognize')) {
    return (
      <>
        <PageHead title="Recognise">See who is in a photo.</PageHead>
        <p class="note">Your key may not send pictures. Enter one with the scope recognize under Settings.</p>
      </>
    );
  }
  return (
    <>
      <PageHead title="Recognise">See who is in a photo, and why. The photo is not kept.</PageHead>
      <DropZone many={false} onPictures={([picture]) => picture && look(picture.file)} />
      {shown === null ? (
        <EmptyState icon="recognise" title="No photo yet">
          <p>Choose a photo of one or more people; names appear over the faces.</p>
        </EmptyState>
      ) : (
        <div class="result">
          <Photo shown={shown} />
          <section aria-label="Faces" aria-busy={shown.answer === null && shown.error === null}>
            <ErrorNote error={shown.error} onRetry={() => look(shown.file)} />
            {shown.answer === null && shown.error === null && <p role="status">Looking …</p>}
            {shown.answer && <Answers answer={shown.answer} />}
          </section>
        </div>
      )}
    </>
  );
}

function Photo({ shown }: { readonly shown: Shown }) {
  const { answer } = shown;
  return (
    <div class="stage photo">
      <img src={shown.url} alt={shown.file.name} />
      {answer && (
        <FaceBoxes
          width={answer.width}
          height={answer.height}
          faces={answer.faces.map(({ box, candidates }) => ({
            box,
            label: candidates[0]?.person.name ?? 'Unknown',
            tone: candidates[0] ? 'known' : 'unknown',
          }))}
        />
      )}
    </div>
  );
}

function Answers({ answer }: { readonly answer: Recognized }) {
  const { faces, maxDistance } = answer;
  return (
    <>
      <p role="status">
        {faces.length === 0
          ? 'No face was found. Faces smaller than about 80 pixels are missed; try a larger photo.'
          : `${faces.length === 1 ? 'One face' : `${faces.length} faces`}: ${faces.map(({ candidates }) => candidates[0]?.person.name ?? 'unknown').join(', ')}`}
      </p>
      {faces.map((face, i) => (
        <FaceAnswer key={i} face={face} number={i + 1} maxDistance={maxDistance} />
      ))}
    </>
  );
}
