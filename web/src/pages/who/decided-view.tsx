import type { PhotoDecision } from '../../api/types.ts';
import { counted } from '../../components/counted.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { timeText } from '../../components/time-text.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { useLoad } from '../../state/use-load.ts';

/** What was said about faces, the last first, each with its way back. */
export function DecidedView() {
  const { api } = useSession();
  const { show, fail } = useToasts();
  const loaded = useLoad((signal) => api.photos.decisions({ signal }), [api]);
  const items = loaded.value?.items ?? [];
  const undo = async (decision: PhotoDecision): Promise<void> => {
    try {
      await api.photos.undo(decision.id);
      show({ text: `Undone: ${decisionText(decision)}` });
    } catch (error) {
      fail(error);
    }
    loaded.reload();
  };
  return (
    <>
      <ErrorNote error={loaded.error} onRetry={loaded.reload} />
      {loaded.value !== null && items.length === 0 && (
        <EmptyState icon="events" title="Nothing was decided yet">
          <p>Whatever you say about a face stands here, and can be undone.</p>
        </EmptyState>
      )}
      {items.length > 0 && (
        <ol class="list events" aria-label="Decisions">
          {items.map((decision) => (
            <li key={decision.id}>
              <span class={decision.undoneAt === null ? 'grow' : 'grow undone'}>
                {decisionText(decision)}
              </span>
              <time dateTime={decision.at}>{timeText(decision.at)}</time>
              {decision.undoneAt === null ? (
                <button
                  type="button"
                  class="plain"
                  aria-label={`Undo: ${decisionText(decision)}`}
                  onClick={() => void undo(decision)}
                >
                  Undo
                </button>
              ) : (
                <small>undone</small>
              )}
            </li>
          ))}
        </ol>
      )}
    </>
  );
}

function decisionText({ kind, faces, person }: PhotoDecision): string {
  const some = counted(faces, 'face');
  const are = faces === 1 ? 'is' : 'are';
  // Of a decision that was undone nobody knows any more whom it was about.
  const name = person?.name ?? 'somebody';
  switch (kind) {
    case 'name':
      return `${some} ${are} ${name}`;
    case 'confirm':
      return `${some} ${are} ${name}, as suggested`;
    case 'not-person':
      return `${some} ${are} not ${name}`;
    case 'ignore':
      return `${some} ignored`;
    case 'merge':
      return `${some} put together`;
    case 'split':
      return `${some} taken out of a group`;
    case 'import':
      return `${some} named by what was imported`;
    case 'metadata':
      return `${some} named by what other programs wrote`;
    default:
      return `${kind}: ${some}`;
  }
}
