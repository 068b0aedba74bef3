import { useState } from 'preact/hooks';
import type { CreatedKey } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';

/** Shows a new key's secret, once. */
export function SecretDialog(props: { readonly created: CreatedKey; readonly onClose: () => void }) {
  const { key, secret } = props.created;
  const [copied, setCopied] = useState('');
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(secret);
      setCopied('Copied.');
    } catch {
      setCopied('The browser did not allow copying; select the key and copy it yourself.');
    }
  };
  return (
    <Dialog title={`The key for ${key.label}`} onClose={props.onClose}>
      <p>Copy it now: the server keeps only a hash and can never show it again.</p>
      <label class="field">
        <span>Key</span>
        <input class="secret" readOnly value={secret} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <p role="status" class="hint">
        {copied}
      </p>
      <div class="row end">
        <button type="button" onClick={() => void copy()}>
          Copy
        </button>
        <button type="button" class="primary" onClick={props.onClose}>
          I have it
        </button>
      </div>
    </Dialog>
  );
}
