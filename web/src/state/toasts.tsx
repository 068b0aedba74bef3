import { type ComponentChildren, createContext } from 'preact';
import { useCallback, useContext, useMemo, useRef, useState } from 'preact/hooks';
import { messageOf } from '../api/api-error.ts';

/** A line that passes by, with something that can still be done. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'error';
  /** Milliseconds until it goes. */
  readonly lastsMs: number;
  readonly action?: { readonly label: string; run(): void } | undefined;
  /** Called when its time is over or it is closed, and the action was not taken. */
  readonly onEnd?: (() => void) | undefined;
}

interface ToastState {
  readonly toasts: readonly Toast[];
  show(toast: Omit<Toast, 'id' | 'tone' | 'lastsMs'> & Partial<Pick<Toast, 'tone' | 'lastsMs'>>): void;
  fail(error: unknown): void;
  close(id: number): void;
  /** Whether a dialog lies over the page; nothing outside it can be reached then, so it shows the lines itself. */
  readonly covered: boolean;
  setCovered(covered: boolean): void;
}

/** Long enough to read and to reach the button with the keyboard. Source: half again of WCAG 2.2.1's usual 5 s. */
const LASTS_MS = 8000;

const Context = createContext<ToastState | null>(null);

/** Shows lines that pass by. */
export function useToasts(): ToastState {
  return useContext(Context)!;
}

export function ToastProvider({ children }: { readonly children: ComponentChildren }) {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const [covered, setCovered] = useState(false);
  const lastId = useRef(0);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const show = useCallback<ToastState['show']>((toast) => {
    const id = ++lastId.current;
    setToasts((all) => [...all, { tone: 'plain', lastsMs: LASTS_MS, ...toast, id }]);
  }, []);
  const fail = useCallback((error: unknown) => show({ text: messageOf(error), tone: 'error' }), [show]);
  const value = useMemo(
    () => ({ toasts, show, fail, close, covered, setCovered }),
    [toasts, show, fail, close, covered],
  );
  return <Context.Provider value={value}>{children}</Context.Provider>;
}
