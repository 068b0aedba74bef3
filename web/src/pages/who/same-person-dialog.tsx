import { useState } from 'preact/hooks';
import type { PhotoQuestion } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { FaceCrop } from '../../components/face-crop.tsx';
import { useSession } from '../../state/session.tsx';
import type { Decide } from '../../state/use-decisions.ts';
import { useLoad } from '../../state/use-load.ts';
import { useSave } from '../../state/use-save.ts';
import { FacePicker } from './face-picker.tsx';

/** As many groups as the server gives at once. */
const MOST = 50;

/** Shows the best face of the other groups without a name; those that are the same person are picked. */
export function SamePersonDialog(props: {
  readonly question: PhotoQuestion;
  readonly decide: Decide;
  readonly onMerged: () => void;
  readonly onClose: () => void;
}) {
  const { question, decide, onMerged, onClose } = props;
  const { api } = useSession();
  const loaded = useLoad((signal) => api.photos.questions({ limit: MOST, signal }), [api]);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { busy, error, save } = useSave();
  const others = (loaded.value?.items ?? []).filter(({ group }) => group !== question.group);
  const faceOf = ({ best }: PhotoQuestion) => best.slice(0, 1);
  const chosen = others.filter((other) => faceOf(other).some(({ id }) => picked.includes(id)));
  const merge = () => {
    const groups = [question.group, ...chosen.map(({ group }) => group)];
    return decide(() => api.photos.merge(groups), `${counted(groups.length, 'group')} are one person now`);
  };
  return (
    <Dialog wide title="The same person" onClose={onClose}>
      <div class="row">
        {faceOf(question).map((face) => (
          <FaceCrop key={face.id} face={face} />
        ))}
        <p class="hint">
          The other groups without a name, the largest first, each by its best face. Pick those that are this
          person too: they stay one.
        </p>
      </div>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {loaded.value !== null && others.length === 0 && <p>There is no other group.</p>}
      <FacePicker label="Groups" faces={others.flatMap(faceOf)} picked={picked} onPicked={setPicked} />
      <ErrorNote error={error} />
      <div class="row end">
        <button
          type="button"
          class="primary"
          disabled={busy || chosen.length === 0}
          onClick={() => void save(merge, onMerged)}
        >
          {chosen.length === 0 ? 'Pick a group' : `Join ${counted(chosen.length, 'group')} with this one`}
        </button>
        <button type="button" onClick={onClose}>
          Cancel
        </button>
      </div>
    </Dialog>
  );
}
