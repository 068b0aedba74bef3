import { randomUUID } from 'node:crypto';
import type { AlignedFace } from '../core/align/aligned-face.ts';
import type { Detection } from '../core/detect/face-detector.ts';
import { type Box, boxArea } from '../core/geometry/box.ts';
import type { Image } from '../core/image/image.ts';
import type { Liveness } from '../core/liveness/liveness-detector.ts';
import { type FaceQuality, faceQuality } from '../core/quality/face-quality.ts';
import { DetectionPacer, type DetectionPacerOptions } from '../core/track/detection-pacer.ts';
import { FaceTracker, type FaceTrackerOptions, type Track } from '../core/track/face-tracker.ts';
import { MotionGate, type MotionGateOptions } from '../core/track/motion-gate.ts';
import { SightingPlan } from '../core/track/sighting-plan.ts';
import { DEFAULT_BATCH_SIZE, type TrackIdentityOptions } from '../core/track/track-identity.ts';
import { AsyncQueue } from './async-queue.ts';
import { CameraZones, type CameraZonesOptions } from './camera-zones.ts';
import type { DetectionWish, FaceAnalyzer } from './face-analyzer.ts';
import { findInLarge } from './find-in-large.ts';
import { IdentifyOrWait } from './identify-or-wait.ts';
import { type FrameToLookAt, NewestFrame } from './newest-frame.ts';
import { cropFace, SnapshotStore } from './snapshot-store.ts';
import type { FrameSource, SourceFrame, SourceItem } from './source/frame-source.ts';
import { readAhead } from './source/read-ahead.ts';
import { redact } from './source/redact.ts';
import { SourceClock } from './source-clock.ts';
import { StageClock, type WatchStats } from './stage-clock.ts';
import type { StrangerResolver } from './stranger-resolver.ts';
import { type LedgerSighting, type LedgerStep, TrackLedger } from './track-ledger.ts';
import { WATCH_EVENT_VERSION, type WatchEvent } from './watch-event.ts';

/** A face as it stands in a frame that is shown. */
export interface FrameFace {
  readonly track: number;
  readonly box: Box;
  readonly label: string | null;
  readonly stranger: string | null;
  readonly probability: number | null;
  /** Absent where liveness is not checked, or not yet. */
  readonly liveness?: Liveness | undefined;
}

/** A frame with what is known of it. */
export interface FrameView {
  /** Read no more once {@link FrameObserver.observe} has settled: the memory is used again. */
  readonly image: Image;
  /** About the same moment in the camera's larger stream; absent where it has none, or none of this moment. */
  readonly large?: Image | undefined;
  readonly timeMs: number;
  readonly index: number;
  readonly faces: readonly FrameFace[];
  readonly stats: WatchStats;
}

/** A face of one frame that was recognized. */
export interface RecognizedFace {
  /** As the events of the face give it. */
  readonly appearance: string;
  readonly track: number;
  /** Of the clock, in milliseconds since 1970. */
  readonly time: number;
  readonly embedding: Float32Array;
  readonly quality: FaceQuality;
  /** The face with its surroundings; `null` where pictures are not wanted. */
  readonly picture: Image | null;
}

/** Someone who looks at the frames, such as the preview page. */
export interface FrameObserver {
  /** The frame is kept until the promise settles, and the watch waits for it. */
  observe(view: FrameView): void | Promise<void>;
}

