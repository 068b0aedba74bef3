import type { FaceEvent, PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';
import type { Visit } from './visit.ts';
import { visitorKey, visitorOf } from './visitor.ts';

/** What a {@link Presence} goes on with after a restart, as JSON. */
export interface PresenceSnapshot {
  /** Who is there. */
  readonly visits: readonly Visit[];
  /** Where those were seen last who left. */
  readonly gone: readonly Visit[];
}

/**
 * Who is there, from the events that were kept.
 *
 * @param events - oldest first; it suffices to begin with the oldest visit that has not ended
 * @remarks A track that has not ended counts as one: its process ended before it.
 */
export async function snapshotFromEvents(
  events: AsyncIterable<WatchEvent> | Iterable<WatchEvent>,
): Promise<PresenceSnapshot> {
  const visits = new Map<string, Visit>();
  const gone = new Map<string, Visit>();
  // Faces that are followed, with whom they were taken for last: that is kept before the visit that follows from it.
  const followed = new Map<string, FaceEvent>();
  for await (const event of events) {
    if ('visit' in event) {
      const visit = visitOf(event);
      const open = visits.get(visit.id);
      if (event.type === 'presence.arrived') visits.set(visit.id, visit);
      else gone.set(visitorKey(visit), visit);
      // The same visit may have become somebody else's.
      if (event.type === 'presence.left' && open && visitorKey(open) === visitorKey(visit))
        visits.delete(visit.id);
    } else if ('track' in event) {
      const key = trackKey(event);
      if (event.type === 'face.left') followed.delete(key);
      else if (visitorOf(event) !== null) followed.set(key, event);
      for (const visit of visits.values())
        if (isOf(event, visit)) visits.set(visit.id, seenAgain(visit, event));
    }
  }
  const withTracks = [...visits.values()].map((visit) => ({
    ...visit,
    tracks: [...followed].filter(([, event]) => isOf(event, visit)).map(([key]) => key),
  }));
  return { visits: withTracks, gone: [...gone.values()] };
}

function visitOf(event: PresenceEvent): Visit {
  const { visit: id, place, camera, timeMs, snapshot, appearance = null } = event;
  const [since, lastSeen] = [Date.parse(event.since), Date.parse(event.lastSeen)];
  const seen = { camera, since, lastSeen, timeMs, snapshot, appearance };
  return { ...visitorOf(event)!, id, place, ...seen, heldUntil: 0, tracks: [], evidence: 1 };
}

function isOf(event: FaceEvent, visit: Visit): boolean {
  const visitor = visitorOf(event);
  const isSame = visitor !== null && visitorKey(visitor) === visitorKey(visit);
  return isSame && (event.place ?? visit.place) === visit.place;
}

function seenAgain(visit: Visit, event: FaceEvent): Visit {
  const { source: camera, timeMs, snapshot, appearance = visit.appearance } = event;
  const lastSeen = Date.parse(event.time);
  if (lastSeen < visit.lastSeen) return visit;
  return { ...visit, camera, timeMs, appearance, lastSeen, snapshot: snapshot ?? visit.snapshot };
}

/** Names a track among those of all cameras. */
export function trackKey(event: {
  readonly source: string;
  readonly track: number;
  readonly appearance?: string | undefined;
}): string {
  return event.appearance ?? `${event.source} ${event.track}`;
}
