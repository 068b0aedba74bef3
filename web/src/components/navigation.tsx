import type { Room } from '../rooms.tsx';
import { Icon } from './icon.tsx';

/** Leads to every room: beside the content, and below it on a phone. */
export function Navigation(props: { readonly rooms: readonly Room[]; readonly current: string }) {
  return (
    <nav class="navigation" aria-label="Rooms">
      <p class="brand">face-trigger</p>
      <ul>
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
