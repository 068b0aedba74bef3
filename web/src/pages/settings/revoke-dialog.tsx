import { useState } from 'preact/hooks';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';

/** Asks before a key is made useless, which nothing takes back. */
export function RevokeDialog(props: {
  readonly label: string;
  /** Whether this tab uses the key. */
  readonly isOwn: boolean;
  readonly onRevoke: () => Promise<void>;
  readonly onClose: () => void;
}) {
  const [error, setError] = useState<unknown>(null);
  return (
    <Dialog title={`Revoke the key ${props.label}?`} onClose={props.onClose}>
      <p>
        Whoever uses it is let in no more, at once and for good.
        {props.isOwn && ' This tab uses it too and will ask for another one.'}
      </p>
      <ErrorNote error={error} />
      <div class="row end">
        <button type="button" onClick={props.onClose}>
          Keep it
        </button>
        <button type="button" class="primary danger" onClick={() => void props.onRevoke().catch(setError)}>
          Revoke it
        </button>
      </div>
    </Dialog>
  );
}
