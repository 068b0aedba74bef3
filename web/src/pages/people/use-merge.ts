import type { Merge, Person } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';

/**
 * Makes several people one and offers the way back, which is the gallery's own.
 *
 * @param onChange - called when the list is not true any more
 */
export function useMerge(onChange: () => void): (people: readonly Person[], into: Person) => Promise<void> {
  const { api } = useSession();
  const { show, fail } = useToasts();
  return async (people, into) => {
    const merges: Merge[] = [];
    const undo = async (): Promise<void> => {
      try {
        // The last one first: an earlier one can't be taken back while a later one stands on it.
        for (const { id } of merges.toReversed()) await api.undoMerge(id);
      } catch (error) {
        fail(error);
      }
      onChange();
    };
    try {
      for (const { id } of people) if (id !== into.id) merges.push(await api.mergePerson(id, into.id));
    } finally {
      if (merges.length > 0) {
        const names = people.filter(({ id }) => id !== into.id).map(({ name }) => name);
        show({
          text: `${names.slice(0, merges.length).join(', ')} merged into ${into.name}`,
          action: { label: 'Undo', run: () => void undo() },
        });
      }
      onChange();
    }
  };
}
