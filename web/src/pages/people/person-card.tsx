import type { Person } from '../../api/types.ts';
import { PersonPicture } from '../../components/person-picture.tsx';
import { useSession } from '../../state/session.tsx';

/** One person of the grid. */
export function PersonCard(props: {
  readonly person: Person;
  readonly selected: boolean;
  readonly onToggle: () => void;
  readonly onRename: () => void;
  readonly onPhotos: () => void;
  readonly onDelete: () => void;
}) {
  const { person, selected } = props;
  const { api, session, may } = useSession();
  const load = session.keepsThumbnails
    ? (signal: AbortSignal) => api.personPicture(person.id, { signal })
    : null;
  return (
    <li class={selected ? 'card person selected' : 'card person'}>
      <PersonPicture name={person.name} load={load} />
      <div class="person-text">
        <h2>{person.name}</h2>
        <p>
          {person.faces === 1 ? '1 photo' : `${person.faces.toLocaleString('en')} photos`}
          {person.expiresAt !== null && <>, until {utcTime(person.expiresAt)}</>}
        </p>
      </div>
      {may('admin') && (
        <input
          type="checkbox"
          class="choose"
          checked={selected}
          aria-label={`Choose ${person.name} for merging`}
          onChange={props.onToggle}
        />
      )}
      <div class="row actions">
        <button type="button" class="plain" aria-label={`Photos of ${person.name}`} onClick={props.onPhotos}>
          Photos
        </button>
        {may('admin') && (
          <>
            <button type="button" class="plain" aria-label={`Rename ${person.name}`} onClick={props.onRename}>
              Rename
            </button>
            <button
              type="button"
              class="plain danger"
              aria-label={`Delete ${person.name}`}
              onClick={props.onDelete}
            >
              Delete
            </button>
          </>
        )}
      </div>
    </li>
  );
}

/** A time as it was asked for: a day alone means its first moment in UTC. */
function utcTime(time: string): string {
  const [day = '', clock = ''] = time.split('T');
  return clock.startsWith('00:00:00') ? day : `${day} ${clock.slice(0, 5)} UTC`;
}
