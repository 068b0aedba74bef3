import { randomUUID } from 'node:crypto';
import type { FaceEvent, LeaveReason, PresenceEvent, WatchEvent } from '../../watch/watch-event.ts';
import { LostTracks } from './lost-tracks.ts';
import { type PresenceSnapshot, trackKey } from './presence-snapshot.ts';
import { presenceEvent, type Visit } from './visit.ts';
import { type Visitor, visitorKey, visitorOf } from './visitor.ts';

/** Options of {@link Presence}. */
export interface PresenceOptions {
  /** Somebody who was not seen for so long has left, in milliseconds. @defaultValue {@link DEFAULT_LEAVE_AFTER_MS} */
  readonly leaveAfterMs?: number | undefined;
  /**
   * Motion before the camera that saw somebody last keeps them there for so long at most, in milliseconds.
   *
   * @defaultValue {@link DEFAULT_MOTION_HOLD_MS}
   */
  readonly motionHoldMs?: number | undefined;
  /** A face that begins where and within that many milliseconds after another was lost goes on with it. */
  readonly turnAwayMs?: number | undefined;
  /** The place of events that name none. @defaultValue {@link DEFAULT_PLACE} */
  readonly place?: string | undefined;
  /** What an earlier process knew. */
  readonly snapshot?: PresenceSnapshot | undefined;
  /** Tells when this process began, for what its snapshot says; milliseconds since 1970. @defaultValue Date.now */
  readonly now?: (() => number) | undefined;
  /** Makes ids of visits and events. @defaultValue random UUIDs */
  readonly createId?: (() => string) | undefined;
}

/** Default of {@link PresenceOptions.leaveAfterMs}: who fetches something from the next room is not gone. */
export const DEFAULT_LEAVE_AFTER_MS = 5 * 60_000;
/** Default of {@link PresenceOptions.motionHoldMs}. */
export const DEFAULT_MOTION_HOLD_MS = 10 * 60_000;
/** Default of {@link PresenceOptions.place}. */
export const DEFAULT_PLACE = 'home';

// Strangers come without end: whoever left longest ago is forgotten first.
const GONE_AT_MOST = 10_000;

interface Track {
  readonly camera: string;
  /** The visit that the track is taken for. */
  readonly visit: string;
  /** The face itself was not recognized: the track goes on with one that was. */
  readonly isCarried: boolean;
}

/**
 * Who is where: makes visits of what all cameras saw.
 *
 * @remarks A state machine without timers: the same events and ticks give the same visits, but for their ids. Somebody
 * leaves when no camera of the place saw them for a time. Without a detector of bodies, somebody is seen while their
 * face is followed; who turns away stays, as long as a face begins again where the last one was lost, or something
 * moves before that camera. What moves may be somebody else.
 */
export class Presence {
  readonly #options: PresenceOptions;
  readonly #createId: () => string;
  readonly #lost: LostTracks;
  readonly #visits = new Map<string, Visit>();
  readonly #gone = new Map<string, Visit>();
  readonly #tracks = new Map<string, Track>();

  constructor(options: PresenceOptions = {}) {
    this.#options = options;
    this.#createId = options.createId ?? randomUUID;
    this.#lost = new LostTracks(options.turnAwayMs);
    const { visits = [], gone = [] } = options.snapshot ?? {};
    const restart = (options.now ?? Date.now)();
    for (const visit of visits) {
      // Who was before a camera when the process ended may still be there: nobody could see whether they left.
      const heldUntil = visit.tracks.length > 0 ? restart + this.#leaveAfterMs : 0;
      this.#visits.set(visit.id, { ...visit, tracks: [], heldUntil: Math.max(heldUntil, visit.heldUntil) });
    }
    for (const visit of gone) this.#remember(visit);
  }

