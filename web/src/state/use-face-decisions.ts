import { useRef } from 'preact/hooks';
import { useSession } from './session.tsx';
import { useToasts } from './toasts.tsx';
import { type Decide, useDecisions } from './use-decisions.ts';

/** Decides about faces in photos, and takes the last decision back. */
export interface FaceDecisions {
  readonly decide: Decide;
  /** Takes back the last decision that was made here, one after the other. */
  undoLast(): Promise<void>;
}

/**
 * @param onChange - called when something is another than before
 * @param onUndone - called when something was taken back
 */
export function useFaceDecisions(onChange: () => void, onUndone: () => void = onChange): FaceDecisions {
  const { api } = useSession();
  const { show, fail } = useToasts();
  const made = useRef<string[]>([]);
  const undo = async (id: string): Promise<void> => {
    await api.photos.undo(id);
    made.current = made.current.filter((one) => one !== id);
    onUndone();
  };
  const decide = useDecisions(onChange, undo);
  return {
    decide: (work, text) =>
      decide(async () => {
        const result = await work();
        made.current.push(...[result].flat().map(({ id }) => id));
        return result;
      }, text),
    undoLast: async () => {
      const last = made.current.at(-1);
      if (last === undefined) {
        show({ text: 'Nothing was decided here yet. "Decided" lists everything that can be undone.' });
        return;
      }
      try {
        await undo(last);
        show({ text: 'The last answer was taken back' });
      } catch (error) {
        fail(error);
      }
      onChange();
    },
  };
}
