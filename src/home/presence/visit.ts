import { type LeaveReason, type PresenceEvent, WATCH_EVENT_VERSION } from '../../watch/watch-event.ts';
import type { Visitor } from './visitor.ts';

/** A visitor in a place, from arriving until leaving, whatever cameras of the place saw of it. */
export interface Visit extends Visitor {
  /** Unique for ever. */
  readonly id: string;
  readonly place: string;
  /** The camera that saw the visitor last. */
  readonly camera: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  /** Until then the visitor is taken to be there without being seen, because of motion or a restart. */
  readonly heldUntil: number;
  /** Milliseconds of the last camera's own clock when it saw the visitor. */
  readonly timeMs: number;
  readonly snapshot: string | null;
  /** The last appearance. */
  readonly appearance: string | null;
  /** Tracks that are taken for the visitor and have not ended. */
  readonly tracks: readonly string[];
  /** How many tracks were taken for the visitor, those that ended too. */
  readonly evidence: number;
}

/** What is told of a visit's beginning, or of its end. */
export function presenceEvent(
  visit: Visit,
  told: { readonly id: string; readonly time: number; readonly repeat?: true | undefined } & (
    | { readonly type: 'presence.arrived' }
    | { readonly type: 'presence.left'; readonly reason: LeaveReason }
  ),
): PresenceEvent {
  const { id: visitId, label, personId, stranger, place, camera, since, lastSeen, snapshot } = visit;
  return {
    version: WATCH_EVENT_VERSION,
    id: told.id,
    type: told.type,
    time: iso(told.time),
    source: camera,
    timeMs: visit.timeMs + Math.max(0, told.time - lastSeen),
    visit: visitId,
    label,
    personId,
    stranger,
    place,
    camera,
    since: iso(since),
    lastSeen: iso(lastSeen),
    snapshot,
    ...(visit.appearance !== null && { appearance: visit.appearance }),
    ...(visit.ignored && { ignored: true as const }),
    ...(told.repeat && { repeat: true as const }),
    ...(told.type === 'presence.left' && {
      durationMs: Math.max(0, lastSeen - since),
      reason: told.reason,
    }),
  };
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
