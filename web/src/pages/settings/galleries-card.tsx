import { useState } from 'preact/hooks';
import type { ListedGallery } from '../../api/types.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { useGalleries } from '../../state/galleries.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { DeleteGalleryDialog } from './delete-gallery-dialog.tsx';
import { NewGalleryForm } from './new-gallery-form.tsx';

/** Makes, shows and deletes the galleries of a server that has several. */
export function GalleriesCard() {
  const { api, session, useGallery } = useSession();
  const { show } = useToasts();
  const galleries = useGalleries();
  const [doomed, setDoomed] = useState<ListedGallery | null>(null);
  const create = async (name: string): Promise<void> => {
    await api.createGallery(name);
    show({ text: `The gallery ${name} is there, and empty` });
    galleries.reload();
  };
  const remove = async ({ name }: ListedGallery): Promise<void> => {
    await api.deleteGallery(name);
    setDoomed(null);
    show({ text: `The gallery ${name} is deleted` });
    if (name === session.gallery) useGallery(null);
    else galleries.reload();
  };
  return (
    <section class="card" aria-labelledby="galleries-title">
      <h2 id="galleries-title">Galleries</h2>
      <ErrorNote error={galleries.error} onRetry={galleries.reload} />
      {galleries.value && (
        <ul class="list" aria-label="Galleries" aria-busy={galleries.loading}>
          {galleries.value.map((item) => (
            <GalleryRow
              key={item.name}
              item={item}
              isShown={item.name === session.gallery}
              onShow={() => useGallery(item.name)}
              onDelete={() => setDoomed(item)}
            />
          ))}
        </ul>
      )}
      <NewGalleryForm onCreate={create} />
      {doomed && (
        <DeleteGalleryDialog
          gallery={doomed}
          onDelete={() => remove(doomed)}
          onClose={() => setDoomed(null)}
        />
      )}
    </section>
  );
}

function GalleryRow({
  item,
  isShown,
  onShow,
  onDelete,
}: {
  readonly item: ListedGallery;
  readonly isShown: boolean;
  readonly onShow: () => void;
  readonly onDelete: () => void;
}) {
  const { name, people, faces, problem } = item;
  const counts = `${counted(people, 'person', 'people')}, ${counted(faces, 'face', 'faces')}`;
  return (
    <li>
      <span class="grow">
        <strong>{name}</strong>
        <small>
          {problem ?? counts}
          {isShown && ' · shown by this tab'}
        </small>
      </span>
      <span class="row">
        {!isShown && problem === null && (
          <button type="button" class="plain" aria-label={`Show ${name}`} onClick={onShow}>
            Show
          </button>
        )}
        <button type="button" class="plain danger" aria-label={`Delete ${name}`} onClick={onDelete}>
          Delete
        </button>
      </span>
    </li>
  );
}

function counted(count: number, one: string, many: string): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
