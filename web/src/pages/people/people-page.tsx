import { useState } from 'preact/hooks';
import type { Person } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useDeletions } from '../../state/deletions.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { NoPeople } from './no-people.tsx';
import { type OpenDialog, PeopleDialog } from './people-dialog.tsx';
import { PeopleToolbar } from './people-toolbar.tsx';
import { PersonCard } from './person-card.tsx';
import { usePeople } from './use-people.ts';

/** Everybody whom the gallery knows. */
export function PeoplePage() {
  const { api, may } = useSession();
  const deletions = useDeletions();
  const [query, setQuery] = useState('');
  const people = usePeople(query, deletions.done);
  const [chosen, setChosen] = useState<readonly Person[]>([]);
  const [open, setOpen] = useState<OpenDialog>(null);
  const visible = people.items.filter(({ id }) => !deletions.hidden.has(id));
  const selected = chosen.filter(({ id }) => visible.some((person) => person.id === id));
  return (
    <>
      <PageHead title="People">
        <Totals round={people.round} />
      </PageHead>
      <PeopleToolbar
        query={query}
        onQuery={setQuery}
        chosen={selected.length}
        canMerge={visible.length > 1}
        onMerge={() => setOpen({ kind: 'merge' })}
      />
      <ErrorNote error={people.error} onRetry={people.reload} />
      {people.ready && visible.length === 0 && <NoPeople query={query} mayAdd={may('admin')} />}
      <ul class="people" aria-label="People" aria-busy={people.loading}>
        {visible.map((person) => (
          <PersonCard
            key={person.id}
            person={person}
            selected={selected.some(({ id }) => id === person.id)}
            onToggle={() => setChosen(toggled(chosen, person))}
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
      <PeopleDialog
        open={open}
        people={people}
        selected={selected}
        onClose={() => setOpen(null)}
        onMerged={() => setChosen([])}
      />
    </>
  );
}

/** How many people and photos there are, counted again in each round of the list. */
function Totals({ round }: { readonly round: number }) {
  const { api } = useSession();
  const { done } = useDeletions();
  const stats = useLoad((signal) => api.stats({ signal }), [api, round, done]).value;
  if (stats === null) return ' ';
  return `${count(stats.people, 'person', 'people')}, ${count(stats.faces, 'photo', 'photos')}`;
}

function toggled(chosen: readonly Person[], person: Person): readonly Person[] {
  const rest = chosen.filter(({ id }) => id !== person.id);
  return rest.length === chosen.length ? [...chosen, person] : rest;
}

function count(n: number, one: string, many: string): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`;
}
