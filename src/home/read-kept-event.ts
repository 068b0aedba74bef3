import type { KeptEvent } from '../gallery/stores/appearances/appearance-store.ts';
import type { WatchEvent } from '../watch/watch-event.ts';

/** Reads an event as it is kept; `null` where the store is damaged, so that one row keeps nobody from the others. */
export function readKeptEvent({ body }: KeptEvent): WatchEvent | null {
  try {
    const event: unknown = JSON.parse(body);
    return typeof event === 'object' && event !== null && 'type' in event ? (event as WatchEvent) : null;
  } catch {
    return null;
  }
}
