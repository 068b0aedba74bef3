import { type ComponentChildren, createContext } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';
import { type Api, createApi } from '../api/create-api.ts';
import { createHttpClient } from '../api/http-client.ts';
import type { ApiKeyScope, Session } from '../api/types.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { KeyPrompt } from '../components/key-prompt.tsx';
import { keepGallery, keptGallery } from './kept-gallery.ts';
import { forgetKey, keepKey, keptKey } from './kept-key.ts';
import { useLoad } from './use-load.ts';

/** Who uses the page, and how it asks the server. */
export interface SessionState {
  readonly api: Api;
  readonly session: Session;
  /** Whether the key may do something. */
  may(scope: ApiKeyScope): boolean;
  /** Uses another key from now on; `null`: asks for one. */
  useKey(key: string | null): void;
  /** Shows another gallery of the server from now on; `null`: the one that it was started with. */
  useGallery(name: string | null): void;
  /** Fetches the session again. */
  refresh(): void;
}

const Context = createContext<SessionState | null>(null);

/** The session; only below a {@link SessionGate}. */
export function useSession(): SessionState {
  return useContext(Context)!;
}

/** Shows its children once the server lets the page in, and asks for a key until then. */
export function SessionGate({ children }: { readonly children: ComponentChildren }) {
  const [state, setState] = useState({
    ...{ key: keptKey(), gallery: keptGallery() },
    ...{ isAsked: false, round: 0 },
  });
  const { key, gallery, isAsked, round } = state;
  const useKey = (next: string | null) => {
    if (next === null) forgetKey();
    else keepKey(next);
    // Another key may be for another gallery.
    keepGallery(null);
    setState({ key: next, gallery: null, isAsked: next === null, round: round + 1 });
  };
  const useGallery = (name: string | null) => {
    keepGallery(name);
    setState({ ...state, gallery: name, round: round + 1 });
  };
  // Made anew for each key and gallery: what the server said of an earlier one, however late, is nothing to the next.
  return (
    <KeyedGate
      key={round}
      apiKey={key}
      gallery={gallery}
      isAsked={isAsked}
      useKey={useKey}
      useGallery={useGallery}
    >
      {children}
    </KeyedGate>
  );
}

function KeyedGate(props: {
  readonly apiKey: string | null;
  readonly gallery: string | null;
  /** Somebody wants to give another key. */
  readonly isAsked: boolean;
  readonly useKey: (key: string | null) => void;
  readonly useGallery: (name: string | null) => void;
  readonly children: ComponentChildren;
}) {
  const { apiKey, gallery, isAsked, useKey, useGallery, children } = props;
  const [isRefused, setRefused] = useState(false);
  const api = useMemo(
    () => createApi(createHttpClient({ key: apiKey, gallery }, () => setRefused(true))),
    [apiKey, gallery],
  );
  const loaded = useLoad((signal) => api.session({ signal }), [api]);
  const { value: session, error } = loaded;
  if (isAsked || isRefused || (error instanceof ApiError && error.status === 401)) {
    return <KeyPrompt wasWrong={apiKey !== null} onKey={useKey} />;
  }
  if (session === null) {
    if (error === null)
      return (
        <p class="gate" role="status">
          Connecting …
        </p>
      );
    return (
      <div class="gate">
        <ErrorNote error={error} onRetry={loaded.reload} />
        {gallery !== null && (
          <button type="button" onClick={() => useGallery(null)}>
            Leave the gallery {gallery}
          </button>
        )}
      </div>
    );
  }
  const may = (scope: ApiKeyScope) => session.scopes.includes(scope) || session.scopes.includes('admin');
  const value = { api, session, may, useKey, useGallery, refresh: loaded.reload };
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
