import { useState } from 'preact/hooks';
import type { CreatedKey, Key } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useLoad } from '../../state/use-load.ts';
import { NewKeyForm } from './new-key-form.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { SecretDialog } from './secret-dialog.tsx';

/** Makes, lists and revokes keys. */
export function KeysCard() {
  const { api, session, useKey } = useSession();
  const { show } = useToasts();
  const keys = useLoad(async (signal) => (await api.listKeys({ signal })).items, [api]);
  const [created, setCreated] = useState<CreatedKey | null>(null);
  const [doomed, setDoomed] = useState<Key | null>(null);
  const isOpen = !session.keysNeeded;
  const revoke = async (key: Key): Promise<void> => {
    await api.revokeKey(key.id);
    setDoomed(null);
    show({ text: `The key ${key.label} is revoked` });
    if (key.id === session.keyId) useKey(null);
    else keys.reload();
  };
  return (
    <section class="card" aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      {isOpen && (
        <p class="note">
          There are no keys: everybody on this machine can read and change the gallery. From the first key on,
          nothing works without one; this tab takes it over.
        </p>
      )}
      <ErrorNote error={keys.error} onRetry={keys.reload} />
      {keys.value && keys.value.length > 0 && (
        <ul class="list keys" aria-label="Keys" aria-busy={keys.loading}>
          {keys.value.map((key) => (
            <KeyRow
              key={key.id}
              item={key}
              isOwn={key.id === session.keyId}
              onRevoke={() => setDoomed(key)}
            />
          ))}
        </ul>
      )}
      <NewKeyForm first={isOpen} onCreated={setCreated} />
      {created && (
        <SecretDialog
          created={created}
          onClose={() => {
            setCreated(null);
            if (isOpen) useKey(created.secret);
            else keys.reload();
          }}
        />
      )}
      {doomed && (
        <RevokeDialog
          label={doomed.label}
          isOwn={doomed.id === session.keyId}
          onRevoke={() => revoke(doomed)}
          onClose={() => setDoomed(null)}
        />
      )}
    </section>
  );
}

function KeyRow({
  item,
  isOwn,
  onRevoke,
}: {
  readonly item: Key;
  readonly isOwn: boolean;
  readonly onRevoke: () => void;
}) {
  return (
    <li>
      <span class="grow">
        <strong>{item.label}</strong>
        <small>
          {item.scopes.join(', ')} · made {new Date(item.createdAt).toLocaleDateString()}
          {isOwn && ' · used by this tab'}
        </small>
      </span>
      <button type="button" class="plain danger" aria-label={`Revoke ${item.label}`} onClick={onRevoke}>
        Revoke
      </button>
    </li>
  );
}
