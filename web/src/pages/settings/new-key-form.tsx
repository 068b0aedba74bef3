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
      <ScopeChoices scopes={scopes} fixed={props.first} onChange={setScopes} />
      <ErrorNote error={error} />
    </form>
  );
}

function ScopeChoices(props: {
  readonly scopes: readonly ApiKeyScope[];
  readonly fixed: boolean;
  readonly onChange: (scopes: readonly ApiKeyScope[]) => void;
}) {
  const { scopes } = props;
  const toggle = (scope: ApiKeyScope): void =>
    props.onChange(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
  return (
    <fieldset class="choices inline">
      <legend>It may</legend>
      {SCOPES.map(({ scope, text }) => (
        <label key={scope}>
          <input
            type="checkbox"
            checked={scopes.includes(scope)}
            disabled={props.fixed}
            onChange={() => toggle(scope)}
          />
          <span>
            {scope} <small>{text}</small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
