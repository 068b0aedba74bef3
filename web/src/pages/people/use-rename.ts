import type { Person } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';

/**
 * Gives somebody another name and offers the way back.
 *
 * @param onChange - called with the person as it is now
 */
export function useRename(
  onChange: (person: Person) => void,
): (person: Person, name: string) => Promise<void> {
  const { api } = useSession();
  const { show } = useToasts();
  return async (person, name) => {
    const renamed = await api.renamePerson(person.id, name);
    onChange(renamed);
    const undo = async () => onChange(await api.renamePerson(person.id, person.name));
    show({
      text: `${person.name} is ${renamed.name} now`,
      action: {
        label: 'Undo',
        run: () => void undo().catch((error) => show({ text: String(error), tone: 'error' })),
      },
    });
  };
}