/** Options of the engine. */
export interface WatchEngineOptions
  extends DetectionPacerOptions,
    FaceTrackerOptions,
    TrackIdentityOptions,
    CameraZonesOptions {
  /** The source's name in events. @defaultValue the source's own, without passwords */
  readonly name?: string | undefined;
  /** Where the camera is: told with each event. @defaultValue not told */
  readonly place?: string | undefined;
  /** Smaller faces are not looked for, in pixels. @defaultValue {@link DEFAULT_MIN_FACE_SIZE} */
  readonly minFaceSize?: number | undefined;
  /** Smallest part of the frame that a face must cover, 0 .. 1. @defaultValue 0 */
  readonly minAreaRatio?: number | undefined;
  /** Faces below this quality do not vote, 0 .. 1. @defaultValue {@link DEFAULT_MIN_QUALITY} */
  readonly minQuality?: number | undefined;
  /** Look for faces only where something moves. @defaultValue true */
  readonly motion?: boolean | MotionGateOptions | undefined;
  /** Milliseconds after which a stranger is forgotten. @defaultValue half an hour */
  readonly strangerTtlMs?: number | undefined;
  /** Says which stranger somebody unknown is, to all cameras. @defaultValue strangers of this watch alone */
  readonly strangers?: StrangerResolver | undefined;
  /** Told of each face that was recognized, before the events that come of it. */
  readonly onFace?: ((face: RecognizedFace) => void) | undefined;
  /** Whether {@link WatchEngineOptions.onFace} gets pictures. @defaultValue false */
  readonly facePictures?: boolean | undefined;
  /** Folder for pictures of the faces that events tell of. An event whose picture can't be written is told without. */
  readonly snapshots?: string | undefined;
  /** Told of what goes wrong without ending the watch. @defaultValue a warning of the process */
  readonly onProblem?: ((message: string) => void) | undefined;
  readonly observers?: readonly FrameObserver[] | undefined;
  /** Clock time of the first frame, milliseconds since 1970. @defaultValue now */
  readonly startTime?: number | undefined;
  /** Told, at most once a second, that something moves; clock time in milliseconds since 1970. Not without `motion`. */
  readonly onMotion?: ((time: number) => void) | undefined;
  /** Told a few figures with every event and at the end. */
  readonly onStats?: ((stats: WatchStats) => void) | undefined;
  /** Makes event ids. @defaultValue random UUIDs */
  readonly createId?: (() => string) | undefined;
}

const MOTION_TOLD_EVERY_MS = 1000;

/** Default of {@link WatchEngineOptions.minFaceSize}: the detector's window, faces it finds without scaling up. */
export const DEFAULT_MIN_FACE_SIZE = 80;
/** Default of {@link WatchEngineOptions.minQuality}: sorts out profiles, heavy blur and the dark. */
export const DEFAULT_MIN_QUALITY = 0.3;

/** Defaults for single pictures: each is looked at, and one sighting decides, as there may be no second. */
export const SPARSE_DEFAULTS = {
  motion: false,
  batchSize: 1,
  minHits: 1,
  maxMisses: 1,
  lostMs: 10_000,
  trackFps: Number.POSITIVE_INFINITY,
  searchFps: Number.POSITIVE_INFINITY,
  idleFps: Number.POSITIVE_INFINITY,
} as const satisfies WatchEngineOptions;

// Frames between detection and recognition: the embedder can take several in one batch, and memory stays bounded.
const STEPS_IN_FLIGHT = 8;

interface Job {
  readonly face: number;
  readonly aligned: AlignedFace;
  readonly quality: FaceQuality;
  readonly liveness: Liveness | undefined;
  /** The face with its surroundings, where pictures are kept. */
  readonly picture: Image | null;
  /** Absent where the source has one stream. */
  readonly stream: 'large' | 'small' | undefined;
}

type Work =
  | { readonly type: 'step'; readonly step: LedgerStep; readonly jobs: readonly Job[] }
  | { readonly type: 'event'; readonly event: WatchEvent };

/**
 * Runs a source through detection, tracking and recognition.
 *
 * @param source - where the frames come from
 * @param analyzer - the recognition
 * @param options.output - receives the events; ended when the source ends
 * @returns when everything is stopped and freed
 * @remarks Two tasks run side by side: one takes frames, finds faces and follows them; the other embeds the chips that
 * have gathered meanwhile in one batch, lets them vote and tells the events. A live source whose networks others use too
 * has a third one: frames are taken and shown all the time, and faces are looked for in the newest one when it is the
 * source's turn. Which frames of a film are looked at depends on their times and on what was found before, never on how
 * fast the machine is, so a film gives the same events anywhere.
 */
