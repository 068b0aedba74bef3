import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.tsx';

/** Stands where nothing is yet, and says what to do about it. */
export function EmptyState(props: {
  readonly icon: IconName;
  readonly title: string;
  readonly children: ComponentChildren;
}) {
  return (
    <div class="empty">
      <Icon name={props.icon} />
      <h2>{props.title}</h2>
      {props.children}
    </div>
  );
}
