import { useState } from 'preact/hooks';
import type { ApiKeyScope, CreatedKey } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSession } from '../../state/session.tsx';

const SCOPES: readonly { readonly scope: ApiKeyScope; readonly text: string }[] = [
  { scope: 'read', text: 'look at people and events' },
  { scope: 'recognize', text: 'send pictures' },
  { scope: 'admin', text: 'everything' },
];

/** Asks what a new key is for. */
export function NewKeyForm(props: {
  /** The first key must be allowed everything. */
  readonly first: boolean;
  readonly onCreated: (created: CreatedKey) => void;
}) {
  const { api } = useSession();
  const [label, setLabel] = useState('');
  const [scopes, setScopes] = useState<readonly ApiKeyScope[]>(props.first ? ['admin'] : ['recognize']);
  const [error, setError] = useState<unknown>(null);
  const toggle = (scope: ApiKeyScope): void => {
    setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  };
  const create = async (): Promise<void> => {
    try {
      props.onCreated(await api.createKey(label.trim(), scopes));
      setLabel('');
      setError(null);
    } catch (cause) {
      setError(cause);
    }
  };
  return (
    <form
      class="form"
      aria-label="New key"
      onSubmit={(event) => {
        event.preventDefault();
        void create();
      }}
    >
      <div class="row">
        <label class="field grow">
          <span>What the new key is for</span>
          <input
            required
            maxLength={100}
            autocomplete="off"
            placeholder="front door"
            value={label}
            onInput={(event) => setLabel(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={label.trim() === '' || scopes.length === 0}>
          Make a key
        </button>
      </div>
      <fieldset class="choices inline">
        <legend>It may</legend>
        {SCOPES.map(({ scope, text }) => (
          <label key={scope}>
            <input
              type="checkbox"
              checked={scopes.includes(scope)}
              disabled={props.first}
              onChange={() => toggle(scope)}
            />
            <span>
              {scope} <small>{text}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <ErrorNote error={error} />
    </form>
  );
}
