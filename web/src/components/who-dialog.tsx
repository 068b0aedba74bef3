import { useState } from 'preact/hooks';
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
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await props.onName(name.trim());
      props.onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
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
