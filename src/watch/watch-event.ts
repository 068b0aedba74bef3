import type { Box } from '../core/geometry/box.ts';
import type { Candidate } from '../core/identify/identification.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';

/** Version of the events' shape; a change that breaks readers raises it. */
export const WATCH_EVENT_VERSION = 1;

/** Kinds of {@link WatchEvent}. */
export const WATCH_EVENT_TYPES = [
  'face.appeared',
  'person.recognized',
  'person.changed',
  'stranger.appeared',
  'spoof.detected',
  'face.moved',
  'face.left',
  'source.lost',
  'source.back',
  'presence.arrived',
  'presence.left',
] as const;

/** A kind of event. */
export type WatchEventType = (typeof WATCH_EVENT_TYPES)[number];

/** What every event has. */
interface EventBase {
  readonly version: typeof WATCH_EVENT_VERSION;
  /** Unique. */
  readonly id: string;
  /** ISO 8601, UTC, with milliseconds. For films: the start of the watch plus the place in the film. */
  readonly time: string;
  /** Where the frames come from, without passwords. */
  readonly source: string;
  /** Milliseconds since the source's first frame. */
  readonly timeMs: number;
  /** Name of the place that the camera belongs to, where places are known. */
  readonly place?: string | undefined;
  /** It may have been told before, by a process that ended before it could note that. */
  readonly repeat?: true | undefined;
}

/** Why a face has the identity that it has. */
export interface IdentityReason {
  /** Best first, at most three. */
  readonly candidates: readonly Candidate<number | null>[];
  /** Probability below which a face is nobody's; null when the recognizer has no such limit. */
  readonly minProbability: number | null;
  /** Distance above which a face is nobody's; null when the recognizer has no such limit. */
  readonly maxDistance: number | null;
  /** Sightings that voted for the label, of so many. */
  readonly votes: number;
  readonly sightings: number;
  /** Their part of the votes' weight, 0 .. 1. */
  readonly share: number;
}

/** Something about a face. */
export interface FaceEvent extends EventBase {
  readonly type:
    | 'face.appeared'
    | 'person.recognized'
    | 'person.changed'
    | 'stranger.appeared'
    | 'spoof.detected'
    | 'face.moved'
    | 'face.left';
  /** 1, 2, 3 ...: the face that is followed. */
  readonly track: number;
  /** Pixels of the frame. */
  readonly box: Box;
  /** Size of the frame in pixels. */
  readonly frame: { readonly width: number; readonly height: number };
  /** The known person; null when nobody is known or not yet decided, and for a face that is not live. */
  readonly label: string | null;
  /** The stranger's temporary name; null for known people and before a decision. */
  readonly stranger: string | null;
  /** 0 .. 1. */
  readonly probability: number | null;
  /** To the nearest known face of the person. */
  readonly distance: number | null;
  /** Best quality of the track's sightings so far, 0 .. 1. */
  readonly quality: number;
  /**
   * Which of the camera's two streams the best picture of the face was cut from: the small one where the large one had
   * it not in time. Absent for a camera with one stream, and before a picture.
   */
  readonly stream?: 'large' | 'small' | undefined;
  /** Path of a JPEG of the face, where snapshots are kept. */
  readonly snapshot: string | null;
  /** null before a decision. */
  readonly why: IdentityReason | null;
  /** Whether the track is live, by its last sightings; absent where that is not checked, or not yet. */
  readonly liveness?: Liveness | undefined;
  /** Id of the appearance, unique for ever: `track` is a number of one run of one camera. Absent where none is given. */
  readonly appearance?: string | undefined;
  /** Id of what happened in the program that the pictures come from, such as Frigate's event. */
  readonly sourceEvent?: string | undefined;
  /** Id of the known person, where people have one. */
  readonly personId?: string | null | undefined;
  /** Names of the camera's zones that the face is in; absent for a camera without zones. */
  readonly zones?: readonly string[] | undefined;
  /** `face.moved` only: those of `zones` that the face was not in when it was told of last. */
  readonly entered?: readonly string[] | undefined;
  /** For somebody on the ignore list: known, and not to be told. */
  readonly ignored?: true | undefined;
  /** `spoof.detected` only: the known person whose face is shown; null for nobody known. */
  readonly shows?: string | null | undefined;
  /** `person.changed` and `spoof.detected` only: who the track was before. */
  readonly previous?: { readonly label: string | null; readonly stranger: string | null } | undefined;
  /** `stranger.appeared` only: whether this stranger was seen before. */
  readonly returning?: boolean | undefined;
  /** `face.left` only: how long it was in the picture. */
  readonly visibleMs?: number | undefined;
}

/** The source stopped giving frames. */
export interface SourceLostEvent extends EventBase {
  readonly type: 'source.lost';
  readonly reason: string;
  /** Milliseconds until the next try. */
  readonly retryInMs: number;
}

/** The source gives frames again. */
export interface SourceBackEvent extends EventBase {
  readonly type: 'source.back';
  /** Milliseconds without frames. */
  readonly downMs: number;
}

/** Why a visit ended: without sight for too long, taken for somebody else, seen elsewhere, or taken from the gallery. */
export type LeaveReason = 'unseen' | 'changed' | 'elsewhere' | 'forgotten';

/** Somebody arrived in a place or left it, whatever cameras of the place saw of the visit. */
export interface PresenceEvent extends EventBase {
  readonly type: 'presence.arrived' | 'presence.left';
  /** Id of the visit, unique for ever. It stays the same when the visitor turns out to be somebody else. */
  readonly visit: string;
  /** The known person; null for a stranger. */
  readonly label: string | null;
  /** Id of the known person, where people have one. */
  readonly personId: string | null;
  /** The stranger's name; null for known people. */
  readonly stranger: string | null;
  readonly place: string;
  /** The camera that saw the visitor last; the same as `source`. */
  readonly camera: string;
  /** When the visit began, as `time`. */
  readonly since: string;
  /** When the visitor was seen last, as `time`. */
  readonly lastSeen: string;
  /** Path of a JPEG of the face, where snapshots are kept. */
  readonly snapshot: string | null;
  /** The last appearance of the visit, where appearances have ids. */
  readonly appearance?: string | undefined;
  /** For somebody on the ignore list: known, and not to be told. */
  readonly ignored?: true | undefined;
  /** `presence.left` only: from the beginning until last seen. */
  readonly durationMs?: number | undefined;
  /** `presence.left` only. */
  readonly reason?: LeaveReason | undefined;
}

/** What a watch tells, as JSON. */
export type WatchEvent = FaceEvent | SourceLostEvent | SourceBackEvent | PresenceEvent;
