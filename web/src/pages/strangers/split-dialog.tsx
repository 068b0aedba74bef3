import { useState } from 'preact/hooks';
import type { Stranger } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { PersonPicture } from '../../components/person-picture.tsx';
import { strangerName } from '../../components/stranger-name.ts';
import { timeText } from '../../components/time-text.ts';
import { useRoving } from '../../components/use-roving.ts';
import { useSession } from '../../state/session.tsx';
import { useLoad } from '../../state/use-load.ts';
import { useSave } from '../../state/use-save.ts';

/** As many as the server gives at once. */
const MOST = 200;

/** Shows all appearances of a stranger; those that are somebody else are picked. */
export function SplitDialog(props: {
  readonly stranger: Stranger;
  readonly onSplit: (appearances: readonly string[]) => Promise<void>;
  readonly onClose: () => void;
}) {
  const { stranger, onSplit, onClose } = props;
  const { api } = useSession();
  const loaded = useLoad(
    (signal) => api.home.listAppearances({ stranger: stranger.id, limit: MOST, signal }),
    [stranger.id],
  );
  const shown = loaded.value?.items ?? [];
  const [picked, setPicked] = useState<readonly string[]>([]);
  const { busy, error, save } = useSave();
  const roving = useRoving(
    shown.map(({ id }) => id),
    () => undefined,
  );
  const toggle = (id: string): void =>
    setPicked((before) => (before.includes(id) ? before.filter((one) => one !== id) : [...before, id]));
  const split = () => save(() => onSplit(picked), onClose);
  const isAll = shown.length > 0 && picked.length === shown.length;
  return (
    <Dialog wide title="Who is somebody else?" onClose={onClose}>
      <p class="hint">
        Each picture is one time that {strangerName(stranger.id)} was seen, the last one first. Pick those
        that show somebody else: they become a stranger of their own, and the two are never joined again by
        themselves.
      </p>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      <ul class="appearance-picker" aria-label="Appearances" aria-busy={loaded.loading} {...roving.list}>
        {shown.map(({ id, faces, camera, startedAt }) => (
          <li key={id}>
            <button
              type="button"
              class="pick"
              aria-pressed={picked.includes(id)}
              {...roving.card(id)}
              onClick={() => toggle(id)}
            >
              <PersonPicture
                name="?"
                shape="crop"
                load={
                  faces[0]?.hasPicture
                    ? (signal) => api.home.appearancePicture(id, faces[0]!.id, { signal })
                    : null
                }
              />
              <span>{camera}</span>
              <small>{timeText(startedAt)}</small>
            </button>
          </li>
        ))}
      </ul>
      {loaded.value?.nextCursor != null && <p class="hint">These are the last {MOST}.</p>}
      {isAll && <p class="hint">Leave at least one that stays who it is.</p>}
      <ErrorNote error={error} />
      <div class="row end">
        <button type="button" onClick={onClose}>
          Cancel
        </button>
        <button
          type="button"
          class="primary"
          disabled={busy || picked.length === 0 || isAll}
          onClick={() => void split()}
        >
          {picked.length === 0 ? 'Somebody else' : `${counted(picked.length, 'appearance')}: somebody else`}
        </button>
      </div>
    </Dialog>
  );
}
