import { useState } from 'preact/hooks';
import { useSave } from '../state/use-save.ts';
import { Dialog } from './dialog.tsx';
import { ErrorNote } from './error-note.tsx';
import { PersonNameField } from './person-name-field.tsx';

/** Asks who somebody is. */
export function WhoDialog(props: {
  readonly title: string;
  /** What will happen with the faces. */
  readonly hint: string;
  readonly onName: (name: string) => Promise<void>;
  readonly onClose: () => void;
}) {
  const [name, setName] = useState('');
  const { busy, error, save } = useSave();
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save(() => props.onName(name.trim()), props.onClose);
        }}
      >
        <PersonNameField required value={name} onChange={setName} />
        <p class="hint">{props.hint}</p>
        <ErrorNote error={error} />
        <div class="row end">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy || name.trim() === ''}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
