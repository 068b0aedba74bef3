import type { Stranger } from '../../api/types.ts';
import { PersonPicture } from '../../components/person-picture.tsx';
import { strangerName } from '../../components/stranger-name.ts';
import { timeText } from '../../components/time-text.ts';
import type { Roving } from '../../components/use-roving.ts';
import { useSession } from '../../state/session.tsx';

/** Faces that are shown. */
const SHOWN = 4;

/** What can be done with a stranger. */
export interface StrangerActions {
  readonly name: (stranger: Stranger) => void;
  readonly ignore: (stranger: Stranger) => void;
  readonly tellAgain: (stranger: Stranger) => void;
  /** Some of their appearances are somebody else. */
  readonly split: (stranger: Stranger) => void;
  readonly remove: (stranger: Stranger) => void;
  /** Names them as the machine suggests. */
  readonly suggested: (stranger: Stranger) => void;
  readonly choose: (stranger: Stranger) => void;
}

/** A stranger: the best faces, how often and where seen. */
export function StrangerCard(props: {
  readonly stranger: Stranger;
  readonly isChosen: boolean;
  readonly roving: Roving;
  /** null: the key may not change anything. */
  readonly actions: StrangerActions | null;
}) {
  const { stranger, isChosen, roving, actions } = props;
  const { api } = useSession();
  const { id, faces, appearances, cameras, firstSeenAt, lastSeenAt, suggestion } = stranger;
  const name = strangerName(id);
  const inside = roving.inside(id);
  const seen = appearances === 1 ? 'Seen once' : `Seen ${appearances.toLocaleString('en')} times`;
  return (
    <li class={isChosen ? 'card stranger selected' : 'card stranger'} aria-label={name} {...roving.card(id)}>
      <div class="crops">
        {faces.length === 0 && <PersonPicture name="?" load={null} shape="crop" />}
        {faces.slice(0, SHOWN).map((face) => (
          <PersonPicture
            key={face.id}
            name="?"
            shape="crop"
            load={
              face.hasPicture
                ? (signal) => api.home.appearancePicture(face.appearanceId, face.id, { signal })
                : null
            }
          />
        ))}
      </div>
      <div class="stranger-text">
        <div class="grow">
          <h2>{name}</h2>
          <p>
            {seen} by {cameras.join(', ')}
          </p>
          <p class="quiet">
            {appearances === 1 ? timeText(lastSeenAt) : `${timeText(firstSeenAt)} – ${timeText(lastSeenAt)}`}
          </p>
        </div>
        {actions && (
          <input
            type="checkbox"
            class="choose"
            checked={isChosen}
            aria-label={`Choose ${name} for merging`}
            {...inside}
            onChange={() => actions.choose(stranger)}
          />
        )}
      </div>
      {suggestion && (
        <p class="suggestion">
          May be {suggestion.name} ({Math.round(suggestion.probability * 100)} %)
          {actions && (
            <button type="button" class="plain" {...inside} onClick={() => actions.suggested(stranger)}>
              Yes, {suggestion.name}
            </button>
          )}
        </p>
      )}
      {actions && (
        <div class="row actions">
          <button
            type="button"
            class="plain"
            aria-label={`This is …: ${name}`}
            {...inside}
            onClick={() => actions.name(stranger)}
          >
            This is …
          </button>
          {appearances > 1 && (
            <button
              type="button"
              class="plain"
              aria-label={`Split …: ${name}`}
              {...inside}
              onClick={() => actions.split(stranger)}
            >
              Split …
            </button>
          )}
          {stranger.ignored ? (
            <button
              type="button"
              class="plain"
              aria-label={`Tell again: ${name}`}
              {...inside}
              onClick={() => actions.tellAgain(stranger)}
            >
              Tell again
            </button>
          ) : (
            <button
              type="button"
              class="plain"
              aria-label={`Ignore for ever: ${name}`}
              {...inside}
              onClick={() => actions.ignore(stranger)}
            >
              Ignore for ever
            </button>
          )}
          <button
            type="button"
            class="plain danger"
            aria-label={`Delete ${name}`}
            {...inside}
            onClick={() => actions.remove(stranger)}
          >
            Delete
          </button>
        </div>
      )}
    </li>
  );
}
