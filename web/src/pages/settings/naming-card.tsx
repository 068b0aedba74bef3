import { useState } from 'preact/hooks';
import { SETTINGS_LIMITS } from '../../../../src/server/settings-limits.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSettings } from './use-settings.ts';

/** How near a face must be to get a name. */
export function NamingCard() {
  const { value, error, reload, save } = useSettings();
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? (value === null ? '' : String(value.maxDistance));
  const number = Number(shown);
  const isValid = shown !== '' && number >= 0 && number <= SETTINGS_LIMITS.maxDistance[1];
  return (
    <form
      class="card form"
      aria-labelledby="naming-title"
      onSubmit={(event) => {
        event.preventDefault();
        void save({ maxDistance: number }, `Faces up to distance ${number} get a name from now on`).then(() =>
          setDraft(null),
        );
      }}
    >
      <h2 id="naming-title">Threshold</h2>
      <ErrorNote error={error} onRetry={reload} />
      <div class="row">
        <label class="field">
          <span>Largest distance that gets a name</span>
          <input
            type="number"
            min={SETTINGS_LIMITS.maxDistance[0]}
            max={SETTINGS_LIMITS.maxDistance[1]}
            step="any"
            required
            value={shown}
            disabled={value === null}
            aria-describedby="naming-hint"
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={draft === null || !isValid}>
          Save threshold
        </button>
      </div>
      <p id="naming-hint" class="hint">
        Smaller: fewer strangers are called somebody, more people are missed. See under{' '}
        <a href="#/evaluate">Evaluate</a> what a threshold does to this gallery.
      </p>
    </form>
  );
}
