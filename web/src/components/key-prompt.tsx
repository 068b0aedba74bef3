import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Asks for an API key. */
export function KeyPrompt(props: { readonly wasWrong: boolean; readonly onKey: (key: string) => void }) {
  const [key, setKey] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // As in Dialog: before the next key.
  useLayoutEffect(() => input.current?.focus(), []);
  return (
    <main class="gate">
      <form
        class="card form"
        onSubmit={(event) => {
          event.preventDefault();
          props.onKey(key.trim());
        }}
      >
        <h1>face-trigger</h1>
        <p>This server wants a key. It stays in this tab and is forgotten when you close it.</p>
        <label class="field">
          <span>API key</span>
          <input
            ref={input}
            type="password"
            autocomplete="off"
            spellcheck={false}
            required
            value={key}
            aria-describedby="key-help"
            onInput={(event) => setKey(event.currentTarget.value)}
          />
        </label>
        {props.wasWrong && (
          <p class="problem" role="alert">
            The server does not know this key. Check that it is complete and not revoked.
          </p>
        )}
        <button type="submit" class="primary">
          Open
        </button>
        <p id="key-help" class="hint">
          Whoever runs the server makes keys: <code>face-trigger keys create NAME --scope admin</code>
        </p>
      </form>
    </main>
  );
}
