import type { WatchEvent } from '../watch/watch-event.ts';
import type { CameraView } from './cameras/camera-view.ts';
import type { DoorEnrollment } from './enrollment/door-enrollment.ts';

/** What a server needs of a home; parts that a home does not have are null. */
export interface ServedHome {
  /** Those that are watched now, in the order of the configuration. */
  readonly cameras: readonly CameraView[];
  /** People who are enrolled from a camera. */
  readonly enrollment: DoorEnrollment | null;
  /** Listens to what happens, once it is kept. @returns ends it */
  subscribe(listener: (event: WatchEvent) => void): () => void;
}
