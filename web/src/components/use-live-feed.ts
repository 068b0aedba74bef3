import { useEffect, useState } from 'preact/hooks';
import { useSession } from '../state/session.tsx';
import { createLiveFeed, type LiveFeed } from './live-feed.ts';

/** The live pictures of all cameras as long as the component is there. */
export function useLiveFeed(): { readonly feed: LiveFeed | null; readonly error: unknown } {
  const { api } = useSession();
  const [feed, setFeed] = useState<LiveFeed | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    const controller = new AbortController();
    setFeed(createLiveFeed(api, { signal: controller.signal, onError: setError }));
    return () => controller.abort();
  }, [api]);
  return { feed, error };
}
