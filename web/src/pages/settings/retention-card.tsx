import { useState } from 'preact/hooks';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSettings } from './use-settings.ts';

/** How long new people are kept. */
export function RetentionCard() {
  const { value, error, reload, save } = useSettings();
  const [draft, setDraft] = useState<string | null>(null);
  const shown = draft ?? String(value?.retentionDays ?? '');
  const days = shown === '' ? null : Number(shown);
  const isValid = days === null || (Number.isInteger(days) && days >= 1 && days <= 36_500);
  const done =
    days === null
      ? 'New people are kept until they are deleted'
      : `New people are deleted after ${days} days`;
  return (
    <form
      class="card form"
      aria-labelledby="retention-title"
      onSubmit={(event) => {
        event.preventDefault();
        void save({ retentionDays: days }, done).then(() => setDraft(null));
      }}
    >
      <h2 id="retention-title">Retention</h2>
      <ErrorNote error={error} onRetry={reload} />
      <div class="row">
        <label class="field">
          <span>Delete new people after days</span>
          <input
            type="number"
            min="1"
            max="36500"
            step="1"
            placeholder="never"
            value={shown}
            disabled={value === null}
            aria-describedby="retention-hint"
            onInput={(event) => setDraft(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={draft === null || !isValid}>
          Save retention
        </button>
      </div>
      <p id="retention-hint" class="hint">
        Empty: never. It counts for people who are added from now on without a date of their own. When their
        time is over they are in no answer, and the server deletes them for good.
      </p>
    </form>
  );
}
