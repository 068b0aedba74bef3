import { useCallback, useState } from 'preact/hooks';
import type { Appearance } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { useRoving } from '../../components/use-roving.ts';
import { WhoDialog } from '../../components/who-dialog.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useDecisions } from '../../state/use-decisions.ts';
import { useHomeNews } from '../../state/use-home-news.ts';
import { useLoad } from '../../state/use-load.ts';
import { AppearanceCard, nameOf } from './appearance-card.tsx';
import { AppearanceFilters, EVERYTHING } from './appearance-filters.tsx';
import { namedText } from './named-text.ts';
import { toQuery } from './to-query.ts';

const PAGE = 30;
/** The server gives no more at once; earlier ones are found by their day. */
const MOST = 200;
const NEWS = ['appearance.changed'] as const;

/** Whom the cameras saw, and what to say about it. */
export function AppearanceList() {
  const { api, may } = useSession();
  const { fail } = useToasts();
  const [choice, setChoice] = useState(EVERYTHING);
  const [limit, setLimit] = useState(PAGE);
  const loaded = useLoad(
    (signal) => api.home.listAppearances({ ...toQuery(choice), limit, signal }),
    [api, choice, limit],
  );
  const reload = useCallback(() => loaded.reload(), [loaded.reload]);
  useHomeNews(NEWS, reload);
  const decide = useDecisions(reload, api.home.undoDecision);
  const [naming, setNaming] = useState<Appearance | null>(null);
  const items = loaded.value?.items ?? [];
  const mayChange = may('admin');
  const actions = {
    name: setNaming,
    deny: (one: Appearance) =>
      void decide(() => api.home.denyAppearance(one.id), `Noted: this is not ${nameOf(one)}`).catch(fail),
    ignore: (one: Appearance) =>
      void decide(() => api.home.ignoreAppearance(one.id), `${nameOf(one)} is ignored from now on`).catch(
        fail,
      ),
    remove: (one: Appearance) =>
      void decide(() => api.home.deleteAppearance(one.id), 'The appearance was deleted').catch(fail),
  };
  const roving = useRoving(
    items.map(({ id }) => id),
    (id, event) => {
      const one = items.find((item) => item.id === id);
      if (!one || !mayChange) return;
      // After the key: it would be the first letter of the name.
      if (event.key === 't') setTimeout(() => actions.name(one));
      if (event.key === 'n' && one.person) actions.deny(one);
      if (event.key === 'i' && !one.ignored && (one.person || one.stranger)) actions.ignore(one);
      if (event.key === 'Delete') actions.remove(one);
    },
  );
  return (
    <>
      <AppearanceFilters choice={choice} onChange={setChoice} />
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {loaded.value !== null && items.length === 0 && (
        <EmptyState icon="events" title="Nobody was seen">
          <p>
            {choice === EVERYTHING ? 'Whoever a camera sees appears here.' : 'Nothing fits these filters.'}
          </p>
        </EmptyState>
      )}
      <ul class="appearances" aria-label="Appearances" aria-busy={loaded.loading} {...roving.list}>
        {items.map((appearance) => (
          <AppearanceCard
            key={appearance.id}
            appearance={appearance}
            roving={roving}
            actions={mayChange ? actions : null}
          />
        ))}
      </ul>
      {loaded.value?.nextCursor != null &&
        (limit < MOST ? (
          <p class="row center">
            <button
              type="button"
              disabled={loaded.loading}
              onClick={() => setLimit((n) => Math.min(MOST, n + PAGE))}
            >
              Show more
            </button>
          </p>
        ) : (
          <p class="hint">These are the last {MOST}. Earlier ones are found by their day.</p>
        ))}
      {mayChange && items.length > 0 && (
        <p class="hint keys">
          Keys: arrows go from one to the next, <kbd>T</kbd> this is …, <kbd>N</kbd> not this person,{' '}
          <kbd>I</kbd> ignore, <kbd>Delete</kbd> delete.
        </p>
      )}
      {naming && (
        <WhoDialog
          title="Who is this?"
          hint="The good faces are added to this person, and poor ones are left out. If nobody has this name, the person is created."
          onClose={() => setNaming(null)}
          onName={(name) => decide(() => api.home.nameAppearance(naming.id, { name }), namedText)}
        />
      )}
    </>
  );
}
