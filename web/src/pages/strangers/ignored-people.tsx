import type { Ignored } from '../../api/types.ts';
import { PersonPicture } from '../../components/person-picture.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import type { Decide } from '../../state/use-decisions.ts';

/** Known people of whom nobody is told. */
export function IgnoredPeople(props: {
  readonly ignored: Ignored['people'];
  readonly decide: Decide;
  readonly mayChange: boolean;
}) {
  const { api } = useSession();
  const { fail } = useToasts();
  if (props.ignored.length === 0) return null;
  return (
    <ul class="ignored-people" aria-label="Known people who are ignored">
      {props.ignored.map(({ id, name }) => (
        <li key={id} class="card" aria-label={name}>
          <PersonPicture name={name} load={null} />
          <div class="grow">
            <h2>{name}</h2>
            <p class="quiet">Recognized, and told to nobody</p>
          </div>
          {props.mayChange && (
            <button
              type="button"
              aria-label={`Tell again: ${name}`}
              onClick={() =>
                void props.decide(() => api.home.tellPersonAgain(id), `${name} is told again`).catch(fail)
              }
            >
              Tell again
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
