import { useState } from 'preact/hooks';
import { DropZone } from '../../components/drop-zone.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { PlaceChoice } from '../../components/place-choice.tsx';
import { usePlace } from '../../state/place.tsx';
import { EnrollForm, type EnrollValues } from './enroll-form.tsx';
import { EnrollQueue } from './enroll-queue.tsx';
import { useEnrollment } from './enrollment-provider.tsx';
import { nameFromPath } from './name-from-path.ts';
import type { NewPicture } from './send-picture.ts';
import { WebcamEnroll } from './webcam-enroll.tsx';

type Way = 'files' | 'webcam';

/** Adds photos of people. */
export function EnrollPage() {
  const [values, setValues] = useState<EnrollValues>({ name: '', review: 'standard', expires: '' });
  const [way, setWay] = useState<Way>('files');
  const [problem, setProblem] = useState('');
  const enrollment = useEnrollment();
  const { place, pipeline } = usePlace();

  const add = (pictures: readonly { readonly picture: Blob; readonly path: string }[]): void => {
    if (place === 'browser' && pipeline === null) {
      setProblem('The models of this browser are not there yet.');
      return;
    }
    const all = pictures.map(({ picture, path }) => ({ ...newPicture(picture, path, values), pipeline }));
    const named = all.filter(({ name }) => name !== '');
    setProblem(problemWith({ pictures: all.length, nameless: all.length - named.length }));
    enrollment.add(named);
  };
  return (
    <>
      <PageHead title="Enroll">
        Add photos of one person under a name, or a folder in which each person has a folder.
      </PageHead>
      <EnrollForm values={values} onChange={(changes) => setValues({ ...values, ...changes })} />
      <WaySwitch way={way} onChange={setWay} />
      <PlaceChoice />
      {way === 'files' ? (
        <DropZone
          many
          onPictures={(pictures) => add(pictures.map(({ file, path }) => ({ picture: file, path })))}
        />
      ) : (
        <WebcamEnroll
          review={values.review}
          onPicture={(picture) => add([{ picture, path: `webcam ${new Date().toLocaleString()}` }])}
        />
      )}
      {problem !== '' && (
        <p class="note error" role="alert">
          {problem}
        </p>
      )}
      <EnrollQueue enrollment={enrollment} />
    </>
  );
}

function WaySwitch({ way, onChange }: { readonly way: Way; readonly onChange: (way: Way) => void }) {
  return (
    <fieldset class="switch">
      <legend class="visually-hidden">Where the photos come from</legend>
      <label>
        <input type="radio" name="way" checked={way === 'files'} onChange={() => onChange('files')} />
        <span>Pictures</span>
      </label>
      <label>
        <input type="radio" name="way" checked={way === 'webcam'} onChange={() => onChange('webcam')} />
        <span>Webcam</span>
      </label>
    </fieldset>
  );
}

function newPicture(
  picture: Blob,
  path: string,
  { name, review, expires }: EnrollValues,
): Omit<NewPicture, 'pipeline'> {
  return {
    picture,
    source: path,
    name: name.trim() || nameFromPath(path),
    review,
    // The server says what a day means, here and on the command line: its first moment in UTC.
    expiresAt: expires === '' ? null : expires,
  };
}

function problemWith({
  pictures,
  nameless,
}: {
  readonly pictures: number;
  readonly nameless: number;
}): string {
  if (pictures === 0) return 'There was no picture among these files.';
  if (nameless === 0) return '';
  return `Write a name first: ${nameless === 1 ? 'a picture lies' : `${nameless} pictures lie`} in no folder that names a person.`;
}
