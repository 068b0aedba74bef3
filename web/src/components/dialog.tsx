import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';
import { useToasts } from '../state/toasts.tsx';
import { ToastList } from './toast-list.tsx';

/**
 * A question in front of the page. The browser's own dialog keeps the focus inside, closes with Escape and gives the
 * focus back.
 */
export function Dialog(props: {
  readonly title: string;
  readonly onClose: () => void;
  /** Whether it has room for a picture. */
  readonly wide?: boolean | undefined;
  readonly children: ComponentChildren;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  const { setCovered } = useToasts();
  // Not an ordinary effect, which waits for a frame: keys pressed meanwhile would go to the page behind.
  useLayoutEffect(() => {
    const opener = document.activeElement as HTMLElement | null;
    element.current?.showModal();
    setCovered(true);
    return () => {
      setCovered(false);
      opener?.focus();
    };
  }, []);
  return (
    <dialog
      ref={element}
      class={props.wide ? 'wide' : undefined}
      aria-labelledby={titleId}
      onClose={props.onClose}
    >
      <h2 id={titleId}>{props.title}</h2>
      {props.children}
      <ToastList inDialog />
    </dialog>
  );
}
