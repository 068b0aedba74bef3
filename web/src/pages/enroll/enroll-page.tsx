import { useState } from 'preact/hooks';
import type { ReviewLevel } from '../../api/create-api.ts';
import { DropZone } from '../../components/drop-zone.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { EnrollQueue } from './enroll-queue.tsx';
import { useEnrollment } from './enrollment-provider.tsx';
import { nameFromPath } from './name-from-path.ts';
import { WebcamEnroll } from './webcam-enroll.tsx';

/** Adds photos of people. */
export function EnrollPage() {
  const { api } = useSession();
  const [name, setName] = useState('');
  const [review, setReview] = useState<ReviewLevel>('standard');
  const [expires, setExpires] = useState('');
  const [way, setWay] = useState<'files' | 'webcam'>('files');
  const [problem, setProblem] = useState('');
  const enrollment = useEnrollment();
  const known = useLoad((signal) => api.listPeople({ query: name.trim(), limit: 20, signal }), [api, name]);

  const add = (pictures: readonly { readonly picture: Blob; readonly path: string }[]): void => {
    const named = pictures.map(({ picture, path }) => ({
      picture,
      source: path,
      name: name.trim() || nameFromPath(path),
      review,
      // The server says what a day means, here and on the command line: its first moment in UTC.
      expiresAt: expires === '' ? null : expires,
    }));
    const nameless = named.filter((one) => one.name === '').length;
    setProblem(
      pictures.length === 0
        ? 'There was no picture among these files.'
        : nameless > 0
          ? `Write a name first: ${nameless === 1 ? 'a picture lies' : `${nameless} pictures lie`} in no folder that names a person.`
          : '',
    );
    enrollment.add(named.filter((one) => one.name !== ''));
  };
  return (
    <>
      <PageHead title="Enroll">
        Add photos of one person under a name, or a folder in which each person has a folder.
      </PageHead>
      <div class="card form enroll-form">
        <label class="field grow">
          <span>Name</span>
          <input
            list="known-names"
            maxLength={200}
            autocomplete="off"
            value={name}
            aria-describedby="name-hint"
            onInput={(event) => setName(event.currentTarget.value)}
          />
          <datalist id="known-names">
            {known.value?.items.map((person) => (
              <option key={person.id} value={person.name} />
            ))}
          </datalist>
        </label>
        <label class="field">
          <span>Check of the photos</span>
          <select value={review} onChange={(event) => setReview(event.currentTarget.value as ReviewLevel)}>
            <option value="standard">Refuse useless ones</option>
            <option value="strict">Refuse all but good ones</option>
            <option value="off">Take everything</option>
          </select>
        </label>
        <label class="field">
          <span>Delete a new person on</span>
          <input type="date" value={expires} onInput={(event) => setExpires(event.currentTarget.value)} />
        </label>
        <p id="name-hint" class="hint full">
          Leave the name empty to take the names of folders. Ask people before you enroll them. A new person
          is deleted when the day begins in UTC.
        </p>
      </div>
      <fieldset class="switch">
        <legend class="visually-hidden">Where the photos come from</legend>
        <label>
          <input type="radio" name="way" checked={way === 'files'} onChange={() => setWay('files')} />
          <span>Pictures</span>
        </label>
        <label>
          <input type="radio" name="way" checked={way === 'webcam'} onChange={() => setWay('webcam')} />
          <span>Webcam</span>
        </label>
      </fieldset>
      {way === 'files' ? (
        <DropZone
          many
          onPictures={(pictures) => add(pictures.map(({ file, path }) => ({ picture: file, path })))}
        />
      ) : (
        <WebcamEnroll
          review={review}
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
