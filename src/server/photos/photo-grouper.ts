import { setTimeout as pause } from 'node:timers/promises';
import { groupInProcess } from './group-process.ts';
import type { ServedPhotos } from './served-photos.ts';

/** How long nothing more is decided before the faces are grouped again: naming goes on in bursts. */
const QUIET_MS = 400;

/** Whether groups and suggestions are of all that was decided. */
export type GroupingState = 'current' | 'going' | 'failed';

/** Groups the faces of a library again after something was decided, one time after the other. */
export class PhotoGrouper {
  readonly #photos: ServedPhotos;
  readonly #onProblem: (error: unknown) => void;
  readonly #closing = new AbortController();
  #running: Promise<void> | null = null;
  #wanted = false;
  /** The revision whose grouping failed: it is not tried again and again. */
  #failedAt: number | null = null;

  constructor(photos: ServedPhotos, onProblem: (error: unknown) => void) {
    this.#photos = photos;
    this.#onProblem = onProblem;
  }

  /** Says how it is, and groups where something has changed since the last time, in whatever process. */
  async look(): Promise<GroupingState> {
    if (this.#running !== null) return 'going';
    const { store } = this.#photos;
    const revision = await store.revision();
    if ((await store.groupedRevision()) === revision) return 'current';
    if (this.#failedAt === revision) return 'failed';
    this.want();
    return 'going';
  }

  /** Asks for it; what is decided while it goes on is looked at by another one. */
  want(): void {
    this.#wanted = true;
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      if (this.#wanted && !this.#closing.signal.aborted) this.want();
    });
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#closing;
    const { address, store } = this.#photos;
    try {
      while (this.#wanted) {
        this.#wanted = false;
        await pause(QUIET_MS, undefined, { signal });
        if (this.#wanted) continue;
        this.#failedAt = await store.revision();
        await groupInProcess({ address }, signal);
        this.#failedAt = null;
      }
    } catch (error) {
      if (!signal.aborted) this.#onProblem(error);
    }
  }
}
