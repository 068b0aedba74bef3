import { useState } from 'preact/hooks';
import type { PhotoQuery } from '../../api/photos-api.ts';
import { counted } from '../../components/counted.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { PhotoTile } from './photo-tile.tsx';

const PAGE = 60;
/** The server gives no more at once. */
const MOST = 200;

/** Photos of a kind, the newest first. It must have what it depends on in its key. */
export function PhotoWall({ query, label }: { readonly query: PhotoQuery; readonly label: string }) {
  const { api } = useSession();
  const [limit, setLimit] = useState(PAGE);
  const [offset, setOffset] = useState(0);
  const loaded = useLoad((signal) => api.photos.list({ ...query, limit, offset, signal }), [limit, offset]);
  const { items = [], total = 0 } = loaded.value ?? {};
  const isMore = offset + items.length < total;
  return (
    <>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      <p class="quiet" role="status">
        {loaded.value === null
          ? 'Looking …'
          : offset > 0
            ? `Photos ${offset + 1} to ${offset + items.length} of ${total.toLocaleString('en')}`
            : counted(total, 'photo')}
      </p>
      <ul class="photo-wall" aria-label={label} aria-busy={loaded.loading}>
        {items.map((photo) => (
          <li key={photo.id}>
            <PhotoTile photo={photo} />
          </li>
        ))}
      </ul>
      <div class="row center">
        {offset > 0 && (
          <button
            type="button"
            disabled={loaded.loading}
            onClick={() => setOffset((n) => Math.max(0, n - MOST))}
          >
            Newer ones
          </button>
        )}
        {isMore && (
          <button
            type="button"
            disabled={loaded.loading}
            onClick={() => {
              if (limit < MOST) setLimit(Math.min(MOST, limit + PAGE));
              else setOffset(offset + MOST);
            }}
          >
            {limit < MOST ? 'Show more' : 'Older ones'}
          </button>
        )}
      </div>
    </>
  );
}
