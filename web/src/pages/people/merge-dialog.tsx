import { useState } from 'preact/hooks';
import type { Person } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

/** Asks whose name stays. */
export function MergeDialog(props: {
  readonly people: readonly Person[];
  readonly onMerge: (into: Person) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { people } = props;
  const [into, setInto] = useState(people.toSorted((a, b) => b.faces - a.faces)[0]!);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  return (
    <Dialog title={`Merge ${people.length} people`} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          setBusy(true);
          props
            .onMerge(into)
            .catch(setError)
            .finally(() => setBusy(false));
        }}
      >
        <p>All photos go to one of them. You can take it back afterwards.</p>
        <fieldset class="choices">
          <legend>Whose name stays?</legend>
          {people.map((person) => (
            <label key={person.id}>
              <input
                type="radio"
                name="into"
                checked={person.id === into.id}
                onChange={() => setInto(person)}
              />
              <span>
                {person.name} <small>({person.faces} photos)</small>
              </span>
            </label>
          ))}
        </fieldset>
        <ErrorNote error={error} />
        <div class="row end">
          <button type="button" onClick={props.onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy}>
            Merge
          </button>
        </div>
      </form>
    </Dialog>
  );
}
