import { useState } from 'preact/hooks';
import { ErrorNote } from '../../components/error-note.tsx';

/** Asks for the name of a new gallery. */
export function NewGalleryForm({ onCreate }: { readonly onCreate: (name: string) => Promise<void> }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isMaking, setMaking] = useState(false);
  const create = async (): Promise<void> => {
    setMaking(true);
    try {
      await onCreate(name.trim());
      setName('');
      setError(null);
    } catch (cause) {
      setError(cause);
    } finally {
      setMaking(false);
    }
  };
  return (
    <form
      class="form"
      aria-label="New gallery"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isMaking) void create();
      }}
    >
      <div class="row">
        <label class="field grow">
          <span>Name of a new gallery</span>
          <input
            required
            maxLength={63}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            placeholder="hall"
            value={name}
            aria-describedby="new-gallery-hint"
            onInput={(event) => setName(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={name.trim() === '' || isMaking}>
          Make a gallery
        </button>
      </div>
      <p id="new-gallery-hint" class="hint">
        Small letters, digits and <code>. _ -</code>, since it is part of addresses. It uses the same models
        as this server.
      </p>
      <ErrorNote error={error} />
    </form>
  );
}