  /** Who is there, in the order of their coming. */
  current(): readonly Visit[] {
    return [...this.#visits.values()];
  }

  /** Where everybody was seen last who left, the last one first. */
  gone(): readonly Visit[] {
    return [...this.#gone.values()].reverse();
  }

  /** What the next process goes on with. */
  snapshot(): PresenceSnapshot {
    return { visits: this.current(), gone: [...this.#gone.values()] };
  }

  /** When {@link tick} has something to do, milliseconds since 1970; null: not before the next event. */
  nextTick(): number | null {
    const ends = [...this.#visits.values()].map((visit) => this.#endOf(visit));
    const next = Math.min(...ends);
    return Number.isFinite(next) ? next : null;
  }

  /** Takes what a camera saw. @returns what follows from it, in order */
  handle(event: WatchEvent): PresenceEvent[] {
    if (!('track' in event)) return [];
    const time = Date.parse(event.time);
    const told = this.tick(time);
    const key = trackKey(event);
    if (event.type === 'face.appeared') this.#goOn(key, event, time);
    else if (event.type === 'face.left') this.#end(key, event, time);
    else if (event.type === 'face.moved') this.#seeAgain(key, event, time);
    else told.push(...this.#recognize(key, event, time));
    return told;
  }

  /**
   * Something moves before a camera: who was seen there last, and is not seen now, may still be there. Where a face is
   * followed, the motion is that somebody's.
   */
  motion(camera: string, time: number): void {
    const { motionHoldMs = DEFAULT_MOTION_HOLD_MS } = this.#options;
    if (motionHoldMs === 0 || [...this.#tracks.values()].some((track) => track.camera === camera)) return;
    for (const visit of this.#visits.values()) {
      if (visit.camera !== camera || visit.tracks.length > 0 || time > this.#endOf(visit)) continue;
      const heldUntil = Math.min(time, visit.lastSeen + motionHoldMs) + this.#leaveAfterMs;
      if (heldUntil > visit.heldUntil) this.#visits.set(visit.id, { ...visit, heldUntil });
    }
  }

  /**
   * The clock on the wall was set by so many milliseconds: whoever is there came and was seen at another time of the day,
   * and as long ago as before.
   */
  clockWasSet(by: number): void {
    this.#lost.clockWasSet(by);
    for (const visit of this.#visits.values()) {
      const { since, lastSeen, heldUntil } = visit;
      this.#visits.set(visit.id, {
        ...{ ...visit, since: since + by, lastSeen: lastSeen + by },
        heldUntil: heldUntil === 0 ? 0 : heldUntil + by,
      });
    }
  }

  /** Lets everybody leave whose time without sight is over. @param now - milliseconds since 1970 */
  tick(now: number): PresenceEvent[] {
    return [...this.#visits.values()]
      .filter((visit) => this.#endOf(visit) <= now)
      .sort((a, b) => this.#endOf(a) - this.#endOf(b))
      .map((visit) => this.#leave(visit, 'unseen', now));
  }

  /**
   * Somebody is called otherwise from now on: a stranger got a name, a person was renamed, or two were one.
   *
   * @param at - when; `place` only visits of that place. @defaultValue those of all places
   * @returns what follows: the stranger's visit goes on as the person's; nothing where a person has another name
   */
  rename(
    from: Visitor,
    to: Visitor,
    at: { readonly time: number; readonly place?: string | undefined },
  ): PresenceEvent[] {
    const { time, place } = at;
    if (visitorKey(from) !== visitorKey(to)) this.#gone.delete(visitorKey(from));
    return this.#visitsOf(from, place).flatMap((visit) => this.#become(visit, to, time));
  }

  /** Somebody is known no more, or was not there at all. @returns what follows: they are not there */
  forget(
    visitor: Visitor,
    {
      time,
      place,
      reason = 'forgotten',
    }: {
      readonly time: number;
      readonly place?: string | undefined;
      readonly reason?: LeaveReason | undefined;
    },
  ): PresenceEvent[] {
    const told = this.#visitsOf(visitor, place).map((visit) => this.#leave(visit, reason, time));
    this.#gone.delete(visitorKey(visitor));
    return told;
  }

  /** Somebody who left is called otherwise, or, with `null`, known no more. */
  renameGone(from: Visitor, to: Visitor | null): void {
    const visit = this.#gone.get(visitorKey(from));
    if (!visit) return;
    const other = to && this.#gone.get(visitorKey(to));
    const isThere = to !== null && this.#visitsOf(to).length > 0;
    const isNewer = !other || other === visit || other.lastSeen < visit.lastSeen;
    if (to === null || isThere || !isNewer) this.#gone.delete(visitorKey(from));
    else this.#rememberAs(visit, to);
  }

  get #leaveAfterMs(): number {
    return this.#options.leaveAfterMs ?? DEFAULT_LEAVE_AFTER_MS;
  }

  #endOf({ tracks, lastSeen, heldUntil }: Visit): number {
    return tracks.length > 0 ? Infinity : Math.max(lastSeen + this.#leaveAfterMs, heldUntil);
  }

  #visitsOf(visitor: Visitor, place?: string): Visit[] {
    const key = visitorKey(visitor);
    return this.current().filter((one) => visitorKey(one) === key && (place ?? one.place) === one.place);
  }

  // A new face, not recognized yet: somebody whose face was lost there a moment ago turned away, and back.
  #goOn(key: string, event: FaceEvent, time: number): void {
    const id = this.#lost.take({ camera: event.source, box: event.box, time });
    const visit = id === null ? undefined : this.#visits.get(id);
    if (!visit) return;
    this.#tracks.set(key, { camera: event.source, visit: visit.id, isCarried: true });
    this.#see(visit, event, { time, tracks: [...visit.tracks, key] });
  }

  // Somebody who moves is whom the face was taken for before.
  #seeAgain(key: string, event: FaceEvent, time: number): void {
    const track = this.#tracks.get(key);
    const visit = track && this.#visits.get(track.visit);
    if (visit) this.#see(visit, event, { time, tracks: visit.tracks });
  }

  #end(key: string, event: FaceEvent, time: number): void {
    const track = this.#tracks.get(key);
    this.#tracks.delete(key);
    const visit = track && this.#visits.get(track.visit);
    if (!visit) return;
    this.#see(visit, event, { time, tracks: visit.tracks.filter((one) => one !== key) });
    this.#lost.add({ visit: visit.id, camera: event.source, box: event.box, time });
  }

  #recognize(key: string, event: FaceEvent, time: number): PresenceEvent[] {
    const visitor = visitorOf(event);
    const place = event.place ?? this.#options.place ?? DEFAULT_PLACE;
    const track = this.#tracks.get(key);
    const before = track && this.#visits.get(track.visit);
    if (before && visitor && visitorKey(before) === visitorKey(visitor)) {
      this.#tracks.set(key, { ...track, isCarried: false });
      this.#see({ ...before, ...visitor }, event, { time, tracks: before.tracks });
      return [];
    }
    if (before) {
      // The track alone made the visit: it was this somebody all the time.
      const alone = !track.isCarried && before.evidence === 1;
      if (alone && visitor) return this.#become(before, visitor, time, event);
      this.#tracks.delete(key);
      const rest = { ...before, tracks: before.tracks.filter((one) => one !== key) };
      this.#visits.set(rest.id, rest);
      // A picture, no person: nobody was there.
      if (alone) return [this.#leave(rest, 'changed', time)];
    }
    if (visitor === null) return [];
    const told = this.#leaveElsewhere(visitor, place, time);
    let [visit] = this.#visitsOf(visitor, place);
    if (!visit) {
      visit = this.#open(visitor, place, event, time);
      told.push(this.#arrive(visit, event, time));
    }
    this.#tracks.set(key, { camera: event.source, visit: visit.id, isCarried: false });
    const { evidence, tracks } = visit;
    this.#see({ ...visit, ...visitor, evidence: evidence + 1 }, event, { time, tracks: [...tracks, key] });
    return told;
  }

  /** A visit turns out to be somebody else's. */
  #become(visit: Visit, visitor: Visitor, time: number, event?: FaceEvent): PresenceEvent[] {
    const same = visitorKey(visit) === visitorKey(visitor);
    const [other] = same ? [] : this.#visitsOf(visitor, visit.place);
    if (other) {
      const joined: Visit = {
        ...(visit.lastSeen > other.lastSeen ? visit : other),
        ...visitor,
        id: other.id,
        since: Math.min(visit.since, other.since),
        tracks: [...other.tracks, ...visit.tracks],
        evidence: other.evidence + visit.evidence,
      };
      for (const key of visit.tracks) this.#tracks.set(key, { ...this.#tracks.get(key)!, visit: other.id });
      this.#lost.rename(visit.id, other.id);
      const told = [this.#leave({ ...visit, tracks: [] }, 'changed', time)];
      this.#visits.set(other.id, joined);
      if (event) this.#see(joined, event, { time, tracks: joined.tracks });
      return told;
    }
    const now: Visit = { ...visit, ...visitor };
    this.#visits.set(visit.id, now);
    if (event) this.#see(now, event, { time, tracks: now.tracks });
    if (same) return [];
    const [id, arrivedId] = [this.#createId(), this.#createId()];
    return [
      presenceEvent(visit, { type: 'presence.left', reason: 'changed', id, time }),
      presenceEvent(this.#visits.get(visit.id)!, { type: 'presence.arrived', id: arrivedId, time }),
    ];
  }

  // Nobody is in two places: whom another place does not see at this moment has gone on.
  #leaveElsewhere(visitor: Visitor, place: string, time: number): PresenceEvent[] {
    return this.#visitsOf(visitor)
      .filter((visit) => visit.place !== place && visit.tracks.length === 0 && visit.lastSeen <= time)
      .map((visit) => this.#leave(visit, 'elsewhere', time));
  }

  #open(visitor: Visitor, place: string, event: FaceEvent, time: number): Visit {
    const { source: camera, timeMs, snapshot, appearance = null } = event;
    const seen = { camera, since: time, lastSeen: time, timeMs, snapshot, appearance };
    const visit = { ...visitor, id: this.#createId(), place, ...seen, heldUntil: 0, tracks: [], evidence: 0 };
    this.#visits.set(visit.id, visit);
    this.#gone.delete(visitorKey(visitor));
    return visit;
  }

  #arrive(visit: Visit, { repeat }: FaceEvent, time: number): PresenceEvent {
    return presenceEvent(visit, { type: 'presence.arrived', id: this.#createId(), time, repeat });
  }

  #leave(visit: Visit, reason: LeaveReason, time: number): PresenceEvent {
    this.#visits.delete(visit.id);
    for (const key of visit.tracks) this.#tracks.delete(key);
    this.#lost.rename(visit.id, null);
    this.#remember(visit);
    return presenceEvent(visit, { type: 'presence.left', reason, id: this.#createId(), time });
  }

  #see(
    visit: Visit,
    event: FaceEvent,
    now: { readonly time: number; readonly tracks: readonly string[] },
  ): void {
    const { source: camera, timeMs, snapshot, appearance = null } = event;
    const lastSeen = Math.max(visit.lastSeen, now.time);
    // Events of several cameras may come a little out of order.
    const isNewest = now.time >= visit.lastSeen;
    this.#visits.set(visit.id, {
      ...visit,
      ...(isNewest && { camera, timeMs, appearance: appearance ?? visit.appearance }),
      snapshot: snapshot ?? visit.snapshot,
      lastSeen,
      tracks: now.tracks,
    });
  }

  // In the same place of the order, as nobody left now.
  #rememberAs(visit: Visit, to: Visitor): void {
    const others = [...this.#gone.values()].filter(
      (one) => visitorKey(one) !== visitorKey(to) || one === visit,
    );
    const all = others.map((one) => (one === visit ? { ...visit, ...to } : one));
    this.#gone.clear();
    for (const one of all) this.#gone.set(visitorKey(one), one);
  }

  #remember(visit: Visit): void {
    const key = visitorKey(visit);
    this.#gone.delete(key);
    this.#gone.set(key, { ...visit, tracks: [] });
    if (this.#gone.size > GONE_AT_MOST) this.#gone.delete(this.#gone.keys().next().value!);
  }
}