export async function runWatchEngine(
  source: FrameSource,
  analyzer: FaceAnalyzer,
  options: WatchEngineOptions & { readonly output: AsyncQueue<WatchEvent>; readonly signal: AbortSignal },
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([options.signal, stop.signal]);
  const engine = new Engine(source, analyzer, options);
  // A failure leaves the output open: what was told before it is still read, and then the error.
  const onStop = () => engine.close();
  const onAbort = () => {
    engine.close();
    options.output.close();
  };
  stop.signal.addEventListener('abort', onStop, { once: true });
  options.signal.addEventListener('abort', onAbort, { once: true });
  if (options.signal.aborted) onAbort();
  const tasks = [engine.look(signal), engine.lookAtNewest(), engine.recognize()].map((task) =>
    task.catch((error: unknown) => {
      stop.abort(error);
      throw error;
    }),
  );
  const results = await Promise.allSettled(tasks);
  options.signal.removeEventListener('abort', onAbort);
  options.onStats?.(engine.clock.stats);
  // An abort from outside is the wish to stop, not a failure.
  if (options.signal.aborted) return;
  if (stop.signal.aborted) throw stop.signal.reason;
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  options.output.end();
}

/** What follows the faces of one source. */
interface Following {
  readonly tracker: FaceTracker;
  readonly pacer: DetectionPacer;
  readonly plan: SightingPlan;
  readonly ledger: TrackLedger;
  readonly gate: MotionGate | null;
}

class Engine {
  readonly clock = new StageClock();
  readonly work = new AsyncQueue<Work>(STEPS_IN_FLIGHT);
  readonly #source: FrameSource;
  readonly #analyzer: FaceAnalyzer;
  readonly #options: WatchEngineOptions & { readonly output: AsyncQueue<WatchEvent> };
  readonly #snapshots: SnapshotStore | null;
  readonly #sourceClock: SourceClock;
  readonly #createId: () => string;
  readonly #name: string;
  readonly #zones: CameraZones;
  readonly #identify: IdentifyOrWait;
  /** Of a live source that waits for its turn with others; null: each frame is looked at when it is taken. */
  readonly #newest: NewestFrame | null;
  #following: Following | null = null;
  #lastMs = 0;
  #motionToldMs = Number.NEGATIVE_INFINITY;
  #frame = { width: 0, height: 0 };

  constructor(
    source: FrameSource,
    analyzer: FaceAnalyzer,
    options: WatchEngineOptions & { output: AsyncQueue<WatchEvent> },
  ) {
    this.#source = source;
    this.#analyzer = analyzer;
    this.#options = options;
    const { snapshots, onProblem } = options;
    this.#snapshots = snapshots === undefined ? null : new SnapshotStore(snapshots, { onProblem });
    this.#sourceClock = new SourceClock({ live: source.live, startTime: options.startTime });
    this.#name = redact(options.name ?? source.name);
    this.#createId = options.createId ?? randomUUID;
    this.#zones = new CameraZones(options, options.minFaceSize ?? DEFAULT_MIN_FACE_SIZE);
    this.#identify = new IdentifyOrWait(analyzer, { onProblem });
    const waits = source.live && analyzer.detectNewest !== undefined;
    this.#newest = waits ? new NewestFrame({ onReplaced: () => this.clock.replaced() }) : null;
  }

  /** Lets go of what waits; nothing more is looked at. */
  close(): void {
    this.#newest?.close();
    this.work.close();
  }

  // Made at the first frame: only then an address has told whether it gives a film or single pictures.
  #follow(): Following {
    const options = { ...(this.#source.sparse ? SPARSE_DEFAULTS : {}), ...this.#options };
    const { motion = true } = options;
    const zones = this.#zones;
    const clock = this.#sourceClock;
    const masked = zones.hasMasks ? { ignores: (x: number, y: number) => zones.isMasked(x, y) } : {};
    this.#following ??= {
      tracker: new FaceTracker(options),
      pacer: new DetectionPacer(options),
      plan: new SightingPlan(options.batchSize ?? DEFAULT_BATCH_SIZE),
      gate: motion === false ? null : new MotionGate({ ...masked, ...(motion === true ? {} : motion) }),
      ledger: new TrackLedger({
        ...options,
        source: this.#name,
        get startTime() {
          return clock.start;
        },
        limits: this.#analyzer,
        strangerDistance: this.#analyzer.strangerDistance,
        metric: this.#analyzer.metric,
        livenessThreshold: this.#analyzer.livenessThreshold,
        createId: this.#createId,
      }),
    };
    return this.#following;
  }

