import type { Box } from '../core/geometry/box.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';
import type { MetricName } from '../core/metric/metric.ts';
import {
  DEFAULT_BATCH_SIZE,
  type TrackDecision,
  TrackIdentity,
  type TrackIdentityOptions,
} from '../core/track/track-identity.ts';
import { TrackLiveness } from '../core/track/track-liveness.ts';
import type { FaceIdentity } from './face-analyzer.ts';
import { type StrangerResolver, temporaryStrangers } from './stranger-resolver.ts';
import { type FaceEvent, WATCH_EVENT_VERSION } from './watch-event.ts';

/** Options of {@link TrackLedger}. */
export interface TrackLedgerOptions extends TrackIdentityOptions {
  readonly source: string;
  /** Where the camera is. */
  readonly place?: string | undefined;
  /** Clock time of the source's first frame, in milliseconds since 1970. */
  readonly startTime: number;
  /** Told in events; read at each of them, as they may change meanwhile. */
  readonly limits: { readonly minProbability: number | null; readonly maxDistance: number | null };
  readonly strangerDistance: number;
  readonly metric?: MetricName | undefined;
  readonly strangerTtlMs?: number | undefined;
  /** Says which stranger somebody unknown is. @defaultValue strangers of this watch alone, forgotten after `strangerTtlMs` */
  readonly strangers?: StrangerResolver | undefined;
  /** Least score of a live face, where liveness is checked: a track below it is nobody's arrival. */
  readonly livenessThreshold?: number | undefined;
  /** Makes the events' ids. */
  readonly createId: () => string;
}

/** A recognized face of one frame. */
export interface LedgerSighting {
  readonly embedding: Float32Array;
  /** `null`: nobody could say it at that moment; it is asked again while the face is in view. */
  readonly identity: FaceIdentity | null;
  readonly quality: number;
  /** Absent where it is not checked. */
  readonly liveness?: Liveness | undefined;
  /** Path of the picture of the face, where one is kept. */
  readonly snapshot?: string | null | undefined;
  /** Which of two streams it was cut from. */
  readonly stream?: 'large' | 'small' | undefined;
}

/** What was seen in one frame. */
export interface LedgerStep {
  readonly timeMs: number;
  readonly frame: { readonly width: number; readonly height: number };
  readonly faces: readonly {
    readonly track: number;
    readonly box: Box;
    readonly confirmed: boolean;
    /** Names of the zones that it is in; absent where there are none. */
    readonly zones?: readonly string[] | undefined;
    readonly sighting?: LedgerSighting | undefined;
  }[];
  /** Tracks that ended with this frame. */
  readonly ended: readonly number[];
}

interface Entry {
  readonly track: number;
  readonly appearance: string;
  readonly identity: TrackIdentity;
  readonly liveness: TrackLiveness | null;
  readonly firstMs: number;
  appeared: boolean;
  box: Box;
  lastMs: number;
  quality: number;
  snapshot: string | null;
  zones: readonly string[] | undefined;
  /** As they were told last. */
  toldZones: readonly string[] | undefined;
  /** Other zones than those, and since when it is in them. */
  moved: { readonly zones: readonly string[]; readonly sinceMs: number } | null;
  stream: 'large' | 'small' | undefined;
  stranger: string | null;
  /** It was told that this face is not live, and nothing else since. */
  isSpoof: boolean;
  /** Who the track was told to be last. */
  told: { readonly label: string | null; readonly stranger: string | null } | null;
  // The last sightings that nobody was known in.
  unknown: { embedding: Float32Array; quality: number }[];
  // Those that vote, oldest first.
  voting: { embedding: Float32Array; quality: number }[];
  /** Sightings of which nobody could say yet whose they are, oldest first. */
  unasked: { embedding: Float32Array; quality: number }[];
  /** When they were asked for last. */
  identifiedMs: number;
}

/** So long a face is in other zones before that is told: one at a border is in and out from frame to frame. */
const MOVED_MS = 500;
/** How often faces in view are identified again where the answer may change: it counts within a second. */
const RECONSIDER_MS = 400;

/**
 * Turns what was seen, frame by frame, into events.
 *
 * @remarks A pure state machine: the same steps give the same events (but for their ids).
 */
export class TrackLedger {
  readonly #options: TrackLedgerOptions;
  readonly #strangers: StrangerResolver;
  readonly #entries = new Map<number, Entry>();

  constructor(options: TrackLedgerOptions) {
    this.#options = options;
    this.#strangers =
      options.strangers ??
      temporaryStrangers({
        maxDistance: options.strangerDistance,
        metric: options.metric,
        ttlMs: options.strangerTtlMs,
      });
  }

