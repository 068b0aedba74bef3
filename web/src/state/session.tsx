import { type ComponentChildren, createContext } from 'preact';
import { useContext, useMemo, useState } from 'preact/hooks';
import { ApiError } from '../api/api-error.ts';
import { type Api, createApi } from '../api/create-api.ts';
import { createHttpClient } from '../api/http-client.ts';
import type { ApiKeyScope, Session } from '../api/types.ts';
import { ErrorNote } from '../components/error-note.tsx';
import { KeyPrompt } from '../components/key-prompt.tsx';
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
  const [{ key, isAsked, round }, setState] = useState({ key: keptKey(), isAsked: false, round: 0 });
  const useKey = (next: string | null) => {
    if (next === null) forgetKey();
    else keepKey(next);
    setState({ key: next, isAsked: next === null, round: round + 1 });
  };
  // Made anew for each key: what the server said of an earlier one, however late, is nothing to the next.
  return (
    <KeyedGate key={round} apiKey={key} isAsked={isAsked} useKey={useKey}>
      {children}
    </KeyedGate>
  );
}

function KeyedGate(props: {
  readonly apiKey: string | null;
  /** Somebody wants to give another key. */
  readonly isAsked: boolean;
  readonly useKey: (key: string | null) => void;
  readonly children: ComponentChildren;
}) {
  const { apiKey, isAsked, useKey, children } = props;
  const [isRefused, setRefused] = useState(false);
  const api = useMemo(() => createApi(createHttpClient(apiKey, () => setRefused(true))), [apiKey]);
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
      </div>
    );
  }
  const may = (scope: ApiKeyScope) => session.scopes.includes(scope) || session.scopes.includes('admin');
  const value = { api, session, may, useKey, refresh: loaded.reload };
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
