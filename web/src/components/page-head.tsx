import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

/** Title of a room, with a line about what it is for. */
export function PageHead(props: { readonly title: string; readonly children: ComponentChildren }) {
  useEffect(() => {
    document.title = `${props.title} · face-trigger`;
  }, [props.title]);
  return (
    <header class="page-head">
      <h1>{props.title}</h1>
      <p>{props.children}</p>
    </header>
  );
}
