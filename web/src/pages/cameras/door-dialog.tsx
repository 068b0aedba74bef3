import { useCallback, useState } from 'preact/hooks';
import type { DoorEnrollment } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import type { LiveFeed } from '../../components/live-feed.ts';
import { LiveImage } from '../../components/live-image.tsx';
import { PersonNameField } from '../../components/person-name-field.tsx';
import { useSession } from '../../state/session.tsx';
import { useRepeat } from '../../state/use-repeat.ts';
import { doorNews } from './door-news.ts';

/** Between two looks at how far it is: a turn of the head takes a second. */
const LOOK_MS = 500;

/** Enrolls who stands before a camera: asks for the name, guides, and says what became of it. */
export function DoorDialog(props: {
  readonly camera: string;
  readonly feed: LiveFeed | null;
  readonly onClose: () => void;
}) {
  const { camera, feed, onClose } = props;
  const { api } = useSession();
  const [name, setName] = useState('');
  const [at, setAt] = useState<DoorEnrollment | null>(null);
  const [error, setError] = useState<unknown>(null);
  const isOpen = at !== null && (at.state === 'going' || at.state === 'saving');
  const take = async (work: Promise<DoorEnrollment>): Promise<void> => {
    try {
      setAt(await work);
      setError(null);
    } catch (cause) {
      setError(cause);
    }
  };
  const look = useCallback(() => {
    if (at !== null && isOpen) void take(api.home.enrollment(at.id));
  }, [api, at?.id, isOpen]);
  useRepeat(LOOK_MS, look);
  const close = (): void => {
    // Nobody would see how it goes on.
    if (at?.state === 'going') void api.home.cancelEnrollment(at.id).catch(() => undefined);
    onClose();
  };
  const news = doorNews(at);
  return (
    <Dialog title={`Enroll somebody before ${camera}`} onClose={close} wide>
      <LiveImage camera={camera} feed={feed} note={null} />
      <p class={`hint-line instruction ${news.tone}`} role="status">
        {news.arrow !== null && (
          <span class="arrow" aria-hidden="true">
            {news.arrow}
          </span>
        )}
        <span>
          {news.text}
          {news.hint !== null && <small>{news.hint}</small>}
        </span>
      </p>
      {at !== null && (isOpen || at.state === 'done') && <Steps at={at} />}
      <ErrorNote error={error} />
      {at === null || (!isOpen && at.state !== 'done') ? (
        <form
          class="form"
          onSubmit={(event) => {
            event.preventDefault();
            void take(api.home.startEnrollment(camera, name.trim()));
          }}
        >
          <PersonNameField required value={name} onChange={setName} />
          <div class="row end">
            <button type="button" onClick={close}>
              Close
            </button>
            <button type="submit" class="primary" disabled={name.trim() === ''}>
              {at === null ? 'Begin' : 'Once more'}
            </button>
          </div>
        </form>
      ) : (
        <div class="row end">
          {at.state === 'going' && (
            <button type="button" onClick={() => void take(api.home.cancelEnrollment(at.id))}>
              Cancel
            </button>
          )}
          {at.result !== null && !at.result.undone && (
            <button type="button" onClick={() => void take(api.home.undoEnrollment(at.id))}>
              Undo
            </button>
          )}
          {!isOpen && (
            <button type="button" class="primary" onClick={close}>
              Close
            </button>
          )}
        </div>
      )}
    </Dialog>
  );
}

const STEPS = ['ahead', 'left', 'right', 'up'] as const;
const STEP_NAMES = { ahead: 'Straight', left: 'Left', right: 'Right', up: 'Up' } as const;

/** The poses, and which of them are kept. */
function Steps({ at }: { readonly at: DoorEnrollment }) {
  return (
    <>
      <progress class="visually-hidden" max={at.of} value={at.done} aria-label="Poses kept" />
      <ol class="steps" aria-hidden="true">
        {STEPS.map((step, i) => {
          const state = i < at.done ? 'done' : step === at.wanted ? 'now' : '';
          return (
            <li key={step} class={state}>
              {STEP_NAMES[step]}
            </li>
          );
        })}
      </ol>
    </>
  );
}
