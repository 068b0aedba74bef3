import type { PersonInPhotos } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { PersonPicture } from '../../components/person-picture.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { NamingProgress } from '../who/naming-progress.tsx';
import { PhotosHead } from './photos-head.tsx';

/** Everybody who has a name in the photos. */
export function PeopleView() {
  const { api } = useSession();
  const loaded = useLoad(
    (signal) => Promise.all([api.photos.people({ signal }), api.photos.stats({ signal })]),
    [api],
  );
  const [people, stats] = loaded.value ?? [null, null];
  return (
    <>
      <PhotosHead current="people" />
      <NamingProgress stats={stats} />
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {people?.items.length === 0 && (
        <EmptyState icon="photos" title="Nobody has a name yet">
          <p>The first name takes a click: begin with whoever is in most of the photos.</p>
          <a class="button primary" href="#/who">
            Who is this?
          </a>
        </EmptyState>
      )}
      <ul class="people" aria-label="People in the photos">
        {people?.items.map((item) => (
          <PersonTile key={item.person.id} item={item} />
        ))}
      </ul>
    </>
  );
}

function PersonTile({ item }: { readonly item: PersonInPhotos }) {
  const { person, photos, best } = item;
  return (
    <li>
      <a class="card person-tile" href={`#/photos/person/${person.id}`}>
        {best ? (
          <FaceCrop key={best.id} face={best} shape="round" />
        ) : (
          <PersonPicture name={person.name} load={null} />
        )}
        <span class="person-text">
          <strong>{person.name}</strong>
          <small>
            {counted(photos, 'photo')}
            {yearsOf(item)}
          </small>
        </span>
      </a>
    </li>
  );
}

function yearsOf({ firstTakenAt, lastTakenAt }: PersonInPhotos): string {
  if (firstTakenAt === null || lastTakenAt === null) return '';
  const [first, last] = [firstTakenAt, lastTakenAt].map((time) => new Date(time).getUTCFullYear());
  return first === last ? ` · ${first}` : ` · ${first} – ${last}`;
}
