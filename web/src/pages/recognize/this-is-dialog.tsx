import { useState } from 'preact/hooks';
import { ApiError } from '../../api/api-error.ts';
import type { ReviewLevel } from '../../api/create-api.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PersonNameField } from '../../components/person-name-field.tsx';

/** Asks whose face it is. */
export function ThisIsDialog(props: {
  /** As it stands on the photo. */
  readonly number: number;
  readonly onName: (name: string, review: ReviewLevel) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const isRefused = error instanceof ApiError && error.code === 'ERR_UNSUITABLE_FACE';
  const save = async (review: ReviewLevel): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await props.onName(name.trim(), review);
      props.onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog title={`Who is face ${props.number}?`} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save('standard');
        }}
      >
        <PersonNameField required value={name} onChange={setName} />
        <p class="hint">The face is added to this person. If nobody has this name, the person is created.</p>
        <ErrorNote error={error} />
        <div class="row end">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          {isRefused && (
            <button type="button" disabled={busy} onClick={() => void save('off')}>
              Take it anyway
            </button>
          )}
          <button type="submit" class="primary" disabled={busy || name.trim() === ''}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
