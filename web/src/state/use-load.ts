import { useCallback, useEffect, useState } from 'preact/hooks';

/** Something that is fetched. */
export interface Loaded<Value> {
  /** Stays while it is fetched anew, so that nothing on the page jumps. */
  readonly value: Value | null;
  readonly error: unknown;
  readonly loading: boolean;
  /** Fetches again. */
  reload(): void;
  /** Puts in what is known to be true now. */
  set(value: Value): void;
}

/**
 * Fetches when a component appears and whenever `inputs` change; what is no longer wanted is canceled.
 *
 * @param inputs - what the fetch depends on
 */
export function useLoad<Value>(
  fetchValue: (signal: AbortSignal) => Promise<Value>,
  inputs: readonly unknown[],
): Loaded<Value> {
  const [state, setState] = useState<Pick<Loaded<Value>, 'value' | 'error' | 'loading'>>({
    value: null,
    error: null,
    loading: true,
  });
  const [round, setRound] = useState(0);
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    setState((before) => ({ ...before, loading: true }));
    fetchValue(signal).then(
      (value) => signal.aborted || setState({ value, error: null, loading: false }),
      (error: unknown) =>
        signal.aborted || setState((before) => ({ value: before.value, error, loading: false })),
    );
    return () => controller.abort();
  }, [...inputs, round]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  const set = useCallback((value: Value) => setState({ value, error: null, loading: false }), []);
  return { ...state, reload, set };
}
