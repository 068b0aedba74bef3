import { useCallback, useState } from 'preact/hooks';
import type { Decision, Stranger } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { strangerName } from '../../components/stranger-name.ts';
import { useRoving } from '../../components/use-roving.ts';
import { WhoDialog } from '../../components/who-dialog.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useDecisions } from '../../state/use-decisions.ts';
import { useHomeNews } from '../../state/use-home-news.ts';
import { useLoad } from '../../state/use-load.ts';
import { namedText } from '../events/named-text.ts';
import { IgnoredPeople } from './ignored-people.tsx';
import { SplitDialog } from './split-dialog.tsx';
import { StrangerCard } from './stranger-card.tsx';

const PAGE = 30;
const NEWS = ['appearance.changed'] as const;

/** Faces that nobody named yet. */
export function StrangersPage() {
  const { api, may } = useSession();
  const { fail } = useToasts();
  const [isIgnored, setIgnored] = useState(false);
  const [limit, setLimit] = useState(PAGE);
  const loaded = useLoad(
    (signal) => api.home.listStrangers({ ignored: isIgnored, limit, signal }),
    [api, isIgnored, limit],
  );
  // Known people who are ignored stand with the strangers who are.
  const people = useLoad(
    (signal) => (isIgnored ? api.home.ignored({ signal }) : Promise.resolve(null)),
    [api, isIgnored],
  );
  const reload = useCallback(() => {
    loaded.reload();
    people.reload();
  }, [loaded.reload, people.reload]);
  useHomeNews(NEWS, reload);
  const decide = useDecisions(reload, api.home.undoDecision);
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [naming, setNaming] = useState<Stranger | null>(null);
  const [splitting, setSplitting] = useState<Stranger | null>(null);
  const items = loaded.value?.items ?? [];
  const selected = items.filter(({ id }) => chosen.includes(id));
  const mayChange = may('admin');
  const actions = {
    name: setNaming,
    ignore: (stranger: Stranger) =>
      void decide(
        () => api.home.ignoreStranger(stranger.id),
        `${strangerName(stranger.id)} is ignored from now on`,
      ).catch(fail),
    tellAgain: (stranger: Stranger) =>
      void decide(
        () => api.home.tellStrangerAgain(stranger.id),
        `${strangerName(stranger.id)} is told again`,
      ).catch(fail),
    split: setSplitting,
    remove: (stranger: Stranger) =>
      void decide(
        () => api.home.deleteStranger(stranger.id),
        `${strangerName(stranger.id)} was deleted`,
      ).catch(fail),
    suggested: (stranger: Stranger) => {
      const { suggestion } = stranger;
      if (suggestion === null) return;
      void decide(() => api.home.nameStranger(stranger.id, { personId: suggestion.id }), namedText).catch(
        fail,
      );
    },
    choose: ({ id }: Stranger) =>
      setChosen((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id])),
  };
  const merge = async (): Promise<void> => {
    // Who was seen most often stays.
    const [into, ...others] = selected.toSorted((a, b) => b.appearances - a.appearances);
    const work = async (): Promise<readonly Decision[]> => {
      const done: Decision[] = [];
      for (const { id } of others) done.push(await api.home.mergeStranger(id, into!.id));
      return done;
    };
    await decide(work, `${selected.length} strangers are one now`).catch(fail);
    setChosen([]);
  };
  const roving = useRoving(
    items.map(({ id }) => id),
    (id, event) => {
      const stranger = items.find((one) => one.id === id);
      if (!stranger || !mayChange) return;
      if (event.key === 't') setTimeout(() => actions.name(stranger));
      if (event.key === 'i' && !isIgnored) actions.ignore(stranger);
      if (event.key === 'i' && isIgnored) actions.tellAgain(stranger);
      if (event.key === 's' && stranger.appearances > 1) actions.split(stranger);
      if (event.key === 'm') actions.choose(stranger);
      if (event.key === 'Delete') actions.remove(stranger);
    },
  );
  return (
    <>
      <PageHead title="Strangers">
        Faces that nobody named yet. Name those you know, ignore those you need not hear of.
      </PageHead>
      <div class="toolbar">
        <div class="switch" role="radiogroup" aria-label="Which strangers">
          <label>
            <input type="radio" name="which" checked={!isIgnored} onChange={() => setIgnored(false)} />
            Inbox
          </label>
          <label>
            <input type="radio" name="which" checked={isIgnored} onChange={() => setIgnored(true)} />
            Ignored
          </label>
        </div>
        {mayChange && (
          <button type="button" class="push" disabled={selected.length < 2} onClick={() => void merge()}>
            {selected.length < 2 ? 'Merge' : `Merge ${selected.length} strangers`}
          </button>
        )}
      </div>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {isIgnored && (
        <IgnoredPeople decide={decide} ignored={people.value?.people ?? []} mayChange={mayChange} />
      )}
      {loaded.value !== null && items.length === 0 && (people.value?.people ?? []).length === 0 && (
        <EmptyState icon="strangers" title={isIgnored ? 'Nobody is ignored' : 'There are no strangers'}>
          <p>
            {isIgnored
              ? 'Whom you ignore is kept here, and told to nobody.'
              : 'Whoever is seen and not known appears here.'}
          </p>
        </EmptyState>
      )}
      <ul class="strangers" aria-label="Strangers" aria-busy={loaded.loading} {...roving.list}>
        {items.map((stranger) => (
          <StrangerCard
            key={stranger.id}
            stranger={stranger}
            isChosen={chosen.includes(stranger.id)}
            roving={roving}
            actions={mayChange ? actions : null}
          />
        ))}
      </ul>
      {loaded.value?.nextCursor != null && (
        <p class="row center">
          <button
            type="button"
            disabled={loaded.loading}
            onClick={() => setLimit((n) => Math.min(200, n + PAGE))}
          >
            Show more
          </button>
        </p>
      )}
      {mayChange && items.length > 0 && (
        <p class="hint keys">
          Keys: arrows go from one to the next, <kbd>T</kbd> this is …, <kbd>M</kbd> choose for merging,{' '}
          <kbd>S</kbd> somebody else is among them, <kbd>I</kbd> {isIgnored ? 'tell again' : 'ignore'},{' '}
          <kbd>Delete</kbd> delete.
        </p>
      )}
      {splitting && (
        <SplitDialog
          stranger={splitting}
          onClose={() => setSplitting(null)}
          onSplit={(ids) =>
            decide(
              () => api.home.splitStranger(splitting.id, ids),
              `${counted(ids.length, 'appearance')} of ${strangerName(splitting.id)}: another stranger now`,
            )
          }
        />
      )}
      {naming && (
        <WhoDialog
          title={`Who is ${strangerName(naming.id)}?`}
          hint="The good faces are added to this person, and poor ones are left out. If nobody has this name, the person is created."
          onClose={() => setNaming(null)}
          onName={(name) => decide(() => api.home.nameStranger(naming.id, { name }), namedText)}
        />
      )}
    </>
  );
}
