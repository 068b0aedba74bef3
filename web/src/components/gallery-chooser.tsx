import { useGalleries } from '../state/galleries.tsx';
import { useSession } from '../state/session.tsx';

/** Says which of several galleries is shown, and chooses another; nothing where there is only one. */
export function GalleryChooser() {
  const { session, may, useGallery } = useSession();
  const { value } = useGalleries();
  if (!session.galleries) return null;
  // The one that is shown is there, whatever the list says.
  const others = (value ?? []).filter(({ name }) => name !== session.gallery);
  const own = value?.find(({ name }) => name === session.gallery);
  const all = [...others, { name: session.gallery, people: own?.people ?? null, problem: null }];
  return (
    <div class="gallery-chooser field inline">
      <label for="gallery-chooser">Gallery</label>
      <select
        id="gallery-chooser"
        value={session.gallery}
        disabled={!may('read')}
        onChange={(event) => useGallery(event.currentTarget.value)}
      >
        {all
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, people, problem }) => (
            <option key={name} value={name} disabled={problem !== null}>
              {name}
              {problem !== null ? ' (cannot be used)' : people === null ? '' : ` (${peopleIn(people)})`}
            </option>
          ))}
      </select>
    </div>
  );
}

function peopleIn(count: number): string {
  return count === 1 ? '1 person' : `${count.toLocaleString('en')} people`;
}