  /** Takes frames until the source ends. */
  async look(signal: AbortSignal): Promise<void> {
    const items = this.#source.open(signal);
    try {
      for await (const item of this.#source.live ? items : readAhead(items, 2)) {
        if (signal.aborted) return;
        if (item.type === 'frame') {
          await this.#lookAt(item.frame);
          continue;
        }
        await this.#newest?.idle();
        await this.#sourceChanged(item);
      }
      await this.#newest?.idle();
      this.#newest?.end();
      await this.#endTracks(this.#lastMs);
      this.work.end();
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  /** Looks for faces in the newest frame whenever it is this source's turn, until `look` is done. */
  async lookAtNewest(): Promise<void> {
    const newest = this.#newest;
    while (newest && (await newest.arrives())) {
      const taken: FrameToLookAt[] = [];
      try {
        const found = await this.clock.time('detect', () =>
          this.#analyzer.detectNewest!(() => {
            const next = newest.take();
            if (next === null) return null;
            taken.push(next);
            return this.#wish(next.frame, next.scope);
          }),
        );
        for (const { frame } of taken) await this.#followFaces(frame, found);
      } finally {
        for (const { frame } of taken) frame.release();
        newest.done();
      }
    }
  }

  /** Embeds what has gathered, until `look` is done. */
  async recognize(): Promise<void> {
    for (;;) {
      const batch = await this.work.take(STEPS_IN_FLIGHT);
      if (batch.length === 0) return;
      const aligned = batch.flatMap((item) =>
        item.type === 'step' ? item.jobs.map((job) => job.aligned) : [],
      );
      const sightings = await this.#recognizeFaces(aligned);
      for (const item of batch) {
        if (item.type === 'event') {
          await this.#tell(item.event);
          continue;
        }
        const faces = item.step.faces.map((face, index) => {
          const job = item.jobs.find((candidate) => candidate.face === index);
          if (!job) return face;
          const { liveness, stream } = job;
          const quality = job.quality.score;
          const snapshot = this.#keepPicture(job, { track: face.track, timeMs: item.step.timeMs });
          return { ...face, sighting: { ...sightings.shift()!, quality, liveness, snapshot, stream } };
        });
        const step = { ...item.step, faces };
        const events = this.#follow().ledger.commit(step);
        for (const { face, quality, picture } of item.jobs) {
          const { track, sighting } = step.faces[face] as LedgerStep['faces'][number];
          const appearance = this.#follow().ledger.appearanceOf(track);
          if (!sighting || appearance === null) continue;
          const time = this.#sourceClock.at(item.step.timeMs);
          const { embedding } = sighting;
          this.#options.onFace?.({ appearance, track, time, embedding, quality, picture });
        }
        for (const event of events) await this.#tell(event);
        if (this.#analyzer.isOpen) await this.#lookAgain(step);
        for (const track of item.step.ended) this.#snapshots?.forget(track);
      }
    }
  }

  /** Asks again who the faces in view are, where the answer may be another one by now. */
  async #lookAgain(step: LedgerStep): Promise<void> {
    const { ledger } = this.#follow();
    for (const { track } of step.faces) {
      const embeddings = ledger.dueAgain(track, step.timeMs);
      if (embeddings.length === 0) continue;
      const identities = await this.clock.time('identify', () => this.#identify.ask(embeddings));
      if (identities === null) return;
      for (const event of ledger.reconsider(track, identities, step)) await this.#tell(event);
    }
  }

  async #recognizeFaces(
    faces: readonly AlignedFace[],
  ): Promise<Omit<LedgerSighting, 'quality' | 'liveness'>[]> {
    if (faces.length === 0) return [];
    this.clock.count({ embeddings: faces.length });
    const embeddings = await this.clock.time('embed', () => this.#analyzer.embed(faces));
    const identities = await this.clock.time('identify', () => this.#identify.ask(embeddings));
    return embeddings.map((embedding, i) => ({ embedding, identity: identities?.[i] ?? null }));
  }

  async #tell(event: WatchEvent): Promise<void> {
    await this.#options.output.push(await this.#withPicture(event));
    this.#options.onStats?.(this.clock.stats);
  }

  /** Whatever becomes of its picture, an event is told. */
  async #withPicture(event: WatchEvent): Promise<WatchEvent> {
    if (!('snapshot' in event) || event.snapshot === null) return event;
    const isLost = (await this.#snapshots?.write(event.snapshot)) === false;
    return isLost ? { ...event, snapshot: null } : event;
  }

  async #lookAt(frame: SourceFrame): Promise<void> {
    const { image, timeMs, index } = frame;
    this.#lastMs = timeMs;
    this.clock.frame(index);
    let isHandedOn = false;
    try {
      const { gate, tracker, pacer } = this.#follow();
      const moving = gate ? this.clock.timeSync('motion', () => gate.update(image)) : true;
      if (gate && moving) this.#tellMotion(timeMs);
      const tracking = tracker.tracks.length > 0;
      const scope = pacer.due({ index, timeMs, moving, tracking });
      if (this.#newest === null) {
        if (scope !== 'none') await this.#detect(frame, scope);
        await this.#show(frame);
        return;
      }
      await this.#show(frame);
      isHandedOn = true;
      this.#newest.put(frame, scope);
    } finally {
      if (!isHandedOn) frame.release();
    }
  }

