import { usePlace } from '../../state/use-route.ts';
import { AllPhotosView } from './all-photos-view.tsx';
import { PeopleView } from './people-view.tsx';
import { PersonView } from './person-view.tsx';
import { PhotoView } from './photo-view.tsx';

/** Who is in the photos, and the photos themselves. */
export function PhotosPage() {
  const [place, id] = usePlace();
  if (place === 'person' && id !== undefined) return <PersonView key={id} id={id} />;
  if (place === 'photo' && id !== undefined) return <PhotoView key={id} id={id} />;
  return place === 'all' ? <AllPhotosView /> : <PeopleView />;
}
