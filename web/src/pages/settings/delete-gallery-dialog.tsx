import { useState } from 'preact/hooks';
import type { ListedGallery } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

/** Asks for the name before a gallery is deleted with everybody in it, which nothing takes back. */
export function DeleteGalleryDialog(props: {
  readonly gallery: ListedGallery;
  readonly onDelete: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const { name, people } = props.gallery;
  const [typed, setTyped] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isDeleting, setDeleting] = useState(false);
  const isSame = typed === name;
  const remove = (): void => {
    setDeleting(true);
    props.onDelete().catch((cause: unknown) => {
      setError(cause);
      setDeleting(false);
    });
  };
  return (
    <Dialog title={`Delete the gallery ${name}?`} onClose={props.onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          if (isSame && !isDeleting) remove();
        }}
      >
        <p>
          {people === 0 ? 'Nobody is in it.' : <strong>{everybody(people)}</strong>} Its settings, jobs and
          keys go too, at once and for good.
        </p>
        <label class="field">
          <span>
            Type <code>{name}</code> to confirm
          </span>
          <input
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            value={typed}
            onInput={(event) => setTyped(event.currentTarget.value)}
          />
        </label>
        <ErrorNote error={error} />
        <div class="row end">
          <button type="button" onClick={props.onClose}>
            Keep it
          </button>
          <button type="submit" class="primary danger" disabled={!isSame || isDeleting}>
            Delete it
          </button>
        </div>
      </form>
    </Dialog>
  );
}

function everybody(people: number): string {
  return people === 1
    ? '1 person is in it, and is deleted with all faces.'
    : `${people.toLocaleString('en')} people are in it, and are deleted with all their faces.`;
}
