import { type ComponentChildren, createContext } from 'preact';
import { useContext, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useToasts } from './toasts.tsx';

/** Deletions that have not happened yet, and those that have. */
export interface Deletions {
  /** What is not to be seen any more. */
  readonly hidden: ReadonlySet<string>;
  /** Grows with every deletion that the server did. */
  readonly done: number;
  /**
   * Hides something now and deletes it when the time to change one's mind is over.
   *
   * @param what.send - deletes it on the server
   */
  remove(id: string, what: { readonly name: string; readonly send: Send }): void;
}
type Send = (options: { readonly keepalive: boolean }) => Promise<unknown>;

const Context = createContext<Deletions | null>(null);

/** Deletes with a way back. */
export function useDeletions(): Deletions {
  return useContext(Context)!;
}

/** The server deletes for good, so the page waits before it asks for it. Closing the page ends the wait. */
export function DeletionProvider({ children }: { readonly children: ComponentChildren }) {
  const { show, fail } = useToasts();
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const [done, setDone] = useState(0);
  const pending = useRef(new Map<string, Send>());

  const reveal = (id: string) => setHidden((before) => new Set([...before].filter((other) => other !== id)));
  const finish = async (id: string): Promise<void> => {
    const send = pending.current.get(id);
    if (!send) return;
    pending.current.delete(id);
    try {
      await send({ keepalive: true });
      setDone((count) => count + 1);
    } catch (error) {
      reveal(id);
      fail(error);
    }
  };
  useEffect(() => {
    const finishAll = () => {
      for (const id of [...pending.current.keys()]) void finish(id);
    };
    addEventListener('pagehide', finishAll);
    return () => removeEventListener('pagehide', finishAll);
  }, []);

  const value = useMemo<Deletions>(
    () => ({
      hidden,
      done,
      remove: (id, { name, send }) => {
        pending.current.set(id, send);
        setHidden((before) => new Set(before).add(id));
        show({
          text: `${name} is being deleted for good`,
          action: {
            label: 'Undo',
            run: () => {
              pending.current.delete(id);
              reveal(id);
            },
          },
          onEnd: () => void finish(id),
        });
      },
    }),
    [hidden, done, show],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