  /** Takes the next frame's faces. @returns the events, in order */
  commit(step: LedgerStep): FaceEvent[] {
    const events: FaceEvent[] = [];
    for (const face of step.faces) {
      const entry = this.#entry(face.track, face.box, step.timeMs);
      entry.box = face.box;
      entry.zones = face.zones;
      entry.lastMs = step.timeMs;
      if (entry.stranger) this.#strangers.touch(entry.stranger, this.#clock(step.timeMs));
      if (face.sighting) {
        if (face.sighting.quality >= entry.quality) {
          entry.quality = face.sighting.quality;
          entry.snapshot = face.sighting.snapshot ?? entry.snapshot;
          entry.stream = face.sighting.stream;
        }
      }
      if (face.confirmed && !entry.appeared) {
        entry.appeared = true;
        events.push(this.#event('face.appeared', entry, step));
      }
      if (face.sighting) events.push(...this.#vote(entry, face.sighting, step));
      if (entry.appeared) events.push(...this.#move(entry, step));
    }
    for (const track of step.ended) {
      const entry = this.#entries.get(track);
      this.#entries.delete(track);
      if (!entry?.appeared) continue;
      events.push({
        ...this.#event('face.left', entry, step),
        visibleMs: Math.round(entry.lastMs - entry.firstMs),
      });
    }
    return events;
  }

  /** The appearance that a track is; `null` for a track that has not been seen. */
  appearanceOf(track: number): string | null {
    return this.#entries.get(track)?.appearance ?? null;
  }

  /**
   * The sightings of a track that vote, where it is time to identify them again; first those that nobody could identify.
   *
   * @returns their embeddings, oldest first; empty where it is not time
   */
  dueAgain(track: number, timeMs: number): readonly Float32Array[] {
    const entry = this.#entries.get(track);
    if (!entry || timeMs - entry.identifiedMs < RECONSIDER_MS) return [];
    if (entry.unasked.length > 0) return entry.unasked.map(({ embedding }) => embedding);
    if (!entry.identity.decision) return [];
    return entry.voting.map(({ embedding }) => embedding);
  }

  /**
   * Takes what is said now of the embeddings of {@link TrackLedger.dueAgain}.
   *
   * @param step - the frame that is looked at
   * @returns an event where the track is somebody else now
   */
  reconsider(track: number, identities: readonly FaceIdentity[], step: LedgerStep): FaceEvent[] {
    const entry = this.#entries.get(track);
    if (!entry) return [];
    entry.identifiedMs = step.timeMs;
    if (entry.unasked.length > 0)
      return entry.unasked
        .splice(0)
        .flatMap((seen, i) => this.#vote(entry, { ...seen, identity: identities[i]! }, step));
    entry.unknown = entry.voting.filter((_, i) => identities[i]!.label === null);
    return this.#decide(entry, entry.identity.reconsider(identities), step);
  }

  /** Who a track is at this moment. @returns null before a decision */
  identityOf(track: number): {
    readonly label: string | null;
    readonly stranger: string | null;
    readonly probability: number | null;
    readonly liveness?: Liveness | undefined;
  } | null {
    const entry = this.#entries.get(track);
    const decision = entry?.identity.decision;
    if (!entry || !decision) return null;
    const liveness = entry.liveness?.verdict;
    if (liveness?.live === false) return { label: null, stranger: null, probability: null, liveness };
    const { label, probability } = decision;
    return { label, stranger: entry.stranger, probability, ...(liveness && { liveness }) };
  }

  #entry(track: number, box: Box, timeMs: number): Entry {
    let entry = this.#entries.get(track);
    if (!entry) {
      const identity = new TrackIdentity(this.#options);
      const { livenessThreshold, batchSize } = this.#options;
      entry = {
        track,
        appearance: this.#options.createId(),
        identity,
        liveness: livenessThreshold === undefined ? null : new TrackLiveness(livenessThreshold, batchSize),
        firstMs: timeMs,
        appeared: false,
        box,
        lastMs: timeMs,
        quality: 0,
        snapshot: null,
        zones: undefined,
        toldZones: undefined,
        moved: null,
        stream: undefined,
        stranger: null,
        isSpoof: false,
        told: null,
        unknown: [],
        voting: [],
        unasked: [],
        identifiedMs: timeMs,
      };
      this.#entries.set(track, entry);
    }
    return entry;
  }

  #vote(
    entry: Entry,
    { embedding, identity, quality, liveness }: LedgerSighting,
    step: LedgerStep,
  ): FaceEvent[] {
    if (liveness) entry.liveness?.add(liveness);
    if (identity === null) {
      entry.unasked.push({ embedding, quality });
      if (entry.unasked.length > (this.#options.batchSize ?? DEFAULT_BATCH_SIZE)) entry.unasked.shift();
      return this.#decide(entry, false, step);
    }
    if (identity.label === null) {
      entry.unknown.push({ embedding, quality });
      if (entry.unknown.length > 5) entry.unknown.shift();
    }
    entry.voting.push({ embedding, quality });
    if (entry.voting.length > (this.#options.batchSize ?? DEFAULT_BATCH_SIZE)) entry.voting.shift();
    return this.#decide(entry, entry.identity.add({ ...identity, quality }), step);
  }

  #decide(entry: Entry, hasChanged: boolean, step: LedgerStep): FaceEvent[] {
    const { decision } = entry.identity;
    // Who it shows may stay open: that it is not live does not.
    const isJudged = decision !== null || entry.liveness?.isWhole;
    if (isJudged && entry.liveness?.verdict?.live === false)
      return this.#spoof(entry, decision?.label ?? null, step);
    if (decision === null) return [];
    // Who turned out to be live after all arrives now.
    if (!hasChanged && !entry.isSpoof) return [];
    entry.isSpoof = false;
    const previous = entry.told;
    const tell = (type: 'person.recognized' | 'stranger.appeared', facts: object = {}): FaceEvent[] => {
      entry.told = { label: decision.label, stranger: entry.stranger };
      if (previous === null) return [{ ...this.#event(type, entry, step), ...facts }];
      return [{ ...this.#event('person.changed', entry, step), previous }];
    };
    if (decision.label !== null) {
      entry.stranger = null;
      return tell('person.recognized');
    }
    const { id, isNew } = this.#strangers.resolve(entry.unknown, {
      timeMs: this.#clock(step.timeMs),
      appearance: entry.appearance,
      exclude: this.#strangersElsewhere(entry, step),
    });
    entry.stranger = id;
    return tell('stranger.appeared', { returning: !isNew });
  }

  /** Tells that a face went into other zones than those that were told last, once it stays there. */
  #move(entry: Entry, step: LedgerStep): FaceEvent[] {
    const { zones, toldZones, moved } = entry;
    if (zones === undefined || toldZones === undefined || isSame(zones, toldZones)) {
      entry.moved = null;
      return [];
    }
    const sinceMs = moved && isSame(moved.zones, zones) ? moved.sinceMs : step.timeMs;
    entry.moved = { zones, sinceMs };
    if (step.timeMs - sinceMs < MOVED_MS) return [];
    const entered = zones.filter((zone) => !toldZones.includes(zone));
    return [{ ...this.#event('face.moved', entry, step), entered }];
  }

  /** Tells once that a face is not live: it is nobody's arrival, whomever it shows. */
  #spoof(entry: Entry, shows: string | null, step: LedgerStep): FaceEvent[] {
    if (entry.isSpoof) return [];
    entry.isSpoof = true;
    const previous = entry.told;
    entry.told = null;
    entry.stranger = null;
    return [{ ...this.#event('spoof.detected', entry, step), shows, ...(previous && { previous }) }];
  }

  // Two faces in one frame are two people; a track that is about to end may be the same person as a new one.
  #strangersElsewhere(entry: Entry, step: LedgerStep): Set<string> {
    const ids = new Set<string>();
    for (const { track } of step.faces) {
      const other = this.#entries.get(track);
      if (other && other !== entry && other.stranger) ids.add(other.stranger);
    }
    return ids;
  }

  #event<T extends FaceEvent['type']>(type: T, entry: Entry, step: LedgerStep): FaceEvent & { type: T } {
    const { source, place, createId, limits } = this.#options;
    const liveness = entry.liveness?.verdict;
    const decision = entry.isSpoof ? null : entry.identity.decision;
    entry.toldZones = entry.zones;
    return {
      version: WATCH_EVENT_VERSION,
      id: createId(),
      type,
      time: new Date(this.#clock(step.timeMs)).toISOString(),
      source,
      timeMs: Math.round(step.timeMs),
      ...(place !== undefined && { place }),
      track: entry.track,
      appearance: entry.appearance,
      box: roundBox(entry.box),
      frame: step.frame,
      label: decision?.label ?? null,
      ...(decision?.personId !== undefined && { personId: decision.personId }),
      stranger: entry.stranger,
      probability: round(decision?.probability ?? null),
      distance: round(decision?.distance ?? null),
      quality: round(entry.quality),
      ...(entry.zones && { zones: entry.zones }),
      ...(entry.stream && { stream: entry.stream }),
      snapshot: entry.snapshot,
      why: decision ? reasonOf(decision, limits) : null,
      ...(liveness && { liveness: { ...liveness, score: round(liveness.score) } }),
    };
  }

  #clock(timeMs: number): number {
    return this.#options.startTime + timeMs;
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function reasonOf(
  decision: TrackDecision,
  { minProbability, maxDistance }: TrackLedgerOptions['limits'],
): NonNullable<FaceEvent['why']> {
  const { votes, sightings, share } = decision;
  const candidates = decision.candidates.map(({ probability, distance, ...who }) => ({
    ...who,
    probability: round(probability),
    distance: round(distance),
  }));
  return { candidates, minProbability, maxDistance, votes, sightings, share: round(share) };
}

// Four decimals say all that a probability or a distance can; the rest is noise in people's logs.
function round<T extends number | null>(value: T): T {
  return (value === null ? null : Math.round(value * 1e4) / 1e4) as T;
}

function roundBox({ left, top, width, height }: Box): Box {
  return {
    left: Math.round(left),
    top: Math.round(top),
    width: Math.round(width),
    height: Math.round(height),
  };
}
