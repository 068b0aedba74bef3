import { useState } from 'preact/hooks';
import type { Person } from '../../api/types.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useDeletions } from '../../state/deletions.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useLoad } from '../../state/use-load.ts';
import { MergeDialog } from './merge-dialog.tsx';
import { PersonCard } from './person-card.tsx';
import { PhotosDialog } from './photos-dialog.tsx';
import { RenameDialog } from './rename-dialog.tsx';
import { useMerge } from './use-merge.ts';
import { usePeople } from './use-people.ts';

type Open =
  | { readonly kind: 'rename' | 'photos'; readonly person: Person }
  | { readonly kind: 'merge' }
  | null;

/** Everybody whom the gallery knows. */
export function PeoplePage() {
  const { api, may } = useSession();
  const { show } = useToasts();
  const deletions = useDeletions();
  const [query, setQuery] = useState('');
  const people = usePeople(query, deletions.done);
  const stats = useLoad((signal) => api.stats({ signal }), [api, people.round, deletions.done]);
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const [open, setOpen] = useState<Open>(null);
  const merge = useMerge(people.reload);
  const visible = people.items.filter(({ id }) => !deletions.hidden.has(id));
  const selected = chosen.filter(({ id }) => visible.some((person) => person.id === id));

  const toggle = (person: Person): void => {
    const rest = chosen.filter(({ id }) => id !== person.id);
    setChosen(rest.length === chosen.length ? [...chosen, person] : rest);
  };
  const rename = async (person: Person, name: string): Promise<void> => {
    const renamed = await api.renamePerson(person.id, name);
    people.replace(renamed);
    setOpen(null);
    const undo = async () => people.replace(await api.renamePerson(person.id, person.name));
    show({
      text: `${person.name} is ${renamed.name} now`,
      action: {
        label: 'Undo',
        run: () => void undo().catch((error) => show({ text: String(error), tone: 'error' })),
      },
    });
  };

  return (
    <>
      <PageHead title="People">
        {stats.value
          ? `${count(stats.value.people, 'person', 'people')}, ${count(stats.value.faces, 'photo', 'photos')}`
          : ' '}
      </PageHead>
      <div class="toolbar">
        <label class="field grow">
          <span>Search people</span>
          <input type="search" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </label>
        {may('admin') && (
          <>
            <button type="button" disabled={selected.length < 2} onClick={() => setOpen({ kind: 'merge' })}>
              {selected.length < 2 ? 'Merge' : `Merge ${selected.length} people`}
            </button>
            <a class="button primary" href="#/enroll">
              Add people
            </a>
          </>
        )}
      </div>
      {may('admin') && visible.length > 1 && (
        <p class="hint">Is somebody here twice? Tick both and merge them.</p>
      )}
      <ErrorNote error={people.error} onRetry={people.reload} />
      {people.ready && visible.length === 0 && <NoPeople query={query} mayAdd={may('admin')} />}
      <ul class="people" aria-label="People" aria-busy={people.loading}>
        {visible.map((person) => (
          <PersonCard
            key={person.id}
            person={person}
            selected={selected.some(({ id }) => id === person.id)}
            onToggle={() => toggle(person)}
            onRename={() => setOpen({ kind: 'rename', person })}
            onPhotos={() => setOpen({ kind: 'photos', person })}
            onDelete={() =>
              deletions.remove(person.id, {
                name: person.name,
                send: (options) => api.deletePerson(person.id, options),
              })
            }
          />
        ))}
      </ul>
      {people.hasMore && (
        <p class="row center">
          <button type="button" disabled={people.loading} onClick={people.loadMore}>
            Show more
          </button>
        </p>
      )}
      {open?.kind === 'rename' && (
        <RenameDialog person={open.person} onRename={rename} onClose={() => setOpen(null)} />
      )}
      {open?.kind === 'photos' && <PhotosDialog person={open.person} onClose={() => setOpen(null)} />}
      {open?.kind === 'merge' && (
        <MergeDialog
          people={selected}
          onMerge={async (into) => {
            await merge(selected, into);
            setChosen([]);
            setOpen(null);
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </>
  );
}

function NoPeople({ query, mayAdd }: { readonly query: string; readonly mayAdd: boolean }) {
  if (query !== '') {
    return (
      <EmptyState icon="people" title="Nobody has such a name">
        <p>Search for another part of the name.</p>
      </EmptyState>
    );
  }
  return (
    <EmptyState icon="people" title="Nobody is known yet">
      <p>One photo of a person is enough to begin with; five or more are better.</p>
      {mayAdd && (
        <a class="button primary" href="#/enroll">
          Add people from photos or the webcam
        </a>
      )}
    </EmptyState>
  );
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
