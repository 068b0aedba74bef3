import { useEffect, useRef } from 'preact/hooks';
import type { Room } from '../rooms.tsx';
import { Icon } from './icon.tsx';

/** Leads to every room: beside the content, and below it on a phone. */
export function Navigation(props: { readonly rooms: readonly Room[]; readonly current: string }) {
  const list = useRef<HTMLUListElement>(null);
  // On a phone there may be more rooms than fit: the current one is in sight.
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [props.current]);
  return (
    <nav class="navigation" aria-label="Rooms">
      <p class="brand">face-trigger</p>
      <ul ref={list}>
        {props.rooms.map(({ id, title }) => (
          <li key={id}>
            <a href={`#/${id}`} aria-current={id === props.current ? 'page' : undefined}>
              <Icon name={id} />
              <span>{title}</span>
            </a>
          </li>
        ))}
      </ul>
    </nav>
  );
}