  #tellMotion(timeMs: number): void {
    if (timeMs - this.#motionToldMs < MOTION_TOLD_EVERY_MS) return;
    this.#motionToldMs = timeMs;
    this.#options.onMotion?.(this.#sourceClock.at(timeMs));
  }

  async #detect(frame: SourceFrame, scope: FrameToLookAt['scope']): Promise<void> {
    const { image, ...where } = this.#wish(frame, scope);
    await this.#followFaces(
      frame,
      await this.clock.time('detect', () => this.#analyzer.detect(image, where)),
    );
  }

  #wish({ image, timeMs }: SourceFrame, scope: FrameToLookAt['scope']): DetectionWish {
    const { tracker } = this.#follow();
    const near = scope === 'frame' ? null : tracker.expectedBoxes(timeMs).map(({ box }) => box);
    return { image, minFaceSize: this.#zones.smallestFace, near };
  }

  /** Follows the faces that were found in a frame, and hands on those that are to be recognized. */
  async #followFaces(frame: SourceFrame, found: readonly Detection[]): Promise<void> {
    const { image, timeMs } = frame;
    const { tracker } = this.#follow();
    this.#frame = { width: image.width, height: image.height };
    this.clock.count({ detections: 1 });
    const minArea = (this.#options.minAreaRatio ?? 0) * image.width * image.height;
    const faces = found.filter(({ box }) => boxArea(box) >= minArea && this.#zones.counts(box, image));
    const { matched, ended } = tracker.update(
      faces.map(({ box }) => box),
      timeMs,
    );
    const jobs: Job[] = [];
    for (const [face, track] of matched.entries()) {
      const seen = { ...faces[face]!, box: track.box };
      const job = await this.#prepare(frame, seen, { track, face, timeMs, found: faces[face]! });
      if (job) jobs.push(job);
    }
    if (matched.length === 0 && ended.length === 0) return;
    await this.work.push({ type: 'step', step: this.#step(matched, ended, timeMs), jobs });
  }

  // Cuts the chip while the frame is at hand, so that the frame's memory is free again before the embedder has run.
  async #prepare(
    frame: SourceFrame,
    detection: Detection,
    at: {
      readonly track: Track;
      readonly face: number;
      readonly timeMs: number;
      /** The face where it was found in this very frame. */
      readonly found: Detection;
    },
  ): Promise<Job | null> {
    const { plan } = this.#follow();
    const { track } = at;
    if (!plan.due(track.id, at.timeMs)) return null;
    const { image, seen, found, stream } = await this.#bestPicture(frame, detection, at.found);
    const aligned = await this.clock.time('align', () => this.#analyzer.align(image, seen));
    const quality = faceQuality(aligned);
    if (quality.score < (this.#options.minQuality ?? DEFAULT_MIN_QUALITY)) return null;
    plan.done(track.id, at.timeMs);
    if (stream) this.clock.cutFrom(stream);
    const liveness = await this.#analyzer.checkLiveness?.(image, found);
    const isWanted = this.#snapshots !== null || this.#options.facePictures;
    const picture = isWanted ? cropFace(image, seen.box) : null;
    return { face: at.face, aligned, quality, liveness, picture, stream };
  }

  /** Where the face is cut from: the larger stream where there is one and the face is in it. */
  async #bestPicture(
    { image, large }: SourceFrame,
    seen: Detection,
    found: Detection,
  ): Promise<{
    readonly image: Image;
    /** With the track's box. */
    readonly seen: Detection;
    /** As it was found in this very picture. */
    readonly found: Detection;
    readonly stream: 'large' | 'small' | undefined;
  }> {
    if (large === undefined) return { image, seen, found, stream: undefined };
    const there =
      large &&
      (await this.clock.time('detect', () =>
        findInLarge(this.#analyzer, { box: seen.box, small: image, large: large.image }),
      ));
    return there
      ? { image: large.image, seen: there, found: there, stream: 'large' }
      : { image, seen, found, stream: 'small' };
  }

  #keepPicture({ picture, quality }: Job, at: { track: number; timeMs: number }): string | null {
    if (picture === null || this.#snapshots === null) return null;
    const clock = this.#sourceClock.at(at.timeMs);
    return this.#snapshots.offer(picture, { track: at.track, quality: quality.score, clock });
  }

  #step(matched: readonly Track[], ended: readonly Track[], timeMs: number): LedgerStep {
    for (const track of ended) this.#following?.plan.forget(track.id);
    return {
      timeMs,
      frame: this.#frame,
      faces: matched.map(({ id, box, confirmed }) => {
        const zones = this.#zones.namesAt(box, this.#frame);
        return { track: id, box, confirmed, ...(zones && { zones }) };
      }),
      ended: ended.map((track) => track.id),
    };
  }

  async #endTracks(timeMs: number): Promise<void> {
    const ended = this.#following?.tracker.endAll() ?? [];
    if (ended.length > 0)
      await this.work.push({ type: 'step', step: this.#step([], ended, timeMs), jobs: [] });
  }

  async #sourceChanged(item: Exclude<SourceItem, { type: 'frame' }>): Promise<void> {
    const { place } = this.#options;
    const base = {
      ...(place !== undefined && { place }),
      version: WATCH_EVENT_VERSION,
      id: this.#createId(),
      time: new Date(this.#sourceClock.at(item.timeMs)).toISOString(),
      source: this.#name,
      timeMs: Math.round(item.timeMs),
    } as const;
    if (item.type === 'lost') {
      await this.#endTracks(item.timeMs);
      const { reason, retryInMs } = item;
      await this.work.push({ type: 'event', event: { ...base, type: 'source.lost', reason, retryInMs } });
    } else {
      const downMs = Math.round(item.downMs);
      await this.work.push({ type: 'event', event: { ...base, type: 'source.back', downMs } });
    }
  }

  async #show(frame: SourceFrame): Promise<void> {
    const { observers = [] } = this.#options;
    if (observers.length === 0) return;
    const { image, large, timeMs, index } = frame;
    const { tracker, ledger } = this.#follow();
    const confirmed = tracker.expectedBoxes(timeMs).filter((track) => track.confirmed);
    const faces = confirmed.map(({ id, box }) => {
      const who = ledger.identityOf(id);
      const { label = null, stranger = null, probability = null, liveness } = who ?? {};
      return { track: id, box, label, stranger, probability, ...(liveness && { liveness }) };
    });
    for (const observer of observers) {
      const seen = { image, ...(large && { large: large.image }) };
      await observer.observe({ ...seen, timeMs, index, faces, stats: this.clock.stats });
    }
  }
}
