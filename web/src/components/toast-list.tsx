import { useEffect, useState } from 'preact/hooks';
import { type Toast, useToasts } from '../state/toasts.tsx';

/**
 * The lines that pass by, newest last; read out as they come.
 *
 * @param props.inDialog - whether this list is that of an open dialog
 */
export function ToastList({ inDialog = false }: { readonly inDialog?: boolean | undefined }) {
  const { toasts, close, covered } = useToasts();
  if (covered !== inDialog) return null;
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.map((toast) => (
        <ToastLine key={toast.id} toast={toast} onClose={() => close(toast.id)} />
      ))}
    </div>
  );
}

function ToastLine({ toast, onClose }: { readonly toast: Toast; readonly onClose: () => void }) {
  const [held, setHeld] = useState(false);
  const end = (): void => {
    onClose();
    toast.onEnd?.();
  };
  useEffect(() => {
    // Whoever is at the line, with the pointer or the keyboard, has all the time they want.
    if (held) return;
    const timer = setTimeout(end, toast.lastsMs);
    return () => clearTimeout(timer);
  }, [held]);
  const { action } = toast;
  return (
    <div
      class={`toast ${toast.tone}`}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocusCapture={() => setHeld(true)}
      onBlurCapture={() => setHeld(false)}
    >
      <span>{toast.text}</span>
      {action && (
        <button
          type="button"
          class="plain"
          onClick={() => {
            onClose();
            action.run();
          }}
        >
          {action.label}
        </button>
      )}
      <button type="button" class="plain" aria-label="Close" onClick={end}>
        ×
      </button>
    </div>
  );
}
