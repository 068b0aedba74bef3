import { useEffect, useState } from 'preact/hooks';
import { type ConnectionState, listenToEvents, type ServerEvent } from '../../api/listen-to-events.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ErrorNote } from '../../components/error-note.tsx';
import { useSession } from '../../state/session.tsx';
import { type EventLine, gatherEvents, textOf } from './gather-events.ts';

/** Events that are kept in the page. */
const KEPT = 1000;
const STATES: Readonly<Record<ConnectionState, string>> = {
  connecting: 'Connecting …',
  open: 'Connected: events appear as they happen',
  waiting: 'Not connected; trying again',
};
type Kind = 'all' | 'faces' | 'people' | 'home';
/** How the types of each kind of event begin. */
const PREFIXES: Readonly<Record<Kind, readonly string[]>> = {
  all: [''],
  faces: ['face.'],
  people: ['person.'],
  home: ['appearance.', 'presence.', 'camera.'],
};

/** What happens on the server, as it happens. */
export function ActivityLog() {
  const { api, session } = useSession();
  const [events, setEvents] = useState<readonly ServerEvent[]>([]);
  const [connection, setConnection] = useState<{ state: ConnectionState; error: unknown }>({
    state: 'connecting',
    error: null,
  });
  const [kind, setKind] = useState<Kind>('all');
  useEffect(() => {
    const controller = new AbortController();
    void listenToEvents(api.http, {
      signal: controller.signal,
      onEvent: (event) => setEvents((before) => addEvent(before, event)),
      onState: (state, error) => setConnection({ state, error }),
    });
    return () => controller.abort();
  }, [api]);
  const lines = gatherEvents(
    events.filter(({ type }) => PREFIXES[kind].some((prefix) => type.startsWith(prefix))),
  );
  return (
    <>
      <div class="toolbar">
        <p class={`connection ${connection.state} grow`} role="status">
          {STATES[connection.state]}
        </p>
        <label class="field inline">
          <span>Show</span>
          <select value={kind} onChange={(event) => setKind(event.currentTarget.value as Kind)}>
            <option value="all">Everything</option>
            <option value="faces">Faces</option>
            <option value="people">People</option>
            {session.home && <option value="home">Cameras</option>}
          </select>
        </label>
        <button type="button" disabled={events.length === 0} onClick={() => setEvents([])}>
          Clear
        </button>
      </div>
      <ErrorNote error={connection.error} />
      {lines.length === 0 ? (
        <EmptyState icon="events" title="Nothing has happened yet">
          <p>Recognize a photo, start Live, or send a picture to the API; it appears here at once.</p>
        </EmptyState>
      ) : (
        <ol class="list events" aria-label="Events">
          {lines.map((line) => (
            <Line key={line.key} line={line} />
          ))}
        </ol>
      )}
    </>
  );
}

function Line({ line }: { readonly line: EventLine }) {
  const { last, times } = line;
  return (
    <li>
      <time datetime={last.time}>{new Date(last.time).toLocaleTimeString()}</time>
      <span class={`dot ${last.type.replace('.', '-')}`} aria-hidden="true" />
      <span class="grow">{textOf(last)}</span>
      {times > 1 && <span class="times">{times} times</span>}
    </li>
  );
}

/** Newest first; what a new connection repeats is there already. */
function addEvent(events: readonly ServerEvent[], event: ServerEvent): readonly ServerEvent[] {
  if (events.some(({ id, time }) => id === event.id && time === event.time)) return events;
  return [event, ...events].slice(0, KEPT);
}
