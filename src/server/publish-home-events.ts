import type { ServedHome } from '../home/served-home.ts';
import type { WatchEvent } from '../watch/watch-event.ts';
import type { ServerEvent, ServerEvents } from './event-hub.ts';

/** Passes what happens in a home on to whoever listens to the server's events. @returns ends it */
export function publishHomeEvents(home: ServedHome, events: ServerEvents): () => void {
  const endNews = home.subscribe((event) => {
    const told = toServerEvent(event);
    if (told) void events.publish(told.type, told.data);
  });
  const endEnrollments = home.enrollment?.subscribe(({ state, name, result }) => {
    if (state !== 'done' || result === null || result.undone) return;
    const { personId, created } = result;
    void events.publish(created ? 'person.created' : 'person.changed', { personId, name });
  });
  return () => {
    endNews();
    endEnrollments?.();
  };
}

/** @returns null for what is nothing to listeners */
function toServerEvent(event: WatchEvent): Pick<ServerEvent, 'type' | 'data'> | null {
  const { type: what, source: camera, place } = event;
  const base = { what, camera, ...(place !== undefined && { place }) };
  if ('visit' in event) {
    const { visit, since } = event;
    return { type: 'presence.changed', data: { ...base, visit, since, ...whoIn(event) } };
  }
  if ('track' in event) {
    const { appearance } = event;
    return {
      type: 'appearance.changed',
      data: { ...base, ...(appearance && { appearance }), ...whoIn(event) },
    };
  }
  return { type: 'camera.changed', data: { ...base, ...('reason' in event && { reason: event.reason }) } };
}

function whoIn(event: {
  readonly label: string | null;
  readonly personId?: string | null | undefined;
  readonly stranger: string | null;
  readonly ignored?: true | undefined;
}): ServerEvent['data'] {
  const { label, personId, stranger, ignored } = event;
  return {
    ...(label !== null && { name: label }),
    ...(personId && { personId }),
    ...(stranger !== null && { stranger }),
    ...(ignored && { ignored }),
  };
}
