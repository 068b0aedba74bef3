import { useState } from 'preact/hooks';
import { counted } from '../../components/counted.ts';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useFaceDecisions } from '../../state/use-face-decisions.ts';
import { useLoad } from '../../state/use-load.ts';
import { FacePicker } from '../who/face-picker.tsx';

/** As many as the server gives at once. */
const PAGE = 200;

/** The faces of a person; whoever is somebody else is picked and taken out. */
export function FacesOfPerson(props: {
  readonly person: { readonly id: string; readonly name: string };
  readonly onChange: () => void;
}) {
  const { person } = props;
  const { api } = useSession();
  const { fail } = useToasts();
  const [cursors, setCursors] = useState<readonly string[]>([]);
  const cursor = cursors.at(-1);
  const loaded = useLoad(
    (signal) => api.photos.facesOfPerson(person.id, { limit: PAGE, cursor, signal }),
    [person.id, cursor],
  );
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { decide } = useFaceDecisions(() => {
    loaded.reload();
    props.onChange();
  });
  const deny = async (): Promise<void> => {
    try {
      await decide(
        () => api.photos.deny({ faces: picked }, person.id),
        `${counted(picked.length, 'face')}: not ${person.name}`,
      );
      setPicked([]);
    } catch (error) {
      fail(error);
    }
  };
  const next = loaded.value?.nextCursor ?? null;
  return (
    <>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      <div class="row">
        <p class="hint grow">Is somebody else among them? Pick those faces.</p>
        <button type="button" disabled={picked.length === 0} onClick={() => void deny()}>
          {picked.length === 0
            ? `Not ${person.name}`
            : `${counted(picked.length, 'face')}: not ${person.name}`}
        </button>
      </div>
      <FacePicker
        label={`Faces of ${person.name}`}
        faces={loaded.value?.items ?? []}
        picked={picked}
        onPicked={setPicked}
      />
      <div class="row center">
        {cursors.length > 0 && (
          <button type="button" onClick={() => setCursors(cursors.slice(0, -1))}>
            Earlier ones
          </button>
        )}
        {next !== null && (
          <button type="button" onClick={() => setCursors([...cursors, next])}>
            More faces
          </button>
        )}
      </div>
    </>
  );
}
