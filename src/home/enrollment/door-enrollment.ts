import { FaceTriggerError } from '../../core/errors.ts';
import { checkName } from '../../gallery/check-person.ts';
import type { Gallery } from '../../gallery/gallery.ts';
import type { FaceAnalyzer } from '../../watch/face-analyzer.ts';
import { type CameraView, cameraNamed } from '../cameras/camera-view.ts';
import type { EnrollmentProgress } from './enrollment-progress.ts';
import { keepFaces, takeBack } from './keep-faces.ts';
import { PoseCollector } from './pose-collector.ts';
import { POSE_STEPS } from './pose-steps.ts';
import { readDoorFace } from './read-door-face.ts';

/** What a {@link DoorEnrollment} works with. */
export interface DoorEnrollmentOptions {
  /** Those that there are now. */
  readonly cameras: () => readonly CameraView[];
  readonly gallery: Gallery;
  /** Looks at the frames; its embedder must be the gallery's. */
  readonly analyzer: FaceAnalyzer;
  /** Time for all poses, in milliseconds. @defaultValue {@link DEFAULT_ENROLLMENT_MS} */
  readonly timeoutMs?: number | undefined;
}

/** Default of {@link DoorEnrollmentOptions.timeoutMs}: four poses take a person some fifteen seconds. */
export const DEFAULT_ENROLLMENT_MS = 60_000;
/** Enrollments that ended, which can still be asked for and undone. */
const REMEMBERED = 50;

/**
 * Enrolls people from a camera, one at a time before each: they are asked to look ahead, left, right and up, and a good
 * face of each is kept.
 *
 * @remarks What was kept when the time is over is enrolled too, where it has the face that looks ahead; what is missing is
 * told. Enrollments are in memory: one that a restart ends has enrolled nobody.
 */
