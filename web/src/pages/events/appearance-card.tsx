import type { Appearance } from '../../api/types.ts';
import { PersonPicture } from '../../components/person-picture.tsx';
import { strangerName } from '../../components/stranger-name.ts';
import { durationText, timeText } from '../../components/time-text.ts';
import type { Roving } from '../../components/use-roving.ts';
import { useSession } from '../../state/session.tsx';

/** What can be said about an appearance. */
export interface AppearanceActions {
  readonly name: (appearance: Appearance) => void;
  readonly deny: (appearance: Appearance) => void;
  readonly ignore: (appearance: Appearance) => void;
  readonly remove: (appearance: Appearance) => void;
}

/** What somebody is called. */
export function nameOf({ person, stranger, spoof }: Appearance): string {
  if (spoof) return 'Not live';
  return person?.name ?? (stranger === null ? 'Not recognized' : strangerName(stranger));
}

/** Somebody whom a camera saw. */
export function AppearanceCard(props: {
  readonly appearance: Appearance;
  readonly roving: Roving;
  /** null: the key may not change anything. */
  readonly actions: AppearanceActions | null;
}) {
  const { appearance, roving, actions } = props;
  const { api } = useSession();
  const { id, camera, place, startedAt, lastSeenAt, endedAt, person, stranger, faces } = appearance;
  const name = nameOf(appearance);
  const when = timeText(startedAt);
  const about = `${name}, ${when}`;
  const inside = roving.inside(id);
  const face = faces.find(({ hasPicture }) => hasPicture);
  const tone = appearance.spoof || person === null ? 'unknown' : 'known';
  return (
    <li class="card appearance" aria-label={`${about}, ${camera}`} {...roving.card(id)}>
      <PersonPicture
        key={face?.id ?? ''}
        name={person?.name ?? '?'}
        shape="crop"
        load={face ? (signal) => api.home.appearancePicture(id, face.id, { signal }) : null}
      />
      <div class="appearance-text">
        <h2 class={`badge ${tone}`}>{name}</h2>
        <p>
          <time datetime={startedAt}>{when}</time>, {camera}
          {place !== null && place !== camera && <span class="quiet"> ({place})</span>}
        </p>
        <p class="quiet">
          {endedAt === null
            ? 'in view now'
            : `in view for ${durationText(Date.parse(lastSeenAt) - Date.parse(startedAt))}`}
          {sureness(appearance)}
        </p>
        <p class="tags">
          {appearance.decidedBy !== null && <span class="tag">named by you</span>}
          {appearance.ignored && <span class="tag">ignored</span>}
          {appearance.cutOff && <span class="tag">cut off</span>}
          {appearance.zones.map((zone) => (
            <span key={zone} class="tag">
              {zone}
            </span>
          ))}
        </p>
      </div>
      {actions && (
        <div class="row actions">
          <button
            type="button"
            class="plain"
            aria-label={`This is …: ${about}`}
            {...inside}
            onClick={() => actions.name(appearance)}
          >
            This is …
          </button>
          {person && (
            <button
              type="button"
              class="plain"
              aria-label={`Not ${person.name}: ${when}`}
              {...inside}
              onClick={() => actions.deny(appearance)}
            >
              Not {person.name}
            </button>
          )}
          {!appearance.ignored && (person !== null || stranger !== null) && (
            <button
              type="button"
              class="plain"
              aria-label={`Ignore for ever: ${about}`}
              {...inside}
              onClick={() => actions.ignore(appearance)}
            >
              Ignore for ever
            </button>
          )}
          <button
            type="button"
            class="plain danger"
            aria-label={`Delete: ${about}`}
            {...inside}
            onClick={() => actions.remove(appearance)}
          >
            Delete
          </button>
        </div>
      )}
    </li>
  );
}

function sureness({ person, decidedBy, probability, candidates }: Appearance): string {
  if (person !== null && decidedBy === null && probability !== null) {
    return `, ${Math.round(probability * 100)} % sure`;
  }
  const [best] = candidates;
  return person === null && best ? `, most like ${best.name}` : '';
}
