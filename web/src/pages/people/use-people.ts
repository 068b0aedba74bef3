import { useEffect, useRef, useState } from 'preact/hooks';
import type { Person } from '../../api/types.ts';
import { useSession } from '../../state/session.tsx';

/** People on one page of the list. */
const LIMIT = 60;
/** After the last letter that is typed into the search. */
const SEARCH_DELAY_MS = 200;

/** The list of people as far as it was fetched. */
export interface PeopleList {
  readonly items: readonly Person[];
  /** Whether an answer is there. */
  readonly ready: boolean;
  readonly loading: boolean;
  readonly error: unknown;
  readonly hasMore: boolean;
  /** Grows with each answer. */
  readonly round: number;
  reload(): void;
  loadMore(): void;
  replace(person: Person): void;
}

/**
 * Fetches people whose name contains a text.
 *
 * @param version - fetched again when it changes
 */
export function usePeople(query: string, version: number): PeopleList {
  const { api } = useSession();
  const [state, setState] = useState({
    items: [] as readonly Person[],
    cursor: null as string | null,
    ready: false,
    loading: true,
    error: null as unknown,
    round: 0,
  });
  const [wish, setWish] = useState({ more: false, n: 0 });
  const lastQuery = useRef(query);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    const more = wish.more && state.cursor !== null && lastQuery.current === query;
    const delayMs = lastQuery.current === query ? 0 : SEARCH_DELAY_MS;
    lastQuery.current = query;
    const load = async (): Promise<void> => {
      setState((before) => ({ ...before, loading: true }));
      try {
        // What was shown stays shown: as many as there were, and one page more where that is wished.
        const limit = more ? LIMIT : Math.min(1000, Math.max(LIMIT, state.items.length));
        const page = await api.listPeople({ query, limit, cursor: more ? state.cursor : null, signal });
        setState((before) => ({
          items: more ? [...before.items, ...page.items] : page.items,
          cursor: page.nextCursor,
          ready: true,
          loading: false,
          error: null,
          round: before.round + 1,
        }));
      } catch (error) {
        if (!signal.aborted) setState((before) => ({ ...before, loading: false, error }));
      }
    };
    const timer = setTimeout(() => void load(), delayMs);
    return () => {
      clearTimeout(timer);
      controller.abort();
    };
  }, [api, query, version, wish]);
  return {
    ...state,
    hasMore: state.cursor !== null,
    reload: () => setWish(({ n }) => ({ more: false, n: n + 1 })),
    loadMore: () => setWish(({ n }) => ({ more: true, n: n + 1 })),
    replace: (person) =>
      setState((before) => ({
        ...before,
        items: before.items.map((item) => (item.id === person.id ? person : item)),
      })),
  };
}
