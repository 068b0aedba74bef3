import { useState } from 'preact/hooks';
import type { PhotoQuestion } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PersonNameField } from '../../components/person-name-field.tsx';
import { useSession } from '../../state/session.tsx';
import type { Decide } from '../../state/use-decisions.ts';
import { useLoad } from '../../state/use-load.ts';
import { useSave } from '../../state/use-save.ts';
import { FacePicker } from './face-picker.tsx';

/** As many as the server gives at once. */
const MOST = 1000;

/** Shows all faces of a group; whoever is somebody else is picked, and the others get the name. */
export function OddOnesDialog(props: {
  readonly question: PhotoQuestion;
  readonly decide: Decide;
  /** The group has been answered. */
  readonly onAnswered: () => void;
  readonly onClose: () => void;
}) {
  const { question, decide, onAnswered, onClose } = props;
  const { api } = useSession();
  const { group, faces } = question;
  const loaded = useLoad((signal) => api.photos.facesOfGroup(group, { limit: MOST, signal }), [group]);
  const shown = loaded.value?.items ?? [];
  const [picked, setPicked] = useState<readonly string[]>([]);
  const [name, setName] = useState('');
  const { busy, error, save } = useSave();
  const others = shown.map(({ id }) => id).filter((id) => !picked.includes(id));
  const nameOthers = async (): Promise<void> => {
    const work = async () => {
      const named = await api.photos.name({ faces: others }, { name: name.trim() });
      if (picked.length === 0 || named.person === null) return [named];
      return [named, await api.photos.deny({ faces: picked }, named.person.id)];
    };
    await decide(
      work,
      `${counted(others.length, 'face is', 'faces are')} ${name.trim()}, ${picked.length} not`,
    );
  };
  const takeOut = () =>
    decide(() => api.photos.split(group, picked), `${counted(picked.length, 'face')} taken out of the group`);
  const ignorePicked = () =>
    decide(() => api.photos.ignore({ faces: picked }), `${counted(picked.length, 'face')} ignored`);
  return (
    <Dialog wide title="Pick the odd ones out" onClose={onClose}>
      <p class="hint">
        {counted(faces, 'face')}, those first that are least like the rest. Pick whoever is somebody else, and
        say who the others are.
      </p>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      <FacePicker label="Faces of the group" faces={shown} picked={picked} onPicked={setPicked} />
      <form
        class="name-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== '' && others.length > 0 && !busy) void save(nameOthers, onAnswered);
        }}
      >
        <PersonNameField grow value={name} onChange={setName} />
        <button type="submit" class="primary" disabled={busy || name.trim() === '' || others.length === 0}>
          Name the other {counted(others.length, 'face')}
        </button>
      </form>
      <ErrorNote error={error} />
      <div class="row end">
        <button
          type="button"
          disabled={busy || picked.length === 0}
          onClick={() => void save(ignorePicked, onClose)}
        >
          Ignore {counted(picked.length, 'picked face')}
        </button>
        <button
          type="button"
          disabled={busy || picked.length === 0 || others.length === 0}
          onClick={() => void save(takeOut, onClose)}
        >
          Take {counted(picked.length, 'picked face')} out
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
