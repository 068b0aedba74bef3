import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FaceAnalyzer } from '../../watch/face-analyzer.ts';
import { createSource } from '../../watch/source/create-source.ts';
import { endingSource } from '../../watch/source/ending-source.ts';
import type { FrameSource } from '../../watch/source/frame-source.ts';
import { pairSources } from '../../watch/source/pair-sources.ts';
import { redact } from '../../watch/source/redact.ts';
import type { StrangerResolver } from '../../watch/stranger-resolver.ts';
import { watch } from '../../watch/watch.ts';
import type { FrameObserver, RecognizedFace } from '../../watch/watch-engine.ts';
import { WATCH_EVENT_VERSION, type WatchEvent } from '../../watch/watch-event.ts';
import type { CameraConfig } from '../config/camera-schema.ts';
import { CameraView } from './camera-view.ts';

/** What all cameras of a home have in common. */
export interface CameraSurroundings {
  /** The recognition for one camera; what it costs is shared out among all. */
  readonly analyzerFor: (camera: string) => FaceAnalyzer;
  /** Takes each event. */
  readonly tell: (event: WatchEvent) => Promise<void>;
  /** Folder for pictures of the faces that events tell of. */
  readonly snapshots?: string | undefined;
  /** Says which stranger somebody unknown is. @defaultValue strangers of each camera alone, for a while */
  readonly strangers?: StrangerResolver | undefined;
  /** Told now and then that something moves before a camera; the time is in milliseconds since 1970. */
  readonly onMotion?: ((camera: string, time: number) => void) | undefined;
  /** Told of each face that was recognized. */
  readonly onFace?: ((face: RecognizedFace) => void) | undefined;
  readonly facePictures?: boolean | undefined;
  readonly log: (message: string) => void;
  /** First pause before a camera that failed is opened again, in milliseconds; it doubles. @defaultValue 1000 */
  readonly restartMinMs?: number | undefined;
  /** Longest pause. @defaultValue 30000 */
  readonly restartMaxMs?: number | undefined;
}

/** Where faces are cut out of a stream of its own, that may be as large as cameras give it. */
const LARGE_WIDTH = 3840;
/** The longest between two processes' feeling the same signal. */
const SIGNAL_MS = 100;
/** What is under way when a camera is closed has so long to be told. */
const GRACE_MS = 5000;

/**
 * One camera that is watched until it is closed, whatever happens to it: a source that is lost opens itself again, and
 * where the watch itself fails it is started anew after a pause that grows. Both are told.
 */
export class WatchedCamera implements AsyncDisposable {
  readonly config: CameraConfig;
  readonly view: CameraView;
  readonly #name: string;
  readonly #surroundings: CameraSurroundings;
  readonly #stop = new AbortController();
  readonly #kill = new AbortController();
  readonly #running: Promise<void>;
  readonly #start = performance.now();
  #lostAt: number | null = null;

  constructor(name: string, config: CameraConfig, surroundings: CameraSurroundings) {
    this.#name = name;
    this.config = config;
    this.#surroundings = surroundings;
    this.view = new CameraView({ name, place: config.place });
    this.#running = this.#run();
  }

  /** Settles when the camera is watched no more: it was closed, or a film is over. */
  get ended(): Promise<void> {
    return this.#running;
  }

  /** Ends the watch; its tracks end, and that is told. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const timer = setTimeout(() => this.#kill.abort(), GRACE_MS);
    await this.#running;
    clearTimeout(timer);
  }

  async #run(): Promise<void> {
    const { restartMinMs = 1000, restartMaxMs = 30_000, log } = this.#surroundings;
    const { signal } = this.#stop;
    for (let failures = 0; !signal.aborted; ) {
      const startedAt = performance.now();
      try {
        await this.#watchOnce();
        break;
      } catch (error) {
        // Ctrl-C goes to ffmpeg too, which may feel it first.
        await sleep(SIGNAL_MS);
        if (signal.aborted) break;
        // One that ran for a while has no old failures to answer for.
        if (performance.now() - startedAt > restartMaxMs) failures = 0;
        const retryInMs = Math.min(restartMaxMs, restartMinMs * 2 ** failures++);
        const reason = redact((error as Error).message);
        log(`${this.#name}: ${reason}; it is opened again in ${retryInMs} ms`);
        await this.#lost(reason, retryInMs);
        await sleep(retryInMs, undefined, { signal }).catch(() => undefined);
      }
    }
    this.view.end();
  }

  async #watchOnce(): Promise<void> {
    const { analyzerFor, snapshots, strangers, onMotion, onFace, facePictures, log } = this.#surroundings;
    const source = await this.#open();
    const { minFaceSize, minQuality, motion, place, zones, masks, searchFps } = this.config;
    const events = watch(endingSource(source, this.#stop.signal), {
      name: this.#name,
      analyzer: analyzerFor(this.#name),
      signal: this.#kill.signal,
      observers: [this.#back, this.view],
      ...{ place, minFaceSize, minQuality, snapshots, zones, masks, searchFps },
      ...{ strangers, onFace, facePictures },
      onProblem: (message) => log(`${this.#name}: ${message}`),
      onMotion: (time) => onMotion?.(this.#name, time),
      ...(motion ? {} : { motion: false }),
    });
    for await (const event of events) await this.#tell(event);
  }

  async #open(): Promise<FrameSource> {
    const { url, detectUrl, fps, maxWidth, stallSeconds } = this.config;
    const stallMs = stallSeconds === undefined ? undefined : stallSeconds * 1000;
    if (detectUrl === undefined) return createSource(url, { fps, maxWidth, stallMs });
    const small = await createSource(detectUrl, { fps, stallMs });
    const large = await createSource(url, { fps, stallMs, maxWidth: maxWidth ?? LARGE_WIDTH });
    const { log } = this.#surroundings;
    return pairSources(small, large, {
      onLarge: (reason) =>
        log(
          reason === null
            ? `${this.#name}: faces are cut out of the large stream again`
            : `${this.#name}: faces are cut out of the small stream, as the large one gives none: ${redact(reason)}`,
        ),
    });
  }

  async #tell(event: WatchEvent): Promise<void> {
    this.view.event(event);
    await this.#surroundings.tell(event);
  }

  /** The first frame after a failure of the watch says that the camera is back. */
  readonly #back: FrameObserver = {
    observe: async () => {
      if (this.#lostAt === null) return;
      const downMs = Math.round(performance.now() - this.#lostAt);
      this.#lostAt = null;
      await this.#tell({ ...this.#base(), type: 'source.back', downMs });
    },
  };

  async #lost(reason: string, retryInMs: number): Promise<void> {
    if (this.#lostAt !== null) return;
    this.#lostAt = performance.now();
    await this.#tell({ ...this.#base(), type: 'source.lost', reason, retryInMs });
  }

  #base() {
    return {
      version: WATCH_EVENT_VERSION,
      id: randomUUID(),
      time: new Date().toISOString(),
      source: this.#name,
      timeMs: Math.round(performance.now() - this.#start),
      place: this.config.place,
    } as const;
  }
}
