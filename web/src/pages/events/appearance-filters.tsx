import { useState } from 'preact/hooks';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';

/** What of the appearances is shown; empty texts show all. */
export interface AppearanceChoice {
  readonly who: 'all' | 'strangers' | 'ignored';
  readonly person: string;
  readonly camera: string;
  /** Days. */
  readonly from: string;
  readonly to: string;
}

export const EVERYTHING: AppearanceChoice = { who: 'all', person: '', camera: '', from: '', to: '' };

/** Chooses which appearances are shown. */
export function AppearanceFilters(props: {
  readonly choice: AppearanceChoice;
  readonly onChange: (choice: AppearanceChoice) => void;
}) {
  const { choice, onChange } = props;
  const { api } = useSession();
  const people = useLoad((signal) => api.listPeople({ limit: 1000, signal }), [api]);
  const cameras = useLoad((signal) => api.home.cameras({ signal }), [api]);
  const set = (changes: Partial<AppearanceChoice>) => onChange({ ...choice, ...changes });
  const active = [choice.who !== 'all', choice.person, choice.camera, choice.from, choice.to].filter(Boolean);
  // On a phone they would push down what they are for.
  const [isOpen] = useState(() => matchMedia('(min-width: 44.01rem)').matches);
  return (
    <details class="filters" open={isOpen}>
      <summary>Filters{active.length > 0 && ` (${active.length} in use)`}</summary>
      <div>
        <label class="field">
          <span>Show</span>
          <select
            value={choice.who}
            onChange={(event) =>
              set({ who: event.currentTarget.value as AppearanceChoice['who'], person: '' })
            }
          >
            <option value="all">Everybody</option>
            <option value="strangers">Strangers</option>
            <option value="ignored">Who is ignored</option>
          </select>
        </label>
        <label class="field">
          <span>Person</span>
          <select
            value={choice.person}
            onChange={(event) => set({ person: event.currentTarget.value, who: 'all' })}
          >
            <option value="">All</option>
            {people.value?.items.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>Camera</span>
          <select value={choice.camera} onChange={(event) => set({ camera: event.currentTarget.value })}>
            <option value="">All</option>
            {cameras.value?.items.map(({ name }) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label class="field">
          <span>From</span>
          <input
            type="date"
            value={choice.from}
            onInput={(event) => set({ from: event.currentTarget.value })}
          />
        </label>
        <label class="field">
          <span>Until</span>
          <input type="date" value={choice.to} onInput={(event) => set({ to: event.currentTarget.value })} />
        </label>
      </div>
    </details>
  );
}
