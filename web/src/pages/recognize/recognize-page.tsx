import { useEffect, useState } from 'preact/hooks';
import type { Recognized } from '../../api/types.ts';
import { DropZone } from '../../components/drop-zone.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceBoxes } from '../../components/face-boxes.tsx';
import { shrunkInWords } from '../../components/fit-picture.ts';
import { isShown } from '../../components/liveness-text.ts';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { FaceAnswer } from './face-answer.tsx';
import { FaceSizeField } from './face-size-field.tsx';
import { type Corrections, useCorrections } from './use-corrections.ts';
import { type Recognition, useRecognition } from './use-recognition.ts';

/** Says who is in a photo, and why. */
export function RecognizePage() {
  const { may } = useSession();
  const { shown, minFaceSize, look, lookFor, lookAgain } = useRecognition();
  const corrections = useCorrections(lookAgain);
  return (
    <>
      <PageHead title="Recognize">See who is in a photo, and why. The photo is not kept.</PageHead>
      <DropZone many={false} onPictures={([picture]) => picture && look(picture.file)} />
      <FaceSizeField value={minFaceSize} onChange={lookFor} />
      {shown === null ? (
        <EmptyState icon="recognize" title="No photo yet">
          <p>Choose a photo of one or more people; names appear over the faces.</p>
        </EmptyState>
      ) : (
        <div class="result">
          <Photo shown={shown} />
          <section aria-label="Faces" aria-busy={shown.answer === null && shown.error === null}>
            <ErrorNote error={shown.error} onRetry={lookAgain} />
            {shown.answer === null && shown.error === null && <p role="status">Looking …</p>}
            {shown.answer && (
              <Answers shown={shown} answer={shown.answer} corrections={may('admin') ? corrections : null} />
            )}
          </section>
        </div>
      )}
    </>
  );
}

function Photo({ shown: { answer, url, file } }: { readonly shown: Recognition }) {
  const [cannotShow, setCannotShow] = useState(false);
  useEffect(() => setCannotShow(false), [url]);
  if (cannotShow) {
    return <p class="note">This browser can't show {file.name}; the server may still read it.</p>;
  }
  return (
    <div class="stage photo">
      <img src={url} alt={file.name} onError={() => setCannotShow(true)} />
      {answer && (
        <FaceBoxes
          width={answer.width}
          height={answer.height}
          faces={answer.faces.map((face, i) => ({
            box: face.box,
            label: `${i + 1} ${isShown(face) ? 'Not live' : (face.candidates[0]?.person.name ?? 'Unknown')}`,
            short: `${i + 1}`,
            tone: face.candidates[0] ? 'known' : 'unknown',
          }))}
        />
      )}
    </div>
  );
}

function Answers(props: {
  readonly shown: Recognition;
  readonly answer: Recognized;
  readonly corrections: Corrections | null;
}) {
  const { faces, maxDistance, minProbability } = props.answer;
  const size = Math.round(props.answer.minFaceSize);
  const { sent, file } = props.shown;
  return (
    <>
      <p role="status">
        {faces.length === 0
          ? `No face was found. Faces of ${size} pixels and more were looked for: choose smaller ones, or try a larger photo.`
          : `${faces.length === 1 ? 'One face' : `${faces.length} faces`}: ${namesIn(faces)}`}
      </p>
      {faces.length > 0 && <p class="hint">Faces of {size} pixels and more were looked for.</p>}
      {sent?.shrunk && <p class="hint">{shrunkInWords(sent.shrunk)}</p>}
      {faces.map((face, i) => (
        <FaceAnswer
          key={i}
          face={face}
          number={i + 1}
          maxDistance={maxDistance}
          minProbability={minProbability}
          corrections={props.corrections}
          of={{ face, picture: sent?.picture ?? file, source: file.name }}
        />
      ))}
    </>
  );
}

/** "Ada, Bob, 3 unknown": a crowd of strangers is a number. */
function namesIn(faces: Recognized['faces']): string {
  const known = faces.flatMap(({ candidates }) => candidates[0]?.person.name ?? []);
  const strangers = faces.length - known.length;
  const unknown = strangers === 0 ? [] : [faces.length === 1 ? 'unknown' : `${strangers} unknown`];
  return [...known, ...unknown].join(', ');
}
