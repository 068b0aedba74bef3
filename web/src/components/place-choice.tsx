import { type Place, usePlace } from '../state/place.tsx';
import { ErrorNote } from './error-note.tsx';

const PLACES: readonly { readonly id: Place; readonly label: string }[] = [
  { id: 'server', label: 'On the server' },
  { id: 'browser', label: 'In this browser' },
];

/** Asks where faces are looked for; nothing where there is no choice. */
export function PlaceChoice() {
  const { place, choose, isPossible, pipeline, arrived, error } = usePlace();
  if (!isPossible) return null;
  return (
    <>
      <fieldset class="switch">
        <legend class="visually-hidden">Where faces are looked for</legend>
        {PLACES.map(({ id, label }) => (
          <label key={id}>
            <input type="radio" name="place" checked={place === id} onChange={() => choose(id)} />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      {place === 'browser' && (
        <p class="hint" role="status" aria-label="Models of this browser">
          {pipeline
            ? 'Pictures stay on this device. What goes to the server are embeddings: numbers that tell faces apart.'
            : error
              ? 'The models could not be opened.'
              : `The models are coming: ${Math.round(arrived * 100)} %`}
        </p>
      )}
      <ErrorNote error={error} />
    </>
  );
}
