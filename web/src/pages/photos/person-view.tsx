import { useState } from 'preact/hooks';
import type { PersonOverview } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { PageHead } from '../../components/page-head.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { FacesOfPerson } from './faces-of-person.tsx';
import { PhotoWall } from './photo-wall.tsx';
import { YearBars } from './year-bars.tsx';

/** A person: over time, together with others, photos and faces. */
export function PersonView({ id }: { readonly id: string }) {
  const { api } = useSession();
  const loaded = useLoad((signal) => api.photos.person(id, { signal }), [api, id]);
  const [year, setYear] = useState<number | null>(null);
  const [beside, setBeside] = useState<string | null>(null);
  const [shows, setShows] = useState<'photos' | 'faces'>('photos');
  const person = loaded.value;
  if (person === null) return <ErrorNote error={loaded.error} onRetry={loaded.reload} />;
  const { name } = person.person;
  const query = {
    person: id,
    ...(beside !== null && { with: beside }),
    ...(year !== null && { from: `${yearText(year)}-01-01`, to: `${yearText(year + 1)}-01-01` }),
  };
  return (
    <>
      <PageHead title={name}>
        {counted(person.faces, 'face')} in {counted(person.photos, 'photo')}
      </PageHead>
      <div class="person-head">
        <ul class="crops-row" aria-label={`Faces of ${name}`}>
          {person.best.map((face) => (
            <li key={face.id}>
              <FaceCrop face={face} />
            </li>
          ))}
        </ul>
        {person.toReview > 0 && (
          <a class="button primary" href={`#/who/review/${id}`}>
            Review {counted(person.toReview, 'suggestion')}
          </a>
        )}
      </div>
      {person.years.length > 1 && <YearBars years={person.years} chosen={year} onChoose={setYear} />}
      <Beside person={person} chosen={beside} onChoose={setBeside} />
      <div class="switch" role="radiogroup" aria-label="What is shown">
        {(['photos', 'faces'] as const).map((what) => (
          <label key={what}>
            <input type="radio" name="what" checked={shows === what} onChange={() => setShows(what)} />
            {what === 'photos' ? 'Photos' : 'Faces'}
          </label>
        ))}
      </div>
      {shows === 'photos' ? (
        <PhotoWall key={`${year} ${beside}`} query={query} label={`Photos of ${name}`} />
      ) : (
        <FacesOfPerson person={person.person} onChange={loaded.reload} />
      )}
    </>
  );
}

function Beside(props: {
  readonly person: PersonOverview;
  readonly chosen: string | null;
  readonly onChoose: (id: string | null) => void;
}) {
  const { person, chosen, onChoose } = props;
  if (person.beside.length === 0) return null;
  return (
    <fieldset class="chips">
      <legend>Together with</legend>
      {person.beside.slice(0, 30).map(({ person: other, photos }) => (
        <button
          key={other.id}
          type="button"
          class="chip"
          aria-pressed={other.id === chosen}
          onClick={() => onChoose(other.id === chosen ? null : other.id)}
        >
          {other.name} <small>{photos.toLocaleString('en')}</small>
        </button>
      ))}
    </fieldset>
  );
}

function yearText(year: number): string {
  return String(year).padStart(4, '0');
}
