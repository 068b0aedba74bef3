import type { PhotoStats } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';

/** How much of the collection has a name. */
export function NamingProgress({ stats }: { readonly stats: PhotoStats | null }) {
  if (stats === null) return null;
  const { faces, named, ignored, photos } = stats;
  const done = named + ignored;
  return (
    <div class="naming-progress">
      <progress value={done} max={Math.max(1, faces)} aria-label="Answered so far" />
      <p class="quiet">
        <strong>
          {named.toLocaleString('en')} of {counted(faces, 'face')} named
        </strong>
        {ignored > 0 && `, ${ignored.toLocaleString('en')} ignored`}, in {counted(photos, 'photo')}
      </p>
    </div>
  );
}
