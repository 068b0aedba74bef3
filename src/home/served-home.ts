import type { WatchEvent } from '../watch/watch-event.ts';
import type { AppearanceBook } from './appearances/appearance-types.ts';
import type { CameraView } from './cameras/camera-view.ts';
import type { DoorEnrollment } from './enrollment/door-enrollment.ts';
import type { StrangerInbox } from './strangers/stranger-types.ts';

/** What a server needs of a home; parts that a home does not have are null. */
export interface ServedHome {
  /** Those that are watched now, in the order of the configuration. */
  readonly cameras: readonly CameraView[];
  /** What was seen. */
  readonly appearances: AppearanceBook | null;
  readonly strangers: StrangerInbox | null;
  readonly presence: ServedPresence | null;
  /** People who are enrolled from a camera. */
  readonly enrollment: DoorEnrollment | null;
  /** Listens to what happens, once it is kept. @returns ends it */
  subscribe(listener: (event: WatchEvent) => void): () => void;
}

/** Who is where. */
export interface ServedPresence {
  /** Who is there, in the order of their coming. */
  current(): readonly ServedVisit[];
  /** Where everybody was seen last who left, the last one first. */
  gone(): readonly ServedVisit[];
}

/** A visitor in a place. */
export interface ServedVisit {
  readonly id: string;
  readonly place: string;
  /** The camera that saw the visitor last. */
  readonly camera: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  /** The known person; null for a stranger. */
  readonly label: string | null;
  readonly personId: string | null;
  /** The stranger's id; null for known people. */
  readonly stranger: string | null;
  readonly ignored: boolean;
  /** Faces that are followed now and taken for the visitor; empty: nobody sees them at this moment. */
  readonly tracks: readonly string[];
  /** The last appearance. */
  readonly appearance: string | null;
}
