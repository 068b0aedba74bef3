import { useState } from 'preact/hooks';
import type { PhotoFace } from '../../api/types.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { PersonNameField } from '../../components/person-name-field.tsx';
import { useSession } from '../../state/session.tsx';
import type { Decide } from '../../state/use-decisions.ts';
import { useSave } from '../../state/use-save.ts';
import { namedFacesText } from '../who/named-faces-text.ts';

/** Asks who a face is, and takes a name away that is wrong. */
export function FaceDialog(props: {
  readonly face: PhotoFace;
  readonly decide: Decide;
  readonly onClose: () => void;
}) {
  const { face, decide, onClose } = props;
  const { api } = useSession();
  const { person } = face;
  const faces = { faces: [face.id] };
  const [name, setName] = useState('');
  const { busy, error, save } = useSave();
  const answer: Decide = (work, text) => save(() => decide(work, text), onClose);
  return (
    <Dialog title={person ? `This is ${person.name}` : 'Who is this?'} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void answer(() => api.photos.name(faces, { name: name.trim() }), namedFacesText);
        }}
      >
        <div class="row">
          <FaceCrop key={face.id} face={face} />
          <PersonNameField grow required value={name} onChange={setName} />
        </div>
        <ErrorNote error={error} />
        <div class="row end">
          {person ? (
            <button
              type="button"
              class="danger"
              disabled={busy}
              onClick={() =>
                void answer(() => api.photos.deny(faces, person.id), `This is not ${person.name}`)
              }
            >
              Not {person.name}
            </button>
          ) : (
            <button
              type="button"
              disabled={busy || face.ignored}
              onClick={() => void answer(() => api.photos.ignore(faces), 'The face is ignored')}
            >
              Ignore
            </button>
          )}
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class="primary" disabled={busy || name.trim() === ''}>
            Save
          </button>
        </div>
      </form>
    </Dialog>
  );
}
