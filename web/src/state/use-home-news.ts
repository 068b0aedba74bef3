import { useEffect } from 'preact/hooks';
import { listenToEvents, type ServerEvent } from '../api/listen-to-events.ts';
import { useSession } from './session.tsx';

/** Faces come and go in bursts: one look at the list is enough for each. */
const GATHER_MS = 700;

/**
 * Calls back a moment after something happened in the home.
 *
 * @param types - of the events that count
 */
export function useHomeNews(types: readonly ServerEvent['type'][], onNews: () => void): void {
  const { api } = useSession();
  useEffect(() => {
    const controller = new AbortController();
    let timer: ReturnType<typeof setTimeout> | null = null;
    const began = Date.now();
    void listenToEvents(api.http, {
      signal: controller.signal,
      onEvent: ({ type, time }) => {
        // What the server repeats of before is in the list already.
        if (!types.includes(type) || Date.parse(time) < began - GATHER_MS || timer !== null) return;
        timer = setTimeout(() => {
          timer = null;
          onNews();
        }, GATHER_MS);
      },
      onState: () => undefined,
    });
    return () => {
      controller.abort();
      if (timer !== null) clearTimeout(timer);
    };
  }, [api, onNews]);
}
