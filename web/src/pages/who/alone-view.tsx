import { useState } from 'preact/hooks';
import { counted } from '../../components/counted.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PersonNameField } from '../../components/person-name-field.tsx';
import { useSession } from '../../state/session.tsx';
import { useFaceDecisions } from '../../state/use-face-decisions.ts';
import { useLoad } from '../../state/use-load.ts';
import { FacePicker } from './face-picker.tsx';
import { namedFacesText } from './named-faces-text.ts';
import { NamingProgress } from './naming-progress.tsx';

const PAGE = 60;
/** The server gives no more at once. */
const MOST = 200;

/** Nameless faces that look like nobody else: some are picked and named, the rest is ignored. */
export function AloneView() {
  const { api } = useSession();
  const [limit, setLimit] = useState(PAGE);
  const loaded = useLoad(
    (signal) => Promise.all([api.photos.alone({ limit, signal }), api.photos.stats({ signal })]),
    [api, limit],
  );
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>(null);
  const { decide, undoLast } = useFaceDecisions(loaded.reload);
  const [page, stats] = loaded.value ?? [null, null];
  const faces = page?.items ?? [];
  const chosen = picked.filter((id) => faces.some((face) => face.id === id));
  // A face alone may say too little: who is beside it says more.
  const shown = chosen.length === 1 ? faces.find(({ id }) => id === chosen[0]) : undefined;
  const answer: typeof decide = async (work, text) => {
    setError(null);
    try {
      await decide(work, text);
      setPicked([]);
      setName('');
    } catch (problem) {
      setError(problem);
    }
  };
  const ignore = (ids: readonly string[]) =>
    void answer(() => api.photos.ignore({ faces: ids }), `${counted(ids.length, 'face')} ignored`);
  return (
    <>
      <NamingProgress stats={stats} />
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {page !== null && faces.length === 0 && (
        <EmptyState icon="who" title="No face stands alone">
          <p>Every face has a name, is ignored, or is in a group.</p>
        </EmptyState>
      )}
      {faces.length > 0 && (
        <>
          <p class="quiet">
            {counted(stats?.alone ?? faces.length, 'face looks', 'faces look')} like no other. Pick those of
            one person and name them; ignore whoever does not matter.
          </p>
          <form
            class="card name-form sticky"
            onSubmit={(event) => {
              event.preventDefault();
              if (chosen.length > 0 && name.trim() !== '')
                void answer(() => api.photos.name({ faces: chosen }, { name: name.trim() }), namedFacesText);
            }}
          >
            <PersonNameField grow value={name} onChange={setName} />
            <button type="submit" class="primary" disabled={chosen.length === 0 || name.trim() === ''}>
              Name {counted(chosen.length, 'face')}
            </button>
            <button type="button" disabled={chosen.length === 0} onClick={() => ignore(chosen)}>
              Ignore {counted(chosen.length, 'face')}
            </button>
            <button
              type="button"
              class="plain"
              onClick={() => setPicked(chosen.length === faces.length ? [] : faces.map(({ id }) => id))}
            >
              {chosen.length === faces.length ? 'Pick none' : 'Pick all'}
            </button>
            {shown && (
              <a class="button plain" href={`#/photos/photo/${shown.photoId}`}>
                Show the photo
              </a>
            )}
          </form>
          <ErrorNote error={error} />
          <FacePicker
            label="Faces that stand alone"
            faces={faces}
            picked={chosen}
            onPicked={setPicked}
            onKey={({ key }) => {
              if (key.toLowerCase() === 'i' && chosen.length > 0) ignore(chosen);
              if (key.toLowerCase() === 'u') void undoLast();
            }}
          />
          {page?.nextCursor != null && limit < MOST && (
            <p class="row center">
              <button
                type="button"
                disabled={loaded.loading}
                onClick={() => setLimit((n) => Math.min(MOST, n + PAGE))}
              >
                Show more
              </button>
            </p>
          )}
          <p class="hint keys">
            Keys: arrows go from one to the next, <kbd>Space</kbd> picks, <kbd>I</kbd> ignore what is picked,{' '}
            <kbd>U</kbd> undo the last answer.
          </p>
        </>
      )}
    </>
  );
}
