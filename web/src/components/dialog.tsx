import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useToasts } from '../state/toasts.tsx';
import { ToastList } from './toast-list.tsx';

/**
 * A question in front of the page. The browser's own dialog keeps the focus inside, closes with Escape and gives the
 * focus back.
 */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { setCovered } = useToasts();
  useEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    element.current?.showModal();
    setCovered(true);
    return () => {
      setCovered(false);
      opener?.focus();
    };
  }, []);
  return (
    <dialog ref={element} aria-labelledby={titleId} onClose={props.onClose}>
      <h2 id={titleId}>{props.title}</h2>
      {props.children}
      <ToastList inDialog />
    </dialog>
  );
}