export class DoorEnrollment {
  readonly #options: DoorEnrollmentOptions;
  readonly #runs = new Map<string, { progress: EnrollmentProgress; readonly stop: AbortController }>();
  readonly #listeners = new Set<(progress: EnrollmentProgress) => void>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: DoorEnrollmentOptions) {
    this.#options = options;
  }

  /** Those that go on, and the last ones that ended; newest first. */
  list(): readonly EnrollmentProgress[] {
    return [...this.#runs.values()].map(({ progress }) => progress).reverse();
  }

  /** @throws FaceTriggerError `ERR_NOT_FOUND` */
  get(id: string): EnrollmentProgress {
    return this.#run(id).progress;
  }

  /** Listens to every step. @returns ends it */
  subscribe(listener: (progress: EnrollmentProgress) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Begins to enroll the person before a camera.
   *
   * @param name - of the person, who is made where nobody has it
   * @throws FaceTriggerError `ERR_NOT_FOUND` for another camera, `ERR_INVALID_ARGUMENT` for a text that is no name,
   * `ERR_CONFLICT` where somebody is being enrolled before this camera, `ERR_UNAVAILABLE` for one that gives no frames
   */
  start(camera: string, name: string): EnrollmentProgress {
    const view = cameraNamed(this.#options.cameras(), camera);
    const person = checkName(name);
    if (this.list().some((other) => other.camera === camera && isOpen(other))) {
      const message = 'Somebody is being enrolled before this camera: wait, or cancel that';
      throw new FaceTriggerError('ERR_CONFLICT', message);
    }
    const { state, reason } = view.status;
    if (state === 'lost' || state === 'ended') {
      const why = reason === null ? '' : `: ${reason}`;
      throw new FaceTriggerError('ERR_UNAVAILABLE', `The camera gives no pictures now${why}`);
    }
    const now = Date.now();
    const { timeoutMs = DEFAULT_ENROLLMENT_MS } = this.#options;
    const progress: EnrollmentProgress = {
      ...{ id: crypto.randomUUID(), camera, name: person, state: 'going' },
      ...{ wanted: POSE_STEPS[0]!, done: 0, of: POSE_STEPS.length, hint: null },
      startedAt: new Date(now).toISOString(),
      endsAt: new Date(now + timeoutMs).toISOString(),
      ...{ message: null, result: null },
    };
    this.#forgetOldest();
    const stop = new AbortController();
    this.#runs.set(progress.id, { progress, stop });
    this.#tell(progress);
    const timer = setTimeout(() => stop.abort(), timeoutMs);
    const run = this.#collect(view, progress.id, stop.signal)
      .catch((error: unknown) =>
        this.#end(progress.id, { state: 'failed', message: (error as Error).message }),
      )
      .finally(() => {
        clearTimeout(timer);
        this.#running.delete(run);
      });
    this.#running.add(run);
    return progress;
  }

  /** Ends one without enrolling anybody. One that has ended stays as it is. @throws FaceTriggerError `ERR_NOT_FOUND` */
  cancel(id: string): EnrollmentProgress {
    const run = this.#run(id);
    if (run.progress.state === 'going') {
      this.#end(id, { state: 'canceled', message: 'Canceled: nobody was enrolled' });
      run.stop.abort();
    }
    return run.progress;
  }

  /**
   * Takes an enrollment back: its faces are deleted, and the person where it was made by it and has no other faces.
   *
   * @throws FaceTriggerError `ERR_NOT_FOUND`; `ERR_CONFLICT` for one that has enrolled nobody, or was undone
   */
  async undo(id: string): Promise<EnrollmentProgress> {
    const { result } = this.#run(id).progress;
    if (result === null || result.undone) {
      const message = result === null ? 'It has enrolled nobody' : 'It was undone before';
      throw new FaceTriggerError('ERR_CONFLICT', message);
    }
    this.#set(id, { result: { ...result, undone: true } });
    try {
      await takeBack(this.#options.gallery, result);
    } catch (error) {
      this.#set(id, { result });
      throw error;
    }
    this.#set(id, { message: 'Undone: the faces were deleted' });
    return this.get(id);
  }

  /** Cancels those that go on. */
  async close(): Promise<void> {
    for (const id of this.#runs.keys()) this.cancel(id);
    await Promise.all(this.#running);
  }

  async #collect(view: CameraView, id: string, signal: AbortSignal): Promise<void> {
    const { gallery, analyzer } = this.#options;
    const { verify } = gallery.thresholds;
    const collector = new PoseCollector((a, b) => gallery.distance(a, b) <= verify);
    let hasEnded = false;
    while (collector.wanted !== null && !signal.aborted) {
      const frame = await view.nextFrame(signal).catch((error: unknown) => {
        if (signal.aborted) return null;
        throw error;
      });
      hasEnded = frame === null && !signal.aborted;
      if (frame === null) break;
      collector.add(await readDoorFace(analyzer, frame));
      if (this.get(id).state !== 'going') return;
      const { wanted, hint, kept } = collector;
      this.#set(id, { wanted, hint, done: kept.length });
    }
    if (this.get(id).state !== 'going') return;
    if (collector.kept.length === 0) {
      const why = hasEnded ? 'the camera ended' : 'nobody looked straight into the camera in time';
      this.#end(id, { state: 'failed', message: `Nobody was enrolled: ${why}` });
      return;
    }
    this.#set(id, { state: 'saving', wanted: null });
    const { result, message } = await keepFaces(gallery, collector, this.get(id));
    this.#end(id, { state: 'done', result, message });
  }

  #run(id: string) {
    const run = this.#runs.get(id);
    if (run) return run;
    throw new FaceTriggerError('ERR_NOT_FOUND', 'There is no enrollment with this id');
  }

  #set(id: string, changes: Partial<EnrollmentProgress>): void {
    const run = this.#run(id);
    run.progress = { ...run.progress, ...changes };
    this.#tell(run.progress);
  }

  #end(id: string, changes: Partial<EnrollmentProgress>): void {
    this.#set(id, { wanted: null, hint: null, ...changes });
  }

  #tell(progress: EnrollmentProgress): void {
    for (const listener of this.#listeners) listener(progress);
  }

  #forgetOldest(): void {
    const ended = [...this.#runs.values()].filter(({ progress }) => !isOpen(progress));
    for (const { progress } of ended.slice(0, Math.max(0, ended.length + 1 - REMEMBERED)))
      this.#runs.delete(progress.id);
  }
}

function isOpen({ state }: EnrollmentProgress): boolean {
  return state === 'going' || state === 'saving';
}
