import type { Face, Person } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PersonPicture } from '../../components/person-picture.tsx';
import { useDeletions } from '../../state/deletions.tsx';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';

/** Photos that are listed; more are rarely looked at one by one. */
const LIMIT = 200;

/** The enrolled photos of a person. */
export function PhotosDialog(props: { readonly person: Person; readonly onClose: () => void }) {
  const { person } = props;
  const { api } = useSession();
  const { hidden, done } = useDeletions();
  const faces = useLoad((signal) => api.listFaces(person.id, { limit: LIMIT, signal }), [person.id, done]);
  const visible = (faces.value?.items ?? []).filter(({ id }) => !hidden.has(id));
  return (
    <Dialog title={`Photos of ${person.name}`} onClose={props.onClose}>
      <ErrorNote error={faces.error} onRetry={faces.reload} />
      {faces.value && visible.length === 0 && <p>There are no photos. Add some under Enroll.</p>}
      <ul class="list" aria-busy={faces.loading}>
        {visible.map((face) => (
          <PhotoLine key={face.id} face={face} name={person.name} />
        ))}
      </ul>
      {faces.value?.nextCursor && <p class="hint">These are the first {LIMIT}.</p>}
      <div class="row end">
        <button type="button" class="primary" onClick={props.onClose}>
          Close
        </button>
      </div>
    </Dialog>
  );
}

function PhotoLine({ face, name }: { readonly face: Face; readonly name: string }) {
  const { api, may } = useSession();
  const { remove } = useDeletions();
  const day = new Date(face.createdAt).toLocaleDateString();
  const source = face.source ?? 'Photo';
  const score = face.quality?.['score'];
  return (
    <li>
      <PersonPicture
        name={name}
        load={face.hasThumbnail ? (signal) => api.facePicture(face.id, { signal }) : null}
      />
      <span class="grow">
        {source}
        <small>
          {day}
          {score !== undefined && `, quality ${Math.round(score * 100)} of 100`}
        </small>
      </span>
      {may('admin') && (
        <button
          type="button"
          class="plain danger"
          aria-label={`Delete ${source}`}
          onClick={() =>
            remove(face.id, {
              name: `${source} of ${name}`,
              send: (options) => api.deleteFace(face.id, options),
            })
          }
        >
          Delete
        </button>
      )}
    </li>
  );
}
