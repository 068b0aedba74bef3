import { isDeepStrictEqual } from 'node:util';
import type { CameraConfig } from '../config/camera-schema.ts';
import type { CameraView } from './camera-view.ts';
import { type CameraSurroundings, WatchedCamera } from './watched-camera.ts';

/** What {@link CameraFleet.update} did. */
export interface FleetChange {
  readonly opened: readonly string[];
  /** Opened anew, as something about them is another now. */
  readonly reopened: readonly string[];
  readonly closed: readonly string[];
}

/** Several cameras that are watched side by side: one that is broken stops no other. */
export class CameraFleet implements AsyncDisposable {
  readonly #surroundings: CameraSurroundings;
  #cameras = new Map<string, WatchedCamera>();

  constructor(surroundings: CameraSurroundings) {
    this.#surroundings = surroundings;
  }

  /** What each camera shows and how it is, in the order of the configuration. */
  get views(): readonly CameraView[] {
    return [...this.#cameras.values()].map(({ view }) => view);
  }

  /** Settles when all cameras that there are now are watched no more, as when films are over. */
  async ended(): Promise<void> {
    await Promise.all([...this.#cameras.values()].map(({ ended }) => ended));
  }

  /**
   * Watches these cameras and no others. A camera about which nothing changed goes on, with the faces that it follows.
   */
  async update(cameras: Readonly<Record<string, CameraConfig>>): Promise<FleetChange> {
    const before = this.#cameras;
    const names = Object.keys(cameras);
    const closed = [...before.keys()].filter((name) => !names.includes(name));
    const reopened = names.filter((name) => {
      const camera = before.get(name);
      return camera && !isDeepStrictEqual(camera.config, cameras[name]);
    });
    await Promise.all([...closed, ...reopened].map((name) => before.get(name)![Symbol.asyncDispose]()));
    this.#cameras = new Map(
      names.map((name) => {
        const kept = reopened.includes(name) ? undefined : before.get(name);
        return [name, kept ?? new WatchedCamera(name, cameras[name]!, this.#surroundings)];
      }),
    );
    return { opened: names.filter((name) => !before.has(name)), reopened, closed };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.update({});
  }
}
