import { useState } from 'preact/hooks';
import { ApiError } from '../../api/api-error.ts';
import type { Person } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

/** Asks for a new name. */
export function RenameDialog(props: {
  readonly person: Person;
  readonly onRename: (person: Person, name: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState(props.person.name);
  const [error, setError] = useState<unknown>(null);
  const isTaken = error instanceof ApiError && error.code === 'ERR_CONFLICT';
  return (
    <Dialog title={`Rename ${props.person.name}`} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          props.onRename(props.person, name.trim()).catch(setError);
        }}
      >
        <label class="field">
          <span>Name</span>
          <input
            required
            maxLength={200}
            autocomplete="off"
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <ErrorNote error={error} />
        {isTaken && <p class="hint">If both are the same person, close this, tick both and merge them.</p>}
        <div class="row end">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={name.trim() === ''}>
            Rename
          </button>
        </div>
      </form>
    </Dialog>
  );
}
