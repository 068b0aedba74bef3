import { useState } from 'preact/hooks';
import { ApiError } from '../../api/api-error.ts';
import type { ReviewLevel } from '../../api/create-api.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PersonNameField } from '../../components/person-name-field.tsx';
import { useSave } from '../../state/use-save.ts';

/** Asks whose face it is. */
export function ThisIsDialog(props: {
  /** As it stands on the photo. */
  readonly number: number;
  readonly onName: (name: string, review: ReviewLevel) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const { busy, error, save } = useSave();
  const isRefused = error instanceof ApiError && error.code === 'ERR_UNSUITABLE_FACE';
  const saveName = (review: ReviewLevel) => save(() => props.onName(name.trim(), review), props.onClose);
  return (
    <Dialog title={`Who is face ${props.number}?`} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void saveName('standard');
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
            <button type="button" disabled={busy} onClick={() => void saveName('off')}>
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
