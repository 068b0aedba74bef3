import type { Settings } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';
import { useToasts } from '../../state/toasts.tsx';
import { type Loaded, useLoad } from '../../state/use-load.ts';

/** The server's settings, and how they are changed. */
export function useSettings(): Loaded<Settings> & {
  save(changes: Partial<Settings>, done: string): Promise<void>;
} {
  const { api, refresh } = useSession();
  const { show, fail } = useToasts();
  const loaded = useLoad((signal) => api.settings({ signal }), [api]);
  const save = async (changes: Partial<Settings>, done: string): Promise<void> => {
    try {
      loaded.set(await api.changeSettings(changes));
      show({ text: done });
      refresh();
    } catch (error) {
      fail(error);
    }
  };
  return { ...loaded, save };
}
